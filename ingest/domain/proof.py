"""Rules by which what a store took counts as stored: what must be read back, of which batches."""

from collections.abc import Collection, Mapping, Sequence

from contract.times import Micros
from ingest.domain.batches import Batch, Mark, Stretch

Names = tuple[str, str]
"""A point and a quantity."""


def whole(marks: Collection[Mark], seen: Mapping[str, Collection[Mark]]) -> frozenset[Mark]:
    """Those of *marks* that were *seen* at every edge of their request."""
    found = frozenset(marks)
    for there in seen.values():
        found &= frozenset(there)
    return found


def stretch_of(batch: Batch) -> Stretch:
    """The time from the first reading of *batch* to its last."""
    lane = batch.number.lane
    starts = [min(each.t) for each in batch.series if each.t]
    ends = [max(each.t) for each in batch.series if each.t]
    return Stretch(lane.premises, lane.gateway, min(starts), max(ends))


def expected(batch: Batch, resolution_us: Micros) -> dict[Names, int]:
    """Return how many readings of *batch* a store can keep apart that has times of *resolution_us*."""
    times: dict[Names, set[int]] = {}
    for each in batch.series:
        there = times.setdefault((each.point, each.quantity), set())
        there.update([t // resolution_us for t in each.t])
    return {names: len(there) for names, there in times.items() if there}


def short_of(batch: Batch, counted: Mapping[Names, int], resolution_us: Micros) -> list[Names]:
    """The series of *batch* of which fewer readings were *counted* than it holds."""
    wanted = expected(batch, resolution_us)
    return [names for names, count in wanted.items() if counted.get(names, 0) < count]


def series_of(batch: Batch) -> set[tuple[str, str, str, str]]:
    """The series that *batch* has readings of, by all their names."""
    lane = batch.number.lane
    return {(lane.premises, lane.gateway, each.point, each.quantity) for each in batch.series if each.t}


def in_turn(batches: Sequence[Batch], turns: Mapping[tuple[str, str], int]) -> list[Batch]:
    """*batches*, the newest of each gateway first, and of these the one whose turn is longest ago."""
    newest: dict[tuple[str, str], Batch] = {}
    for each in batches:
        gateway = each.number.lane.premises, each.number.lane.gateway
        if gateway not in newest or newest[gateway].number.seq < each.number.seq:
            newest[gateway] = each
    order = sorted(newest, key=lambda gateway: turns.get(gateway, -1))
    first = [newest[gateway] for gateway in order]
    numbers = {each.number for each in first}
    return first + [each for each in batches if each.number not in numbers]
