"""A fire that grows faster is never an alarm later, and hardly behind 57 degC, at whatever rhythm."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.messages import Kind
from tests.support.depth import examples
from tests.unit.gateway.bench_point import Bench, bench

RAW_C = 57.0

Samples = list[tuple[float, float]]

rhythms = st.one_of(st.sampled_from([0.1, 1.0, 10.0, 30.0, 60.0]), st.floats(0.1, 60.0))
rates = st.one_of(st.floats(0.05, 5.0), st.floats(5.0, 100.0))
shapes = st.sampled_from(["linear", "squared", "exponential"])
seeds = st.integers(0, 2**32)


@dataclass(frozen=True)
class Fire:
    """One that grows at *rate* for *grows_s*, and is halved in *falls_s* each after that."""

    shape: str
    rate: float
    grows_s: float
    falls_s: float

    def rows(self, at: list[float], *, times_faster: float = 1.0) -> Samples:
        return samples(at, self.rate * times_faster, growth(self.shape, self.grows_s, self.falls_s))


fires = st.builds(Fire, shapes, rates, st.floats(20.0, 400.0), st.floats(2.0, 200.0))


def growth(shape: str, grows_s: float, falls_s: float) -> Callable[[float], float]:
    """Return the share of the growth by time: up to 1 at the peak, and down again."""
    curves: dict[str, Callable[[float], float]] = {
        "linear": lambda t: t,
        "squared": lambda t: t * t / 30.0,
        "exponential": lambda t: 5.0 * (1.07 ** min(t, 200.0) - 1.0),
    }
    up = curves[shape]
    return lambda t: up(max(0.0, min(t, grows_s))) * 0.5 ** (max(0.0, t - grows_s) / falls_s)


def times(every: float, *, seed: int, lost: float) -> list[float]:
    """Twenty samples of calm, and then a phase of its own, jitter, and gaps."""
    source = random.Random(seed)
    phase = source.uniform(0.0, every)
    numbers = range(-20, max(40, int(600 / every)))
    heard = [n for n in numbers if n < 0 or source.random() >= lost]
    return [n * every + phase + source.uniform(0.0, every / 4) for n in heard]


def samples(at: list[float], rate: float, curve: Callable[[float], float]) -> Samples:
    return [(t, min(1_300.0, 22.0 + rate * curve(t)) + 1e-3 * (n % 3)) for n, t in enumerate(at)]


def reference(rows: Samples) -> int | None:
    """The number of the sample with which it is 57 degC in two samples running."""
    pairs = enumerate(pairwise(rows), start=1)
    return next((n for n, ((_, a), (_, b)) in pairs if min(a, b) >= RAW_C), None)


def alarmed(rows: Samples) -> tuple[int | None, Bench]:
    """The number of the sample with which the point is in alarm."""
    point, number = bench(silent_after_s=1e6), None
    for n, sample in enumerate(rows):
        point.hear("temperature", [sample])
        if number is None and point.raised(Kind.FIRE):
            number = n
    return number, point


@settings(deadline=None, max_examples=examples(200))
@given(fires, rhythms, seeds, st.floats(0.0, 0.5))
def test_an_alarm_is_at_most_a_sample_behind_57_degrees_in_two_samples_running(
    fire: Fire, every: float, seed: int, lost: float
) -> None:
    rows = fire.rows(times(every, seed=seed, lost=lost))
    number, point = alarmed(rows)
    expected = reference(rows)
    if expected is not None and expected + 1 < len(rows):
        assert number is not None
        assert number <= expected + 1
    assert point.raised(Kind.FAULT) == []


@settings(deadline=None, max_examples=examples(200))
@given(fires, st.floats(1.0, 20.0), rhythms, seeds)
def test_a_faster_fire_is_never_an_alarm_later(
    fire: Fire, times_faster: float, every: float, seed: int
) -> None:
    at = times(every, seed=seed, lost=seed % 3 / 4)
    slower, _ = alarmed(fire.rows(at))
    faster, _ = alarmed(fire.rows(at, times_faster=times_faster))
    if slower is not None:
        assert faster is not None
        assert faster <= slower


@settings(deadline=None)
@given(fires, rhythms, seeds)
def test_the_first_sample_of_57_degrees_is_a_prealarm_at_least(
    fire: Fire, every: float, seed: int
) -> None:
    rows = fire.rows(times(every, seed=seed, lost=0.0))
    hot = next((n for n, (_, value) in enumerate(rows) if value >= RAW_C), None)
    if hot is None:
        return
    point = bench(silent_after_s=1e6)
    point.hear("temperature", rows[: hot + 1])
    assert point.raised(Kind.PREALARM) or point.raised(Kind.FIRE)


@pytest.mark.parametrize("every", [0.1, 1.0, 10.0, 60.0])
def test_a_spike_out_of_calm_air_is_a_prealarm_that_ends_and_never_an_alarm(every: float) -> None:
    values = [22.0 + n % 2 / 10 for n in range(100)]
    values[50] = 70.0
    point = bench()
    point.hear("temperature", [(n * every, value) for n, value in enumerate(values)])
    point.hear("temperature", [(100 * every + n, 22.0 + n % 2 / 10) for n in range(60)])
    assert point.story() == [
        "prealarm raised: heat_above_prealarm",
        "prealarm restored: heat_above_prealarm",
    ]


@pytest.mark.parametrize("every", [1.0, 10.0, 60.0])
def test_a_fire_soon_after_a_spike_takes_one_sample_more(every: float) -> None:
    values = [22.0] * 20 + [70.0] + [22.1] * 3 + [80.0, 120.0, 160.0]
    number, _ = alarmed([(n * every, value) for n, value in enumerate(values)])
    assert number == len(values) - 1


def test_a_contact_that_opens_again_and_again_is_a_fault_and_no_alarm() -> None:
    values = [22.0] * 20 + [70.0, 22.0, 70.1, 22.0, 70.0, 70.2, 116.0, 22.0] * 20
    number, point = alarmed([(n * 60.0, value) for n, value in enumerate(values)])
    assert number is None
    assert "jumping" in {each.reason for each in point.raised(Kind.FAULT)}


def test_a_loose_thermometer_in_a_warm_room_does_not_rise() -> None:
    for seed in range(20):
        source = random.Random(seed)
        every = source.choice([1.0, 10.0, 60.0])
        point = bench()
        point.hear("temperature", [(n * every, source.gauss(38.0, 5.0)) for n in range(2_000)])
        assert point.raised(Kind.FIRE) == []
        assert {each.reason for each in point.raised(Kind.FAULT)} == {"noisy"}
