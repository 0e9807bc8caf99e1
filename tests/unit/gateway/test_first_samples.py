"""A sensor that is broken from its first sample on is a fault; one switched on into a fire is not."""

import random
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.messages import Kind
from contract.sentences import Status
from gateway.domain.model.conditions import ConditionChange
from gateway.domain.model.point_kinds import PointKind
from gateway.domain.points.site_points import ConfiguredPoint, SitePoints
from gateway.settings import DetectionSettings
from tests.unit.gateway.bench_point import Bench, bench, moment, thresholds

RHYTHMS = [1.0, 2.0, 10.0, 60.0]

Shown = Callable[[int, random.Random], float]

BROKEN: dict[str, tuple[str, Shown]] = {
    "an open thermocouple": ("temperature", lambda n, chance: 1_372.0),
    "an open thermocouple that hums": ("temperature", lambda n, chance: 850.0 + chance.gauss(0, 0.3)),
    "a thermometer that is frozen": ("temperature", lambda n, chance: 61.37),
    "a shorted thermistor": ("temperature", lambda n, chance: -40.0),
    "a photometer without its lamp": ("smoke", lambda n, chance: chance.uniform(24.0, 50.0)),
    "a photometer far beyond its scale": ("smoke", lambda n, chance: chance.uniform(24.0, 209.0)),
    "a chamber that is frozen": ("smoke", lambda n, chance: 0.61),
    "an analyser with an offset": ("co", lambda n, chance: 90.0 + chance.gauss(0, 4.0)),
    "an analyser at its rail": ("co", lambda n, chance: 2_000.0),
    "an analyser that swings": ("co", lambda n, chance: [0.0, 420.0, 390.0, 0.0][n % 4]),
}


def heard(quantity: str, values: list[float], *, every: float, kind: PointKind | None = None) -> Bench:
    point = bench(kind, silent_after_s=1e6)
    point.hear(quantity, [(n * every, value) for n, value in enumerate(values)])
    return point


@pytest.mark.parametrize("every", RHYTHMS)
@pytest.mark.parametrize("name", BROKEN)
def test_a_sensor_that_is_broken_from_its_first_sample_on_is_a_fault_and_no_alarm(
    name: str, every: float
) -> None:
    quantity, shown = BROKEN[name]
    for seed in range(5):
        chance = random.Random(seed)
        point = heard(quantity, [shown(n, chance) for n in range(200)], every=every)
        assert point.raised(Kind.FIRE) == []
        (fault, *_) = point.raised(Kind.FAULT)
        assert fault.at <= moment(max(20.0, 10 * every)).at


def test_an_analyser_that_is_noisy_from_its_first_sample_on_is_a_fault_and_no_alarm() -> None:
    for seed in range(20):
        chance = random.Random(seed)
        point = heard("co", [max(0.0, chance.gauss(40.0, 30.0)) for _ in range(300)], every=2.0)
        assert point.raised(Kind.FIRE) == []
        assert point.raised(Kind.FAULT)


@settings(deadline=None)
@given(st.floats(0.0, 200.0), st.sampled_from(RHYTHMS), st.integers(0, 2**32))
def test_a_heat_detector_that_is_switched_on_into_a_fire_is_an_alarm(
    since: float, every: float, seed: int
) -> None:
    chance = random.Random(seed)
    grown = [((since + n * every) / 100.0) ** 2 for n in range(200)]
    values = [22.0 + 80.0 * min(8.0, each) * chance.uniform(0.9, 1.1) for each in grown]
    hot = next(n for n, pair in enumerate(pairwise(values), start=1) if min(pair) >= 57.0)
    fire = heard("temperature", values, every=every).raised(Kind.FIRE)[0]
    assert fire.at <= moment(hot * every + max(15.0, 2 * every) + 2 * every).at


@pytest.mark.parametrize("every", [1.0, 2.0, 10.0])
def test_smoke_and_carbon_monoxide_that_rise_from_the_first_sample_on_are_an_alarm(every: float) -> None:
    for quantity, first, pace in (("smoke", 0.5, 0.01), ("co", 100.0, 4.0)):
        values = [first + pace * n * every for n in range(100)]
        fire = heard(quantity, values, every=every).raised(Kind.FIRE)[0]
        assert fire.at <= moment(max(45.0, 5 * every)).at


@pytest.mark.parametrize(("quantity", "value"), [("temperature", 150.0), ("smoke", 3.0), ("co", 300.0)])
def test_a_doubtful_alarm_is_a_prealarm_with_its_first_sample(quantity: str, value: float) -> None:
    assert heard(quantity, [value], every=1.0).raised(Kind.PREALARM)


def test_a_wrong_zero_is_learned_and_a_rise_above_it_is_an_alarm() -> None:
    chance = random.Random(1)
    values = [80.0 + chance.gauss(0, 2.0) for _ in range(300)]
    point = heard("co", [*values, *(80.0 + 2.0 * n for n in range(100))], every=1.0)
    assert [each.reason for each in point.raised(Kind.FAULT)] == ["zero_offset"]
    (fire,) = point.raised(Kind.FIRE)
    assert moment(325.0).at <= fire.at <= moment(375.0).at


def test_carbon_monoxide_that_was_aired_away_ends_the_fault_of_the_zero() -> None:
    chance = random.Random(1)
    values = [80.0 + chance.gauss(0, 2.0) for _ in range(100)]
    point = heard("co", [*values, *([3.0, 2.0] * 300)], every=1.0)
    assert not point.point.conditions.has(Kind.FAULT)


def test_a_second_quantity_ends_the_doubt() -> None:
    point = bench(PointKind.MULTI)
    point.hear("smoke", [(t, 0.0) for t in range(-60, 0)])
    point.hear("smoke", [(t, 0.05 * t) for t in range(30)])
    point.hear("temperature", [(30.0, 150.0)])
    fires = {each.quantity: each.at for each in point.raised(Kind.FIRE)}
    assert fires["temperature"] == moment(30.0).at


def room(*names: str) -> SitePoints:
    configured = [
        ConfiguredPoint(name, ("line", name), PointKind.HEAT, thresholds(), room="hall")
        for name in names
    ]
    neighbours = DetectionSettings().neighbours.thresholds()
    return SitePoints(
        configured, unknown=thresholds(), most_unknown=0, since=moment(0.0), neighbours=neighbours
    )


def hear(site: SitePoints, name: str, t: float, value: float) -> list[ConditionChange]:
    return list(site.accept_sample(("line", name), "temperature", value, Status.NORMAL, moment(t))[1])


def fires(changes: list[ConditionChange]) -> set[str]:
    return {each.name for each in changes if each.kind is Kind.FIRE}


@pytest.mark.parametrize(("burn", "expected"), [(("b", "c"), {"a", "b", "c"}), (("b",), {"b"})])
def test_two_neighbours_that_burn_end_the_doubt_and_one_does_not(
    burn: tuple[str, ...], expected: set[str]
) -> None:
    site = room("a", "b", "c")
    for t in range(30):
        for name in ("b", "c"):
            hear(site, name, t, 22.0)
        hear(site, "a", t, 400.0)
    changes = []
    for t in range(30, 40):
        for name in ("b", "c"):
            changes += hear(site, name, t, 60.0 + 8.0 * (t - 30) if name in burn else 22.0)
        changes += hear(site, "a", t, 400.0)
    assert fires(changes) == expected
