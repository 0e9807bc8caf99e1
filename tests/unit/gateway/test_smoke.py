"""Smoke: what is a fire, what is not, for any rhythm of samples."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import Kind
from tests.unit.gateway.bench_point import bench, steady

gaps = st.lists(st.floats(0.01, 600.0), min_size=3, max_size=200)


def at_gaps(gaps: list[float], values: list[float]) -> list[tuple[float, float]]:
    t, samples = 0.0, []
    for gap, value in zip(gaps, values, strict=False):
        t += gap
        samples.append((t, value))
    return samples


@given(gaps, st.randoms(use_true_random=False))
def test_clean_air_is_never_an_alarm_in_any_rhythm_of_samples(gaps: list[float], random: Random) -> None:
    point = bench()
    point.hear("smoke", at_gaps(gaps, [random.uniform(-0.02, 0.06) for _ in gaps]))
    assert point.story() == []


@given(gaps, st.floats(0.2, 50.0), st.integers(2, 10))
def test_single_wild_samples_are_never_an_alarm(gaps: list[float], spike: float, every: int) -> None:
    point = bench().seen_calm("smoke")
    values = [spike if number % (every + 1) == every else 0.02 for number in range(len(gaps))]
    point.hear("smoke", at_gaps(gaps, values))
    assert point.raised(Kind.FIRE) == point.raised(Kind.PREALARM) == []


@given(st.floats(0.1, 20.0), st.floats(0.2, 50.0))
def test_smoke_that_stays_is_always_a_fire(every: float, smoke: float) -> None:
    point = bench()
    point.hear("smoke", steady(0.02, since=0, until=60, every=every))
    # The filter needs time, not samples; two samples must agree. No smoke stands still for ever.
    stays = steady(smoke, since=60, until=60 + max(60, 6 * every), every=every)
    point.hear("smoke", [(t, value - n % 2 * 1e-4) for n, (t, value) in enumerate(stays)])
    assert len(point.raised(Kind.FIRE)) == 1


def test_a_fire_is_raised_after_its_prealarm_and_both_end_when_the_air_stays_clear() -> None:
    point = bench()
    point.hear("smoke", steady(0.02, since=0, until=60))
    point.hear("smoke", steady(0.1, since=60, until=160))
    point.hear("smoke", steady(0.3, since=160, until=220))
    point.hear("smoke", steady(0.0, since=220, until=400))
    assert point.story() == [
        "prealarm raised: smoke_above_prealarm",
        "fire raised: smoke_above_alarm",
        "fire restored: smoke_above_alarm",
        "prealarm restored: smoke_above_prealarm",
    ]


def test_smoke_that_comes_and_goes_within_half_a_minute_stays_one_fire() -> None:
    point = bench().seen_calm("smoke")
    for minute in range(10):
        point.hear("smoke", steady(0.4, since=60 * minute, until=60 * minute + 40))
        point.hear("smoke", steady(0.0, since=60 * minute + 40, until=60 * minute + 60))
    assert point.story() == ["prealarm raised: smoke_above_prealarm", "fire raised: smoke_above_alarm"]


def test_a_detector_that_slowly_gets_dirty_raises_nothing() -> None:
    point = bench()
    month_s = 30 * 86_400
    point.hear("smoke", [(t, 0.08 * t / month_s) for t in range(0, month_s, 60)])
    assert point.story() == []


def test_a_fire_that_smoulders_for_two_hours_is_not_taken_for_dirt() -> None:
    point = bench()
    point.hear("smoke", [(t, 0.2 * t / 7200) for t in range(0, 7200, 2)])
    assert "fire raised: smoke_above_alarm" in point.story()


@pytest.mark.parametrize("offset", [-0.5, -0.1, 0.0])
def test_a_negative_zero_never_makes_a_detector_more_sensitive_than_the_limit(offset: float) -> None:
    point = bench()
    point.hear("smoke", steady(offset, since=0, until=86_400 * 7, every=60))
    point.hear("smoke", steady(0.045, since=86_400 * 7, until=86_400 * 7 + 300))
    assert point.raised(Kind.FIRE) == []
