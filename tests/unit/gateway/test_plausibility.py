"""A lying sensor is in fault and never in alarm; and no fault ever hides a fire."""

import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.messages import Kind
from contract.sentences import Status
from tests.support.depth import examples
from tests.unit.gateway.bench_point import Bench, bench, moment, steady

rhythms = st.sampled_from([0.1, 0.5, 1.0, 2.0, 5.0, 10.0])
seeds = st.integers(0, 2**32)
AMBIENT = {"smoke": 0.02, "temperature": 22.0, "co": 2.0}


def noise(
    quantity: str, sigma: float, *, every: float, seed: int, count: int = 600
) -> list[tuple[float, float]]:
    source = random.Random(seed)
    return [(n * every, source.gauss(AMBIENT[quantity], sigma)) for n in range(count)]


def broken(seed: int, *, every: float, count: int = 600) -> list[tuple[float, float]]:
    """As that of a recorded office: steps of 46.3 K up and back, two in three samples wrong."""
    source = random.Random(seed)
    steps = [0, 0, 1, 0, 3, 0, 1, 0, *(source.choice([0, 0, 1, 1, 2, 3, 8]) for _ in range(count - 8))]
    return [(n * every, 23.4 + 46.3 * step) for n, step in enumerate(steps)]


def burning(
    since: float, *, every: float, seed: int, seconds: float = 600.0
) -> list[tuple[float, float]]:
    """A fire that grows by t² to 400 degC in two minutes, and flickers by a fifth of its excess."""
    source = random.Random(seed)
    count = int(seconds / every)
    growth = ((n * every, min(1.0, n * every / 120.0) ** 2) for n in range(count))
    return [(since + t, 22.0 + 378.0 * share * source.uniform(0.8, 1.2)) for t, share in growth]


def faults(point: Bench) -> set[str]:
    return {change.reason for change in point.raised(Kind.FAULT)}


@settings(deadline=None)
@given(seeds, rhythms)
def test_a_sensor_that_jumps_away_and_back_is_in_fault_and_never_in_alarm(
    seed: int, every: float
) -> None:
    point = bench()
    point.hear("temperature", broken(seed, every=every))
    assert point.raised(Kind.FIRE) == []
    assert faults(point) == {"jumping"}


@settings(deadline=None)
@given(st.floats(13.0, 25.0), seeds, rhythms)
def test_a_thermometer_that_scatters_is_in_fault_and_after_a_hundred_samples_never_in_alarm(
    sigma: float, seed: int, every: float
) -> None:
    point = bench()
    point.hear("temperature", noise("temperature", sigma, every=every, seed=seed))
    assert faults(point) & {"noisy", "jumping"}
    known = moment(100 * every).at
    assert [fire for fire in point.raised(Kind.FIRE) if fire.at > known] == []


@settings(deadline=None)
@given(st.floats(0.25, 1.0), seeds, st.sampled_from([0.1, 0.5, 1.0, 2.0]))
def test_a_smoke_detector_that_scatters_is_in_fault(sigma: float, seed: int, every: float) -> None:
    point = bench()
    point.hear(
        "smoke", [(t, max(-1.0, value)) for t, value in noise("smoke", sigma, every=every, seed=seed)]
    )
    assert faults(point) & {"noisy", "jumping"}


@pytest.mark.parametrize(
    ("quantity", "sigma"), [("smoke", 0.03), ("temperature", 1.0), ("co", 5.0), ("temperature", 0.1)]
)
def test_the_noise_of_a_sound_sensor_is_not_a_fault(quantity: str, sigma: float) -> None:
    point = bench()
    point.hear(quantity, noise(quantity, sigma, every=1.0, seed=1, count=5_000))
    assert point.story() == []


@settings(deadline=None)
@given(st.sampled_from(["smoke", "temperature", "co"]), seeds, rhythms)
def test_spikes_of_single_samples_are_neither_an_alarm_nor_noise(
    quantity: str, seed: int, every: float
) -> None:
    source = random.Random(seed)
    size = {"smoke": 45.0, "temperature": 1_300.0, "co": 15_000.0}[quantity]
    values = [AMBIENT[quantity]] * 600
    for at in range(20, 600, 40):
        values[at + source.randrange(20)] = source.uniform(size / 10, size)
    point = bench().seen_calm(quantity)
    point.hear(quantity, [(n * every, value) for n, value in enumerate(values)])
    assert point.raised(Kind.FIRE) == point.raised(Kind.FAULT) == []


LIES: dict[str, Callable[[int, float], Sequence[tuple[float, float | None]]]] = {
    "sound": lambda seed, every: steady(22.0, since=0, until=600 * every, every=every),
    "broken": lambda seed, every: broken(seed, every=every),
    "noisy": lambda seed, every: noise("temperature", 15.0, every=every, seed=seed),
    "dead": lambda seed, every: steady(None, since=0, until=600 * every, every=every),
    "railed": lambda seed, every: steady(2_000.0, since=0, until=600 * every, every=every),
}


@settings(max_examples=examples(60), deadline=None)
@given(st.sampled_from(sorted(LIES)), seeds, rhythms, st.sampled_from([Status.NORMAL, Status.FAULT]))
def test_a_fire_is_an_alarm_whatever_the_sensor_did_before(
    lie: str, seed: int, every: float, status: Status
) -> None:
    point = bench()
    point.hear("temperature", LIES[lie](seed, every), status)
    begins = 600 * every
    point.hear("temperature", burning(begins, every=every, seed=seed, seconds=140 * every + 240), status)
    (fire,) = point.raised(Kind.FIRE)[:1]
    assert fire.at is not None


@settings(deadline=None)
@given(seeds, rhythms)
def test_a_fire_under_a_sound_sensor_is_reported_within_four_samples_of_its_alarm_level(
    seed: int, every: float
) -> None:
    rows = [*steady(22.0, since=0, until=60, every=every), *burning(60.0, every=every, seed=seed)]
    point = bench()
    point.hear("temperature", rows)
    hot = next(t for t, value in rows if value >= 56.0)
    fire = point.raised(Kind.FIRE)[0]
    assert fire.at <= moment(hot + max(5 * every, 2.0)).at


@settings(deadline=None)
@given(seeds)
def test_flames_that_flicker_by_more_than_any_air_are_a_fire_and_no_fault(seed: int) -> None:
    source = random.Random(seed)
    flames = [(60.0 + n, source.uniform(200.0, 700.0)) for n in range(60)]
    point = bench()
    point.hear("temperature", [*steady(22.0, since=0, until=60), *flames])
    assert point.raised(Kind.FIRE)[0].at <= moment(72.0).at
    assert "jumping" not in faults(point)


def test_a_smoke_detector_in_fault_by_noise_still_reports_a_fire() -> None:
    point = bench()
    before = [(t, max(-1.0, v)) for t, v in noise("smoke", 0.3, every=1.0, seed=3)]
    source = random.Random(4)
    fire = [(600.0 + n, 3.0 + source.gauss(0.0, 0.3)) for n in range(120)]
    point.hear("smoke", [*before, *fire])
    assert "noisy" in faults(point)
    assert moment(600.0).at <= point.raised(Kind.FIRE)[0].at <= moment(640.0).at


def test_a_noisy_sensor_is_believed_again_when_it_is_quiet() -> None:
    point = bench()
    point.hear("temperature", noise("temperature", 9.0, every=1.0, seed=2))
    point.hear("temperature", steady(22.0, since=600, until=900))
    assert point.story()[-1] in {"fault restored: noisy", "fault restored: jumping"}
    assert not point.point.conditions.has(Kind.FAULT)
