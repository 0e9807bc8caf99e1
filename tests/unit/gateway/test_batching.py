"""Batching: nothing is lost, and no two readings of a series share a time."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.uplink.batching import ReadingBatcher

readings = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.sampled_from(["smoke", "temperature"]),
        st.one_of(st.integers(10**15, 10**15 + 50), st.integers(10**15, 10**15 + 10**7)),
        st.floats(-10, 10),
    ),
    max_size=300,
)


@given(readings, st.integers(1, 400))
def test_every_reading_is_in_exactly_one_batch_and_times_are_unique_in_a_series(
    readings: list[tuple[str, str, int, float]], size: int
) -> None:
    batcher = ReadingBatcher(size, most_waiting=1_000)
    for point, quantity, at, value in readings:
        batcher.add_reading(point, quantity, at, value)
    assert batcher.pending == len(readings)
    found: Counter[tuple[str, str, float]] = Counter()
    while batch := batcher.next_batch():
        assert sum(len(series.t) for series in batch) <= size
        for series in batch:
            assert len(set(series.t)) == len(series.t) == len(series.v)
            found.update((series.point, series.quantity, value) for value in series.v)
    assert found == Counter((point, quantity, value) for point, quantity, _, value in readings)
    assert (batcher.lost, batcher.pending) == (0, 0)
    assert batcher.handed_over == len(readings)


def test_a_time_is_kept_as_it_is_unless_it_is_that_of_the_reading_before() -> None:
    batcher = ReadingBatcher(100)
    for at in (1_000_000, 2_000_000, 2_000_000, 1_999_500, 5_000_000, 4_000_000):
        batcher.add_reading("a", "smoke", at, 0.0)
    (series,) = batcher.next_batch()
    assert series.t == [1_000_000, 2_000_000, 2_000_001, 2_000_002, 5_000_000, 4_000_000]


def test_two_batches_do_not_share_a_time_either() -> None:
    batcher = ReadingBatcher(1)
    batcher.add_reading("a", "smoke", 1_000_000, 0.0)
    batcher.add_reading("a", "smoke", 1_000_000, 0.0)
    assert [batcher.next_batch()[0].t, batcher.next_batch()[0].t] == [[1_000_000], [1_000_001]]


def test_a_full_queue_drops_the_oldest_batches_and_counts_them() -> None:
    batcher = ReadingBatcher(2, most_waiting=3)
    for number in range(10):
        batcher.add_reading("a", "smoke", number * 10, float(number))
    assert batcher.lost == 4
    assert batcher.next_batch()[0].v == [4.0, 5.0]


def test_a_value_that_is_not_finite_is_not_a_reading() -> None:
    batcher = ReadingBatcher(10)
    for value in (float("nan"), float("inf"), float("-inf")):
        batcher.add_reading("a", "smoke", 1, value)
    assert batcher.next_batch() == []
