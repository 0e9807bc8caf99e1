"""Rules by which a batch counts as stored: the marks and readings that must be read back."""

from collections.abc import Collection, Mapping, Sequence

from contract.ids import GatewayKey
from contract.times import Micros
from ingest.domain.batches import Batch, Mark, ReadingSpan, SeriesKey


def whole_marks(marks: Collection[Mark], seen: Mapping[str, Collection[Mark]]) -> frozenset[Mark]:
    """Return those of *marks* that were *seen* at every edge of their request."""
    found = frozenset(marks)
    for there in seen.values():
        found &= frozenset(there)
    return found


def span_of(batch: Batch) -> ReadingSpan:
    """Return the time from the first reading of *batch* to its last."""
    stream = batch.id.stream
    starts = [min(each.t) for each in batch.series if each.t]
    ends = [max(each.t) for each in batch.series if each.t]
    return ReadingSpan(stream.premises, stream.gateway, min(starts), max(ends))


def expected_counts(batch: Batch, resolution_us: Micros) -> dict[SeriesKey, int]:
    """Return how many readings of *batch* a store can keep apart that has times of *resolution_us*."""
    times: dict[SeriesKey, set[int]] = {}
    for each in batch.series:
        there = times.setdefault(SeriesKey(each.point, each.quantity), set())
        there.update([t // resolution_us for t in each.t])
    return {key: len(there) for key, there in times.items() if there}


def missing_series(
    batch: Batch, counted: Mapping[SeriesKey, int], resolution_us: Micros
) -> list[SeriesKey]:
    """Return the series of *batch* of which fewer readings were *counted* than it holds."""
    wanted = expected_counts(batch, resolution_us)
    return [key for key, count in wanted.items() if counted.get(key, 0) < count]


def series_of(batch: Batch) -> set[tuple[GatewayKey, SeriesKey]]:
    """Return the series that *batch* has readings of, by gateway and series."""
    gateway = batch.id.stream.gateway_key
    return {(gateway, SeriesKey(each.point, each.quantity)) for each in batch.series if each.t}


def order_by_turn(batches: Sequence[Batch], turns: Mapping[GatewayKey, int]) -> list[Batch]:
    """Return *batches*, the newest of each gateway first, by the time since the turn of the gateway."""
    newest: dict[GatewayKey, Batch] = {}
    for each in batches:
        gateway = each.id.stream.gateway_key
        if gateway not in newest or newest[gateway].id.seq < each.id.seq:
            newest[gateway] = each
    order = sorted(newest, key=lambda gateway: turns.get(gateway, -1))
    first = [newest[gateway] for gateway in order]
    ids = {each.id for each in first}
    return first + [each for each in batches if each.id not in ids]
