"""Thinning: the lowest and the highest reading of every series survive, and nothing is made up."""

from collections import defaultdict
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from contract.messages import Series
from gateway.domain.uplink.thinning import count_readings, how_many_fit, thin_batches

names = st.sampled_from(["a", "b", "c"])
readings = st.dictionaries(st.integers(0, 2**50), st.floats(-1e6, 1e6), min_size=1, max_size=20)
series = st.builds(
    lambda point, quantity, values: Series(
        point=point, quantity=quantity, t=list(values), v=list(values.values())
    ),
    names,
    names,
    readings,
)
batches = st.lists(st.lists(series, max_size=5), max_size=6)


def columns(some: Iterable[Iterable[Series]]) -> dict[tuple[str, str], list[tuple[int, float]]]:
    found: defaultdict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
    for each in (each for batch in some for each in batch):
        found[each.point, each.quantity] += zip(each.t, each.v, strict=True)
    return found


@given(batches)
def test_the_minimum_and_the_maximum_of_every_series_survive(some: list[list[Series]]) -> None:
    before, after = columns(some), columns([thin_batches(some)])
    assert set(after) == set(before)
    for key, rows in before.items():
        values, kept = [v for _, v in rows], [v for _, v in after[key]]
        assert (min(kept), max(kept)) == (min(values), max(values))
        assert len(kept) <= 2


@given(batches)
def test_kept_readings_have_their_own_times_and_no_two_share_one(some: list[list[Series]]) -> None:
    before = columns(some)
    for key, rows in columns([thin_batches(some)]).items():
        times = [t for t, _ in rows]
        assert times == sorted(set(times))
        for t, v in rows:
            assert (t, v) in before[key] or (t - 1, v) in before[key]


@given(batches)
def test_thinning_twice_changes_nothing(some: list[list[Series]]) -> None:
    once = thin_batches(some)
    assert thin_batches([once]) == once


@given(batches)
def test_every_reading_that_goes_can_be_counted(some: list[list[Series]]) -> None:
    assert count_readings(thin_batches(some)) <= sum(map(count_readings, some))


def at(*seconds: float, point: str = "a") -> list[Series]:
    return [Series(point=point, quantity="co", t=[int(t * 1e6) for t in seconds], v=list(seconds))]


def test_batches_are_put_together_as_far_as_they_span_a_minute() -> None:
    some = [at(0, 10), at(20, 30), at(50, 60), at(61), at(200)]
    assert how_many_fit(some, span_s=60, most_readings=100) == 3
    assert how_many_fit(some[3:], span_s=60, most_readings=100) == 1
    assert how_many_fit([], span_s=60, most_readings=100) == 0


def test_batches_are_put_together_as_far_as_they_fit_in_a_message() -> None:
    some = [at(t, point=f"p-{t}") for t in range(10)]
    assert how_many_fit(some, span_s=60, most_readings=8) == 4
    assert how_many_fit(some, span_s=60, most_readings=1) == 1
