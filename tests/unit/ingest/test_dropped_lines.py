"""Requirements on finding the lines that a store dropped."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from contract.ids import StreamKey
from contract.messages import Series
from ingest.domain.batches import Batch, BatchId, ReadingSpan, SeriesKey
from ingest.domain.dropped_lines import lines_not_there, spans_of
from ingest.domain.line_protocol import encode_batch

HOUR = 3_600_000_000

names = st.from_regex(r"[a-z0-9][a-z0-9-]{0,4}", fullmatch=True)
times = st.lists(st.integers(0, 5 * HOUR), min_size=1, max_size=6, unique=True)
parts = st.lists(st.tuples(names, names, times), min_size=1, max_size=5)


def batch_of(series: list[tuple[str, str, list[int]]]) -> Batch:
    made = tuple(
        Series(point=point, quantity=quantity, t=t, v=[each / 7 for each in t])
        for point, quantity, t in series
    )
    return Batch(BatchId(StreamKey("cho", "gw-1", "e"), 1, 1, "d"), made)


def all_there(batch: Batch) -> dict[SeriesKey, set[int]]:
    there: dict[SeriesKey, set[int]] = {}
    for each in batch.series:
        there.setdefault(SeriesKey(each.point, each.quantity), set()).update(each.t)
    return there


@given(parts)
def test_of_what_is_all_there_nothing_was_dropped(series: list[tuple[str, str, list[int]]]) -> None:
    batch = batch_of(series)
    assert lines_not_there(encode_batch(batch), all_there(batch), 1) == b""


@given(parts, st.data())
def test_exactly_the_lines_of_missing_readings_were_dropped(
    series: list[tuple[str, str, list[int]]], data: st.DataObject
) -> None:
    batch = batch_of(series)
    there = all_there(batch)
    key = data.draw(st.sampled_from(sorted(there)))
    gone = data.draw(st.sets(st.sampled_from(sorted(there[key])), min_size=1))
    there[key] -= gone
    lost = lines_not_there(encode_batch(batch), there, 1).splitlines()
    tags = f",point={key.point},quantity={key.quantity} ".encode()
    assert {int(line.rsplit(b" ", 1)[1]) for line in lost} == gone
    assert all(tags in line for line in lost)


@given(parts)
def test_every_reading_lies_in_a_span_and_no_span_has_a_gap(
    series: list[tuple[str, str, list[int]]],
) -> None:
    batch = batch_of(series)
    spans = spans_of(encode_batch(batch), HOUR)
    known = sorted({t for each in batch.series for t in each.t})
    inside = {each: [t for t in known if each.start <= t <= each.end] for each in spans}
    assert sorted(t for each in inside.values() for t in each) == known
    for within in inside.values():
        gaps = (after - before for before, after in itertools.pairwise(within))
        assert all(gap < HOUR for gap in gaps)


def test_a_store_of_milliseconds_has_a_reading_at_its_millisecond() -> None:
    batch = batch_of([("p", "smoke", [1_234_567])])
    assert lines_not_there(encode_batch(batch), {SeriesKey("p", "smoke"): {1_234_000}}, 1_000) == b""


def test_lines_that_are_no_readings_have_no_span() -> None:
    assert spans_of(b"signal,premises=p seq=1i 5", HOUR) == []


def test_the_span_names_the_gateway() -> None:
    assert spans_of(encode_batch(batch_of([("p", "smoke", [5, 9])])), HOUR) == [
        ReadingSpan("cho", "gw-1", 5, 9)
    ]
