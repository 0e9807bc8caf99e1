"""Reads compound files, the small file system in which Excel kept XLS: the names and a stream of it.

The library that reads cells (calamine) shows neither. Nothing here trusts a number of the file: a chain
of sectors never visits one twice, and ends within the file.
"""

import struct
from dataclasses import dataclass

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The first bytes of a compound file."""

_END = 0xFFFFFFFA
"""From here on a number of a sector says something else: the end, a free sector, a table."""

_MINI_SECTOR = 64
_ENTRY = 128
_STREAM, _ROOT = 2, 5
"""Kinds of entries of the directory."""


class BadCompound(Exception):
    """A compound file that does not fit together."""


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    begin: int
    size: int


class CompoundFile:
    """The compound file in *data*; raises BadCompound."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        try:
            (shift,) = struct.unpack_from("<H", data, 30)
            directory, self._least, mini_fat = struct.unpack_from("<I4xII", data, 48)
        except struct.error as error:
            raise BadCompound from error
        if shift not in {9, 12}:
            raise BadCompound
        self._size = 1 << shift
        self._fat = self._numbers(b"".join(map(self._sector, self._sectors_of_fat())))
        self._entries = _entries(self._chain(directory))
        self._mini_fat = self._numbers(self._chain(mini_fat))
        root = [each for each in self._entries if each.kind == _ROOT]
        self._mini = self._chain(root[0].begin) if root else b""

    @property
    def names(self) -> frozenset[str]:
        """The names of all that is in it."""
        return frozenset(each.name for each in self._entries)

    def stream(self, name: str) -> bytes | None:
        """Return the stream called *name*, None where there is none; raises BadCompound."""
        found = [each for each in self._entries if each.kind == _STREAM and each.name == name]
        if not found:
            return None
        entry = found[0]
        whole = self._mini_chain(entry.begin) if entry.size < self._least else self._chain(entry.begin)
        if len(whole) < entry.size:
            raise BadCompound
        return whole[: entry.size]

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self._size
        if at >= len(self._data):
            raise BadCompound
        return self._data[at : at + self._size]

    def _sectors_of_fat(self) -> list[int]:
        """Return the sectors of the table of sectors: the first 109, and those that a chain adds."""
        found = list(struct.unpack_from("<109I", self._data.ljust(self._size, b"\xff"), 76))
        following = struct.unpack_from("<I", self._data, 68)[0]
        seen = set[int]()
        while following < _END:
            if following in seen:
                raise BadCompound
            seen.add(following)
            *more, following = self._numbers(self._sector(following))
            found += more
        return [each for each in found if each < _END]

    def _numbers(self, content: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4])

    def _chain(self, begin: int) -> bytes:
        return b"".join(self._sector(each) for each in _chain(begin, self._fat))

    def _mini_chain(self, begin: int) -> bytes:
        return b"".join(
            self._mini[each * _MINI_SECTOR : (each + 1) * _MINI_SECTOR]
            for each in _chain(begin, self._mini_fat)
        )


def _chain(begin: int, table: tuple[int, ...]) -> list[int]:
    """Return the sectors from *begin* on, each of which names the next one in *table*."""
    found: list[int] = []
    while begin < _END:
        if begin >= len(table) or len(found) > len(table):
            raise BadCompound
        found.append(begin)
        begin = table[begin]
    return found


def _entries(directory: bytes) -> list[_Entry]:
    return [_entry(directory[at : at + _ENTRY]) for at in range(0, len(directory) - _ENTRY + 1, _ENTRY)]


def _entry(content: bytes) -> _Entry:
    length, kind = struct.unpack_from("<HB", content, 64)
    begin, size = struct.unpack_from("<II", content, 116)
    name = content[: max(0, min(length, 64) - 2)].decode("utf-16-le", errors="replace")
    return _Entry(name, kind, begin, size)
