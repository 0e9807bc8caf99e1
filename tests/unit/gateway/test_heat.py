"""Heat: by class, by rise, and never by a spike."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.messages import Kind
from gateway.domain.detection.heat import HEAT_CLASSES
from tests.unit.gateway.bench_point import bench, steady
from tests.unit.gateway.test_smoke import at_gaps, gaps


def ramp(
    first: float, last: float, *, since: float, minutes: float, every: float = 1.0
) -> list[tuple[float, float]]:
    seconds = minutes * 60
    count = int(seconds / every)
    return [(since + n * every, first + (last - first) * n / count) for n in range(count + 1)]


@given(gaps, st.randoms(use_true_random=False))
def test_an_ordinary_room_is_never_an_alarm_in_any_rhythm_of_samples(
    gaps: list[float], random: Random
) -> None:
    point = bench()
    point.hear("temperature", at_gaps(gaps, [random.uniform(18.0, 35.0) for _ in gaps]))
    assert point.raised(Kind.FIRE) == point.raised(Kind.PREALARM) == []


@given(gaps, st.floats(56.0, 1400.0), st.integers(3, 10))
def test_single_spikes_of_any_size_are_never_an_alarm(
    gaps: list[float], spike: float, every: int
) -> None:
    point = bench().seen_calm("temperature")
    values = [spike if number % (every + 1) == every else 25.0 for number in range(len(gaps))]
    point.hear("temperature", at_gaps(gaps, values))
    assert point.raised(Kind.FIRE) == []


@settings(deadline=None)
@given(st.floats(0.1, 10.0), st.floats(60.0, 1200.0), st.floats(0.5, 60.0))
def test_heat_that_rises_and_stays_is_always_a_fire(every: float, final: float, k_per_s: float) -> None:
    # By 0.1 K it flickers: nothing burns to the last digit, and what leaps and stands still is railed.
    point = bench()
    point.hear("temperature", steady(25.0, since=0, until=8 * every, every=every))
    after = [
        min(final, 25.0 + k_per_s * every * n) + n % 2 / 10
        for n in range(1, int(1200 / (k_per_s * every)) + 12)
    ]
    point.hear("temperature", [(8 * every + n * every, value) for n, value in enumerate(after)])
    assert len(point.raised(Kind.FIRE)) == 1


@settings(deadline=None)
@given(st.floats(0.1, 60.0), st.floats(60.0, 120.0))
def test_heat_that_stands_still_where_a_jump_may_end_is_always_a_fire(
    every: float, final: float
) -> None:
    point = bench()
    point.hear("temperature", steady(25.0, since=0, until=8 * every, every=every))
    point.hear("temperature", steady(final, since=8 * every, until=20 * every, every=every))
    assert len(point.raised(Kind.FIRE)) == 1


@pytest.mark.parametrize("every", [0.1, 1.0, 10.0])
def test_a_jump_to_heat_that_stays_is_a_fire_within_seven_samples(every: float) -> None:
    point = bench()
    point.hear("temperature", steady(25.0, since=0, until=20 * every, every=every))
    point.hear("temperature", [((20 + n) * every, 400.0 + n % 2 / 10) for n in range(7)])
    assert len(point.raised(Kind.FIRE)) == 1


@pytest.mark.parametrize(("heat_class", "minimum"), HEAT_CLASSES.items())
def test_each_class_alarms_two_degrees_above_its_minimum_when_the_heat_rises_slowly(
    heat_class: str, minimum: float
) -> None:
    below, above = bench(heat_class=heat_class), bench(heat_class=heat_class)
    slowly = ramp(minimum - 30, minimum + 1.5, since=0, minutes=30)
    below.hear("temperature", slowly)
    above.hear("temperature", [*slowly, *ramp(minimum + 1.5, minimum + 3, since=1801, minutes=1)])
    assert below.raised(Kind.FIRE) == []
    assert [each.reason for each in above.raised(Kind.FIRE)] == ["heat_above_alarm"]


@pytest.mark.parametrize("every", [0.1, 0.5, 1.0, 5.0, 10.0])
@pytest.mark.parametrize(
    ("k_per_min", "reason", "alarms_at"),
    [(1.0, "heat_above_alarm", 56.0), (3.0, "heat_above_alarm", 56.0), (8.0, "heat_rising", 46.0)],
)
def test_a_fast_rise_lowers_the_working_point_by_ten_kelvin_whatever_the_rhythm(
    every: float, k_per_min: float, reason: str, alarms_at: float
) -> None:
    point = bench()
    point.hear("temperature", ramp(25, 60, since=0, minutes=35 / k_per_min, every=every))
    (fire,) = point.raised(Kind.FIRE)
    assert fire.reason == reason
    assert fire.value == pytest.approx(alarms_at, abs=0.5 + 2 * every * k_per_min / 60)


def test_a_fast_rise_alone_is_not_a_fire() -> None:
    point = bench()
    point.hear("temperature", ramp(5, 35, since=0, minutes=3))
    assert point.story() == []


def test_noise_of_one_kelvin_in_a_hot_attic_is_not_a_rise() -> None:
    point = bench()
    point.hear("temperature", [(t * 0.5, 47.0 + (1.0 if t % 7 < 3 else -1.0)) for t in range(4000)])
    assert point.raised(Kind.FIRE) == []


def test_a_fire_that_destroys_its_detector_remains_a_fire() -> None:
    point = bench()
    point.hear("temperature", ramp(25, 200, since=0, minutes=2))
    point.hear("temperature", [(130 + n, 1400.5) for n in range(100)])
    point.hear("temperature", [(240 + n, None) for n in range(100)])
    assert "fire restored: heat_rising" not in point.story()
    assert point.raised(Kind.FIRE)
    assert point.raised(Kind.FAULT)
