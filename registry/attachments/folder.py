"""The folder of files: each under the hash of its content, with a few words about it beside it."""

import hashlib
import os
import re
import secrets
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from registry.attachments.kinds import MEDIA_TYPES, FileKind
from runtime.own_files import open_own, read_own
from runtime.replaced_files import replace_file

_HASH = re.compile(r"[0-9a-f]{64}")

SMALLEST_SHARE = 20
"""A twentieth of the disk stays free: what is on the disk of a center belongs to alarms first."""


class FileRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is kept: the hashes of its content and of what was sent, and when and by whom it was.

    *at* is in microseconds since 1970; *removed* names what was taken out of it.
    """

    hash: str
    uploaded_hash: str
    kind: FileKind
    bytes: int
    width: float
    height: float
    pages: int = 1
    removed: tuple[str, ...] = ()
    at: int
    by: str

    @property
    def media_type(self) -> str:
        """The content type with which it is handed out."""
        return MEDIA_TYPES[self.kind]


class NoSuchFile(Exception):
    """No file has this hash; the text says so, and what to do."""


class DamagedFile(Exception):
    """A file is not what was stored; the text names it, and what to do."""


class NoRoom(Exception):
    """There is no room for another file; the text names the bound, and what to do."""


_decode = msgspec.json.Decoder(FileRecord).decode


class FileFolder:
    """The files in the folder *path*: for its owner alone, and no symbolic link is followed.

    *most_bytes* bounds all of them together, *most_by_account* those of whoever sent them, where it is
    given; *free_bytes* of the disk are left to alarms.
    """

    def __init__(
        self,
        path: Path,
        *,
        most_bytes: int,
        free_bytes: int = 0,
        most_by_account: int | None = None,
    ) -> None:
        self._path = path
        self._most = most_bytes
        self._free = free_bytes
        self._most_by_account = most_by_account
        # Counted when it is asked for first, and again before anybody is refused.
        self._by_account: Counter[str] | None = None

    @property
    def path(self) -> Path:
        """The folder."""
        return self._path

    @contextmanager
    def new_file(self) -> Iterator[tuple[Path, BinaryIO]]:
        """Open a file that has no hash yet; it is removed at the end of the block."""
        folder = self._own_folder("incoming")
        path = folder / secrets.token_hex(16)
        descriptor = os.open(
            path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
        try:
            with os.fdopen(descriptor, "w+b") as file:
                yield path, file
        finally:
            path.unlink(missing_ok=True)

    def check_room(self, wanted: int) -> None:
        """Raise NoRoom unless there is room for *wanted* bytes."""
        disk = shutil.disk_usage(self._own_folder())
        if disk.free - wanted < max(self._free, disk.total // SMALLEST_SHARE):
            raise NoRoom(
                f"{self._path}: the disk is nearly full, and the rest is for alarms; make room on it"
            )
        if self._size() + wanted > self._most:
            text = f"files.max_total_mib, {self._most >> 20} MiB, is reached; tocsin file prune"
            raise NoRoom(f"{self._path}: {text}, or set it higher")

    def check_account(self, account: str, wanted: int) -> None:
        """Raise NoRoom unless *account* may keep *wanted* bytes more."""
        most = self._most_by_account
        if most is None or self._used_by(account) + wanted <= most:
            return
        self._by_account = None  # another process may have removed some
        if self._used_by(account) + wanted > most:
            text = f"your files have {most >> 20} MiB, as much as files.max_account_mib permits"
            remedy = "ask an administrator to remove what nothing refers to (tocsin file prune)"
            raise NoRoom(f"{text}; {remedy}, or to set it higher")

    def _used_by(self, account: str) -> int:
        if self._by_account is None:
            counted = Counter[str]()
            for each in self.records():
                counted[each.by] += each.bytes
            self._by_account = counted
        return self._by_account[account]

    def keep(self, made: Path, record: FileRecord) -> None:
        """Keep the file at *made*, durably, as *record* says; the same content is kept once."""
        with open_own(made, "rb") as file:
            os.fsync(file.fileno())
        content, words = self._paths(record.hash)
        self._own_folder(record.hash[:2])
        made.replace(content)  # one that was damaged is mended
        replace_file(words, msgspec.json.encode(record))  # which syncs the names in the folder, too
        if self._by_account is not None:
            self._by_account[record.by] += record.bytes

    def record(self, name: str) -> FileRecord:
        """Return what is known of the file of the hash *name*; raises NoSuchFile or DamagedFile."""
        if _HASH.fullmatch(name) is None:
            raise NoSuchFile(f"{name[:80]!a}: not a SHA-256 in hexadecimal; name the hash of a file")
        try:
            return _decode(read_own(self._paths(name)[1]))
        except FileNotFoundError:
            raise NoSuchFile(f"{name}: no such file is kept; add it anew") from None
        except (OSError, msgspec.MsgspecError) as error:
            raise DamagedFile(f"{name}: cannot be read ({error}); restore it, or add it anew") from None

    def content(self, name: str) -> tuple[FileRecord, bytes]:
        """Return the file of the hash *name*, which its content has; raises likewise."""
        record = self.record(name)
        try:
            content = read_own(self._paths(name)[0])
        except OSError as error:
            raise DamagedFile(f"{name}: cannot be read ({error}); restore it, or add it anew") from None
        if hashlib.sha256(content).hexdigest() != name:
            raise DamagedFile(f"{name}: is not what was stored; restore it, or add it anew")
        return record, content

    def records(self) -> Iterator[FileRecord]:
        """Yield all files that can be read, in the order of their hashes."""
        for words in sorted(self._path.glob("[0-9a-f][0-9a-f]/*.json")):
            try:
                yield self.record(words.stem)
            except (NoSuchFile, DamagedFile):
                continue

    def remove(self, name: str) -> None:
        """Remove the file of the hash *name*; what is known of it goes last."""
        for path in self._paths(name):
            path.unlink(missing_ok=True)

    def _paths(self, name: str) -> tuple[Path, Path]:
        folder = self._path / name[:2]
        return folder / name, folder / f"{name}.json"

    def _own_folder(self, name: str = "") -> Path:
        folder = self._path / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def _size(self) -> int:
        return sum(each.stat(follow_symlinks=False).st_size for each in _files_in(self._path))


def _files_in(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as found:
        for each in found:
            if each.is_dir(follow_symlinks=False):
                yield from _files_in(Path(each.path))
            elif each.is_file(follow_symlinks=False):
                yield each
