"""A recording at the rhythm of a slower sensor."""

from hypothesis import given
from hypothesis import strategies as st

from contract.recordings import RecordedReading
from tocsin.evaluate.thinning import thinned

RHYTHMS = st.floats(0.5, 120.0)
TIMES = st.lists(st.integers(-7_200, 7_200), unique=True).map(sorted)


def rows(times: list[int], *points: str) -> list[RecordedReading]:
    kinds = ("smoke", "temperature")
    return [RecordedReading(float(t), p, q, float(t)) for t in times for p in points for q in kinds]


@given(TIMES, RHYTHMS, st.text(max_size=3))
def test_each_slot_that_has_samples_keeps_one(times: list[int], every: float, seed: str) -> None:
    kept = [each.t for each in thinned(rows(times, "p"), every, seed=seed) if each.quantity == "smoke"]
    assert set(kept) <= set(times)
    for a, b, c in zip(kept, kept[1:], kept[2:], strict=False):
        assert a < b < c
        assert c - a > every * 0.999
    # Within every span of two rhythms that has samples throughout, one is kept.
    for t in times:
        span = [each for each in times if t <= each < t + 2 * every]
        if len(span) >= 2 * every:
            assert any(t <= each < t + 2 * every for each in kept)


def test_a_gap_stays_a_gap_and_is_not_made_up_for() -> None:
    times = [*range(100), *range(500, 600)]
    kept = [each.t for each in thinned(rows(times, "p"), 10.0, seed="1") if each.quantity == "smoke"]
    assert not [t for t in kept if 100 <= t < 500]
    assert 10 <= len([t for t in kept if t < 100]) <= 11
    assert 10 <= len([t for t in kept if t >= 500]) <= 11


def test_all_quantities_of_a_point_are_reported_together_and_points_apart() -> None:
    kept = list(thinned(rows([*range(600)], "a", "b"), 60.0, seed="1"))
    times = {
        (point, quantity): [each.t for each in kept if (each.point, each.quantity) == (point, quantity)]
        for point in "ab"
        for quantity in ("smoke", "temperature")
    }
    assert times["a", "smoke"] == times["a", "temperature"]
    assert times["a", "smoke"] != times["b", "smoke"]
