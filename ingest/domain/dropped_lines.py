"""Finds the lines of a request that are not in the store although the rest of the request is."""

import re
from collections.abc import Collection, Mapping
from itertools import pairwise

from contract.times import Micros
from ingest.domain.batches import ReadingSpan, SeriesKey

_HEAD = re.compile(
    rb"reading,premises=([^, ]+),gateway=([^, ]+),point=([^, ]+),quantity=([^, ]+) value="
)
_LINE = re.compile(_HEAD.pattern + rb"\S+ (\d+)")


def spans_of(lines: bytes, longest: Micros) -> list[ReadingSpan]:
    """Return the spans of the readings in *lines*, which are of one gateway.

    Each begins after a gap of *longest* or more, so that a store is not asked for all that it holds
    between two readings that are far apart. Empty if *lines* are no readings.
    """
    head = _HEAD.match(lines)
    if head is None:
        return []
    times = sorted({int(found[5]) for found in _LINE.finditer(lines)})
    gaps = [(before, after) for before, after in pairwise(times) if after - before >= longest]
    starts, ends = (
        [times[0], *(after for _, after in gaps)],
        [*(before for before, _ in gaps), times[-1]],
    )
    premises, gateway = head[1].decode(), head[2].decode()
    return [ReadingSpan(premises, gateway, *each) for each in zip(starts, ends, strict=True)]


def lines_not_there(
    lines: bytes, there: Mapping[SeriesKey, Collection[Micros]], resolution_us: Micros
) -> bytes:
    """Return those of *lines* whose readings are not *there*, at times of *resolution_us*."""
    return b"\n".join([line for line in lines.split(b"\n") if not _is_there(line, there, resolution_us)])


def _is_there(line: bytes, there: Mapping[SeriesKey, Collection[Micros]], resolution_us: Micros) -> bool:
    found = _LINE.fullmatch(line)
    if found is None:
        return False
    key = SeriesKey(found[3].decode(), found[4].decode())
    return int(found[5]) // resolution_us * resolution_us in there.get(key, ())
