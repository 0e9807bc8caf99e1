"""The part of a file that a header ``Range`` asks for (RFC 9110, 14)."""

import re
from dataclasses import dataclass

LARGEST_PART = 4_194_304
"""Bytes of one part; readers of PMTiles ask for a few hundred thousand at most."""

_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{1,15})?")


@dataclass(frozen=True, slots=True)
class ByteRange:
    """The bytes of a file from *start* up to and without *end*."""

    start: int
    end: int


def byte_range(header: str, size: int) -> ByteRange | None:
    """Return what *header* asks for of a file of *size* bytes; None where there is no such part.

    A part that is longer than LARGEST_PART ends early: whoever asks goes on where it ended.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None:
        return None
    start = int(found[1])
    last = size - 1 if found[2] is None else min(int(found[2]), size - 1)
    if start >= size or last < start:
        return None
    return ByteRange(start, min(last + 1, start + LARGEST_PART))
