#!/usr/bin/env python3
"""Checks an export of Tocsin's audit chain; needs Python 3.9 or newer and this one file, nothing else.

    python3 verify.py [--json] [--key HEX] [--witness FILE] EXPORT

Exit code: 0 if the export is whole and as the center signed it, 1 if it is not (the first line that is
wrong is named), 2 if it cannot be read.

An export is a file of lines of JSON (docs/protocol.md). The hash of a row, and of a block, is the
SHA-256 of its line without the line feed. A block lists the rows that follow it with their hashes, and
has the hash of the block before it. Heads and the end are signed with the center's Ed25519 key: compare
the key shown here with the one that you know.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

NO_HASH = "0" * 64
"""The hash before the first block."""

LONGEST_LINE = 256 * 2**20
"""Bytes of the longest line that is read, so that no file fills the memory of whoever checks it."""

HEAD_CONTEXT = b"tocsin-audit-head-1\n"
END_CONTEXT = b"tocsin-audit-export-1\n"
DELETION_CONTEXT = b"tocsin-audit-deletion-1\n"


class Wrong(Exception):
    """The first thing that is wrong with an export: its *fault*, and what is wrong in words."""

    def __init__(self, fault: str, text: str, line: int = 0) -> None:
        super().__init__(text)
        self.fault = fault
        self.text = text
        self.line = line


class NotAnExport(Exception):
    """A file that is no export, or cannot be read."""


# -- hashes and lines


def line_of(value: dict[str, Any]) -> str:
    """Return *value* as a line of an export, which the hashes are made of."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def hash_of(line: str) -> str:
    """Return the hash of a line."""
    return hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()


def head_message(number: int, at: int, head: str) -> bytes:
    """Return the bytes that the signature of a head is of."""
    return HEAD_CONTEXT + line_of({"number": number, "at": at, "hash": head}).encode()


def end_message(end: dict[str, Any]) -> bytes:
    """Return the bytes that the signature of the end of an export is of."""
    return END_CONTEXT + line_of(end).encode()


def deletion_message(record: dict[str, Any]) -> bytes:
    """Return the bytes that the signature of a record of deletions is of."""
    said = {name: record[name] for name in ("at", "before", "rows")}
    return DELETION_CONTEXT + line_of(said).encode()


# -- Ed25519 (RFC 8032, section 5.1), for public values only: it need not be fast or constant in time

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_I = pow(2, (_P - 1) // 4, _P)

_Point = tuple[int, int, int, int]


def _add(a: _Point, b: _Point) -> _Point:
    """Return the sum of two points in extended coordinates."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % _P, (a[1] + a[0]) * (b[1] + b[0]) % _P
    g, h = 2 * a[3] * b[3] * _D % _P, 2 * a[2] * b[2] % _P
    w, x, y, z = f - e, h - g, h + g, f + e
    return w * x % _P, y * z % _P, x * y % _P, w * z % _P


def _times(scalar: int, point: _Point) -> _Point:
    total: _Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point, scalar = _add(point, point), scalar >> 1
    return total


def _x_of(y: int, sign: int) -> int | None:
    """Return the x of a point with this *y*; None where there is none."""
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _I % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    return _P - x if x & 1 != sign else x


def _decoded(data: bytes) -> _Point | None:
    """Return the point that *data* stands for; None where it stands for none."""
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = _x_of(y, sign) if y < _P else None
    return None if x is None else (x, y, 1, x * y % _P)


_BASE_Y = 4 * pow(5, _P - 2, _P) % _P
_BASE_X = _x_of(_BASE_Y, 0) or 0
_BASE: _Point = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % _P)


def _equal(a: _Point, b: _Point) -> bool:
    return not ((a[0] * b[2] - b[0] * a[2]) % _P or (a[1] * b[2] - b[1] * a[2]) % _P)


def signature_holds(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether *signature* is that of *message* by the holder of *public_key*."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    key, start = _decoded(public_key), _decoded(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or start is None or scalar >= _L:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    challenge = int.from_bytes(digest, "little") % _L
    return _equal(_times(scalar, _BASE), _add(start, _times(challenge, key)))


# -- the chain


class SealedRow(NamedTuple):
    """A row as a block lists it: where it is from, its key, and its hash; of some the incident too."""

    source: str
    key: str
    hash: str | None
    incident: str = ""

    @property
    def name(self) -> str:
        """The name of the row for a person."""
        return f"{self.source} {self.key}"


class Block(NamedTuple):
    """A block as its line says it is, with the *hash* of that line."""

    number: int
    at: int
    previous: str
    rows: list[SealedRow]
    note: dict[str, Any]
    hash: str


def read_block(line: str) -> Block:
    """Return the block in *line*; raises ValueError where there is none."""
    try:
        said = json.loads(line)
        rows = [_sealed_row(each) for each in said["rows"]]
        number, at, previous = said["block"], said["at"], said["previous"]
        note = said.get("note", {})
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a block: {error}") from error
    if not (_are(int, number, at) and _are(str, previous) and _are(dict, note)):
        raise ValueError("not a block: a value of another type")
    return Block(number, at, previous, rows, note, hash_of(line))


def _sealed_row(listed: list[Any]) -> SealedRow:
    row = SealedRow(*listed)
    if not (_are(str, row.source, row.key, row.incident) and (row.hash is None or _are(str, row.hash))):
        raise TypeError("a row of another form")
    return row


def _are(kind: type, *values: Any) -> bool:
    """Return whether all *values* are of this *kind*, and no truth values."""
    return all(isinstance(each, kind) and not isinstance(each, bool) for each in values)


def check_link(block: Block, number: int, previous: str) -> None:
    """Raise Wrong unless *block* follows the block *number* with the hash *previous*."""
    if block.number != number + 1:
        fault = "removed" if block.number > number + 1 else "reordered"
        raise Wrong(fault, f"block {block.number} stands where block {number + 1} must be")
    if "begun_anew" in block.note and number:
        raise Wrong("broken", f"the center began the chain anew at block {block.number}: {block.note}")
    if block.previous != previous:
        raise Wrong("changed", f"block {number} is not the one that block {block.number} follows")


class Found(NamedTuple):
    """A line that stands for a row: the row itself, or a stub in its place, without a *hash*."""

    source: str
    key: str
    hash: str | None
    line: int

    @property
    def identity(self) -> tuple[str, str]:
        """The source and the key."""
        return self.source, self.key


def compare_rows(block: Block, found: list[Found]) -> None:
    """Raise Wrong for the first of the lines *found* after *block* that is not the row listed there."""
    listed = [(each.source, each.key) for each in block.rows]
    spare = Counter(each.identity for each in found) - Counter(listed)
    missing = Counter(listed) - Counter(each.identity for each in found)
    for row, line in zip(block.rows, found):  # noqa: B905 (Python 3.9 has no strict)
        if (row.source, row.key) != line.identity:
            _raise_misplaced(block, row, line, spare, missing)
        if line.hash is not None and line.hash != row.hash:
            raise Wrong("changed", f"{row.name} was changed after block {block.number}", line.line)
    if len(found) < len(listed):
        raise Wrong("removed", f"{block.rows[len(found)].name} of block {block.number} is missing")
    if len(found) > len(listed):
        extra = found[len(listed)]
        text = f"{extra.source} {extra.key} is not in block {block.number}"
        raise Wrong("inserted", text, extra.line)


def _raise_misplaced(
    block: Block, row: SealedRow, line: Found, spare: dict[Any, int], missing: dict[Any, int]
) -> None:
    if missing.get((row.source, row.key)):
        raise Wrong("removed", f"{row.name} of block {block.number} is missing", line.line)
    if spare.get(line.identity):
        text = f"{line.source} {line.key} is not in block {block.number}"
        raise Wrong("inserted", text, line.line)
    raise Wrong("reordered", f"{row.name} of block {block.number} is not in its place", line.line)


# -- deleted rows

_BEYOND = 2**64
"""Beyond the numbers of rows."""


class Forgotten:
    """The rows that the center says it deleted, by its rule of days."""

    def __init__(self) -> None:
        self._ranges: dict[str, list[tuple[int, int]]] = {}
        self._unsorted: set[str] = set()
        self._keys: dict[str, set[str]] = {}

    def add(self, record: dict[str, Any]) -> None:
        """Add the rows of *record*, a row of the source ``forgotten``."""
        for source, keys in json.loads(record["rows"]).items():
            for key in keys:
                if isinstance(key, list):
                    first, last = map(int, key)
                    self._ranges.setdefault(source, []).append((first, last))
                    self._unsorted.add(source)
                else:
                    self._keys.setdefault(source, set()).add(key)

    def has(self, source: str, key: str) -> bool:
        """Return whether the row was deleted by the rule."""
        if key in self._keys.get(source, ()):
            return True
        if not (key.isascii() and key.isdigit() and len(key) < 20):
            return False
        ranges, number = self._sorted(source), int(key)
        place = bisect_right(ranges, (number, _BEYOND)) - 1
        return place >= 0 and number <= ranges[place][1]

    def _sorted(self, source: str) -> list[tuple[int, int]]:
        """Return the ranges of *source* in order, those that touch as one: there is one for each day."""
        if source in self._unsorted:
            self._unsorted.discard(source)
            merged: list[tuple[int, int]] = []
            for first, last in sorted(self._ranges[source]):
                if merged and first <= merged[-1][1] + 1:
                    first, last = merged[-1][0], max(last, merged.pop()[1])
                merged.append((first, last))
            self._ranges[source] = merged
        return self._ranges.get(source, [])


# -- an export


class ExportReport(NamedTuple):
    """The result for an export that is whole."""

    key: str
    first: int
    last: int
    blocks: int
    rows: int
    stubs: int
    heads: int
    hash: str
    until: int


class Verifier:
    """Checks the lines of an export, one by one."""

    def __init__(self, key: str | None = None, witness: dict[int, str] | None = None) -> None:
        self._wanted_key = key
        self._witness = witness or {}
        self._key = b""
        self._line = 0
        self._digest = hashlib.sha256()
        self._number = 0
        self._hash = NO_HASH
        self._first = 0
        self._at = 0
        self._block: Block | None = None
        self._found: list[Found] = []
        self._forgotten = Forgotten()
        self._counts = Counter[str]()
        self._ended = False

    def verify(self, lines: Iterable[bytes]) -> ExportReport:
        """Check *lines* to the end; raises Wrong for the first thing that is wrong."""
        for raw in lines:
            self._line += 1
            try:
                self._accept_line(raw)
            except Wrong as wrong:
                raise Wrong(wrong.fault, wrong.text, wrong.line or self._line) from None
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                if self._line == 1:
                    raise NotAnExport(f"not an export of the audit: {error}") from error
                raise Wrong("changed", f"the line cannot be read: {error}", self._line) from error
        if not self._ended:
            raise Wrong("truncated", "the file ends before its signed end", self._line)
        return self._report()

    def _report(self) -> ExportReport:
        counts = self._counts
        return ExportReport(
            self._key.hex(), self._first, self._number, counts["blocks"], counts["rows"],
            counts["stubs"], counts["heads"], self._hash, self._at,
        )  # fmt: skip

    def _accept_line(self, raw: bytes) -> None:
        text = raw.rstrip(b"\n").decode("utf-8", "surrogatepass")
        if self._ended:
            raise Wrong("inserted", "something follows the signed end")
        said = json.loads(text)
        kind = next(iter(said), "")
        if self._line == 1:
            self._begin(said)
        elif kind == "end":
            self._end(said)
            return
        elif kind == "forgotten":  # the record of a deletion whose own block is not in the export
            self._accept_deletions(said["forgotten"])
        elif kind == "block":
            self._close_block()
            self._accept_block(text)
        elif kind == "head":
            self._close_block()
            self._accept_head(said["head"], said["signature"])
        elif kind in ("source", "stub"):
            self._accept_row(said, text)
        else:
            raise Wrong("inserted", f"a line of an unknown kind: {kind!r}")
        self._digest.update(text.encode("utf-8", "surrogatepass") + b"\n")

    def _begin(self, said: dict[str, Any]) -> None:
        begin = said["export"]
        if begin["version"] != 1:
            raise NotAnExport("the export is of a newer Tocsin; take verify.py from there")
        self._key = bytes.fromhex(begin["key"])
        if self._wanted_key is not None and begin["key"] != self._wanted_key.lower():
            raise Wrong("bad_signature", f"the export is signed with another key: {begin['key']}")
        self._number, self._hash = begin["first"] - 1, begin["previous"]
        self._first = begin["first"]
        if self._number == 0 and self._hash != NO_HASH:
            raise Wrong("changed", "something stands before the first block")

    def _accept_block(self, text: str) -> None:
        block = read_block(text)
        if self._counts["blocks"] or "begun_anew" not in block.note:
            check_link(block, self._number, self._hash)
        self._block, self._number, self._hash, self._at = block, block.number, block.hash, block.at
        self._counts["blocks"] += 1
        known = self._witness.get(block.number)
        if known is not None and known != block.hash:
            raise Wrong("witness", f"block {block.number} is not the one that the witness has")

    def _accept_row(self, said: dict[str, Any], text: str) -> None:
        if "stub" in said:
            source, key = said["stub"]
            self._found.append(Found(source, key, None, self._line))
            self._counts["stubs"] += 1
            return
        self._found.append(Found(said["source"], said["key"], hash_of(text), self._line))
        self._counts["rows"] += 1
        if said["source"] == "forgotten":
            self._accept_deletions(said["row"])

    def _accept_deletions(self, record: dict[str, Any]) -> None:
        """Accept a *record* of deletions, which the center signed."""
        signature = bytes.fromhex(record["signature"])
        if not signature_holds(self._key, deletion_message(record), signature):
            raise Wrong("bad_signature", f"the signature of deletions {record['id']} is wrong")
        self._forgotten.add(record)

    def _close_block(self) -> None:
        """Compare the rows that came since the last block with those that it lists."""
        if self._block is None:
            if self._found:
                raise Wrong("inserted", "a row before the first block", self._found[0].line)
            return
        compare_rows(self._block, self._found)
        for line in self._found:
            if line.hash is None and not self._forgotten.has(line.source, line.key):
                text = (
                    f"{line.source} {line.key} is missing, and the center did not delete it by its rule"
                )
                raise Wrong("removed", text, line.line)
        self._block, self._found = None, []

    def _accept_head(self, head: dict[str, Any], signature: str) -> None:
        message = head_message(head["number"], head["at"], head["hash"])
        if not signature_holds(self._key, message, bytes.fromhex(signature)):
            raise Wrong("bad_signature", f"the signature of the head at block {head['number']} is wrong")
        if (head["number"], head["hash"]) != (self._number, self._hash):
            raise Wrong("truncated", f"the signed head is block {head['number']}, not {self._number}")
        self._counts["heads"] += 1

    def _end(self, said: dict[str, Any]) -> None:
        self._close_block()
        end = said["end"]
        if not signature_holds(self._key, end_message(end), bytes.fromhex(said["signature"])):
            raise Wrong("bad_signature", "the signature of the end is wrong")
        if (end["number"], end["hash"]) != (self._number, self._hash):
            raise Wrong("truncated", f"the signed end is block {end['number']}, not {self._number}")
        if end["digest"] != self._digest.hexdigest():
            raise Wrong("changed", "the file is not the one that the center signed")
        self._ended = True


# -- the program


def read_witness(lines: Iterable[str]) -> dict[int, str]:
    """Return the hashes of blocks in *lines* of heads, as a witness or the center's file has them."""
    try:
        heads = [json.loads(line)["head"] for line in lines if line.strip()]
        return {head["number"]: head["hash"] for head in heads}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotAnExport(f"not the heads of a witness: {error}") from error


def _parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Check an export of Tocsin's audit chain.")
    parser.add_argument("export", metavar="EXPORT", help="the file; - reads from the standard input")
    parser.add_argument("--json", action="store_true", help="answer as JSON, for programs")
    parser.add_argument("--key", metavar="HEX", help="the public key of the center, if you know it")
    parser.add_argument("--witness", metavar="FILE", help="heads that a witness outside the center kept")
    return parser.parse_args(arguments)


def _lines(path: str) -> Iterator[bytes]:
    if path == "-":
        yield from _bounded(sys.stdin.buffer)
        return
    with Path(path).open("rb") as file:
        yield from _bounded(file)


def _bounded(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of *stream*; raises NotAnExport for one that no center writes."""
    while line := stream.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise NotAnExport(f"a line is longer than {LONGEST_LINE} bytes")
        yield line


def _witness(path: str | None) -> dict[int, str]:
    if path is None:
        return {}
    with Path(path).open(encoding="utf-8") as file:
        return read_witness(file)


def _answer(arguments: argparse.Namespace) -> tuple[int, dict[str, Any], str]:
    try:
        witness = _witness(arguments.witness)
        report = Verifier(arguments.key, witness).verify(_lines(arguments.export))
    except Wrong as wrong:
        said = {"result": "wrong", "fault": wrong.fault, "line": wrong.line, "text": wrong.text}
        return 1, said, f"WRONG: line {wrong.line}: {wrong.fault}: {wrong.text}"
    except OSError as error:
        text = f"{error.filename}: cannot be read ({error.strerror}); name another file"
        return 2, {"result": "unreadable", "text": text}, text
    except (NotAnExport, ValueError, KeyError) as error:
        return 2, {"result": "unreadable", "text": str(error)}, f"{arguments.export}: {error}"
    text = (
        f"ok: blocks {report.first} to {report.last}, {report.rows} rows, {report.stubs} deleted by "
        f"rule, {report.heads} signed heads\nkey {report.key}: compare it with the one that you know\n"
        f"head {report.hash}"
    )
    return 0, {"result": "ok", **report._asdict()}, text


def main(arguments: list[str] | None = None) -> int:
    """Check the export that *arguments* name; return the exit code."""
    parsed = _parsed(arguments)
    code, said, text = _answer(parsed)
    print(json.dumps(said) if parsed.json else text, file=sys.stderr if code == 2 else sys.stdout)
    return code


if __name__ == "__main__":
    sys.exit(main())
