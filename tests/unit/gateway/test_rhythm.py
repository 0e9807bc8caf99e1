"""The same fire is judged alike whether it is sampled ten times a second or every ten seconds."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.messages import Kind
from gateway.domain.model.conditions import ConditionChange
from tests.support.depth import examples
from tests.unit.gateway.bench_point import bench, moment

Curve = Callable[[float], float]

SAMPLES_LATER = 4
"""Samples that arrive from the moment of the alarm until it is raised; a lost one tells nothing."""


def heat(rate: float) -> Curve:
    """Rises by *rate* K/s from second 60 on, to 250 degC."""
    return lambda t: 22.0 + min(228.0, max(0.0, t - 60.0) * rate)


def smoke(rate: float) -> Curve:
    """Rises by *rate* dB/m a second from second 60 on, to 2 dB/m."""
    return lambda t: 0.02 + min(2.0, max(0.0, t - 60.0) * rate)


def sampled(
    curve: Curve, *, every: float, seed: int, lost: float, seconds: float
) -> list[tuple[float, float]]:
    """Samples with a jitter of a third, of which a share is lost."""
    source = random.Random(seed)
    times = (n * every + source.uniform(0, every / 3) for n in range(int(seconds / every)))
    return [(t, curve(t)) for t in times if source.random() >= lost]


def first(rows: list[tuple[float, float]], quantity: str) -> ConditionChange | None:
    point = bench()
    point.hear(quantity, rows)
    return next(iter(point.raised(Kind.FIRE)), None)


@pytest.mark.slow
@settings(max_examples=examples(80), deadline=None)
@given(
    st.sampled_from(["smoke", "temperature"]),
    # Near 4 K/min a rise may be seen as just above or just below that, by one rhythm or another.
    st.one_of(st.floats(0.02, 0.035), st.floats(0.13, 1.0)),
    st.floats(0.1, 10.0),
    st.integers(0, 2**32),
    st.sampled_from([0.0, 0.3]),
)
def test_every_rhythm_gives_the_alarm_of_the_same_moment_but_for_some_samples(
    quantity: str, pace: float, every: float, seed: int, lost: float
) -> None:
    curve = heat(pace) if quantity == "temperature" else smoke(pace / 100)
    seconds = 400.0 + 60.0 / pace
    reference = first([(n / 10, curve(n / 10)) for n in range(int(seconds * 10))], quantity)
    rows = sampled(curve, every=every, seed=seed, lost=lost, seconds=seconds)
    fire = first(rows, quantity)
    assert reference is not None
    assert fire is not None
    late = (fire.at - reference.at) / 1e6
    needed = sum(reference.at < moment(t).at <= fire.at for t, _ in rows)
    assert late >= -1.5 * every - 2.0
    assert late <= 2.0 or needed <= SAMPLES_LATER


@pytest.mark.parametrize("every", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("quantity", ["smoke", "temperature"])
def test_a_gap_of_minutes_in_a_fire_delays_its_alarm_and_nothing_else(
    quantity: str, every: float
) -> None:
    curve = heat(0.2) if quantity == "temperature" else smoke(0.002)
    rows = [(n * every, curve(n * every)) for n in range(int(600 / every))]
    point = bench()
    point.hear(quantity, [(t, value) for t, value in rows if not 100.0 < t < 400.0])
    (fire,) = point.raised(Kind.FIRE)
    assert fire.at <= moment(400.0 + max(30.0, 6 * every)).at
    assert point.raised(Kind.FAULT) == []
