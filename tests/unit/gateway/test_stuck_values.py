"""A sensor that stands still as nothing alive does is in fault; what moves at all is judged as ever."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.messages import Kind
from tests.unit.gateway.bench_point import Bench, bench, moment, steady

HOUR = 3_600

Samples = list[tuple[float, float]]


def lively(value: float, spread: float, *, since: int, until: int, seed: int = 1) -> Samples:
    source = random.Random(seed)
    return [(t, round(value + source.uniform(-spread, spread), 4)) for t in range(since, until)]


def calm(quantity: str, *, since: int = 0, until: int = 600) -> Samples:
    value, spread = {"smoke": (0.02, 0.01), "temperature": (24.0, 0.3), "co": (1.0, 0.5)}[quantity]
    return lively(value, spread, since=since, until=until)


def then(quantity: str, samples: Samples) -> Bench:
    point = bench()
    point.hear(quantity, [*calm(quantity), *samples])
    return point


@settings(deadline=None)
@given(
    st.one_of(
        st.tuples(st.just("smoke"), st.floats(6.0, 50.0)),
        st.tuples(st.just("temperature"), st.floats(130.0, 1_400.0)),
        st.tuples(st.just("co"), st.floats(600.0, 20_000.0)),
    ),
    st.sampled_from([1, 2, 3]),
)
def test_a_sensor_that_leaps_to_one_value_and_stands_there_is_railed_and_no_alarm(
    shorted: tuple[str, float], every: int
) -> None:
    quantity, rail = shorted
    point = then(quantity, [(600 + n * every, rail) for n in range(2_000)])
    (fault,) = point.raised(Kind.FAULT)
    assert fault.reason == "railed"
    assert fault.at <= moment(600 + max(15, 2 * every)).at
    assert point.raised(Kind.FIRE) == []


@pytest.mark.parametrize("bottom", [-40.0, 0.0])
def test_a_thermometer_that_drops_to_the_bottom_of_its_scale_is_railed(bottom: float) -> None:
    assert then("temperature", steady(bottom, since=600, until=700)).story() == ["fault raised: railed"]


def test_a_railed_sensor_that_is_repaired_is_believed_again() -> None:
    point = then("temperature", steady(150.0, since=600, until=900))
    point.hear("temperature", calm("temperature", since=900, until=1_000))
    assert [each for each in point.story() if each.startswith("fault")] == [
        "fault raised: railed",
        "fault restored: railed",
    ]
    point.hear("temperature", lively(90.0, 2.0, since=1_000, until=1_010))
    assert point.raised(Kind.FIRE)


@pytest.mark.parametrize(("quantity", "rail"), [("temperature", 150.0), ("smoke", 20.0)])
@pytest.mark.parametrize("waited", [1, 5, 300])
def test_a_leap_is_a_fire_soon_after_the_value_moves(quantity: str, rail: float, waited: int) -> None:
    moves = 600 + waited
    burns = lively(rail, rail / 50, since=moves, until=moves + 60)
    point = then(quantity, [*steady(rail, since=600, until=moves), *burns])
    assert point.raised(Kind.FIRE)[0].at <= moment(moves + 7).at


@pytest.mark.parametrize(("quantity", "rail"), [("temperature", 150.0), ("smoke", 20.0)])
def test_a_leap_that_a_fire_may_make_between_two_rare_samples_is_one(quantity: str, rail: float) -> None:
    point = bench()
    rarely = [(each * 30, value) for each, value in calm(quantity, until=50)]
    point.hear(quantity, [*rarely, *[(50 * 30 + n * 30, rail) for n in range(6)]])
    assert point.raised(Kind.FIRE)


def test_a_detector_that_burns_up_after_its_alarm_stays_in_alarm() -> None:
    growing = [(600 + n, 24.0 + 4.0 * n) for n in range(20)]
    point = then("temperature", [*growing, *steady(1_400.0, since=620, until=900)])
    assert point.raised(Kind.FIRE)
    assert point.point.conditions.has(Kind.FIRE)


def test_after_a_restart_a_known_sensor_is_believed_and_a_railed_one_is_not() -> None:
    stands = steady(150.0, since=0, until=60)
    in_fire = bench(held=((Kind.FIRE, "heat_above_alarm"),))
    railed = bench(held=((Kind.FAULT, "railed"),))
    for point in (in_fire, railed):
        point.hear("temperature", stands)
        point.tick(60.0)
    assert in_fire.point.conditions.has(Kind.FIRE)
    assert railed.raised(Kind.FIRE) == railed.raised(Kind.PREALARM) == []
    assert railed.point.conditions.has(Kind.FAULT)
    railed.hear("temperature", lively(150.0, 5.0, since=60, until=80))
    assert railed.raised(Kind.FIRE)


def test_after_a_restart_a_button_is_never_railed() -> None:
    point = bench(held=((Kind.FAULT, "railed"),))
    point.hear("manual", steady(1.0, since=0, until=60))
    point.tick(60.0)
    assert point.raised(Kind.FIRE)[0].at == moment(0.0).at
    assert not point.point.conditions.has(Kind.FAULT)


def test_a_fire_that_leaps_on_and_then_stands_still_is_one() -> None:
    warm = [(600 + n, 24.0 + 8.0 * n) for n in range(5)]
    point = then("temperature", [*warm, *steady(300.0, since=605, until=620)])
    assert point.raised(Kind.FIRE)
    assert point.raised(Kind.FAULT) == []


@pytest.mark.parametrize(("quantity", "value"), [("temperature", 24.1), ("smoke", 0.0), ("smoke", 0.02)])
def test_a_lively_sensor_that_stands_still_for_an_hour_is_stuck(quantity: str, value: float) -> None:
    point = then(quantity, steady(value, since=600, until=600 + HOUR - 1))
    assert point.story() == []
    point.hear(quantity, steady(value, since=600 + HOUR - 1, until=600 + HOUR + 2))
    assert point.story() == ["fault raised: stuck"]


def test_a_stuck_sensor_still_reports_a_fire() -> None:
    point = then("temperature", steady(24.0, since=600, until=600 + 2 * HOUR))
    point.hear("temperature", lively(80.0, 2.0, since=600 + 2 * HOUR, until=620 + 2 * HOUR))
    assert "stuck" in {each.reason for each in point.raised(Kind.FAULT)}
    assert point.raised(Kind.FIRE)[0].at <= moment(607 + 2 * HOUR).at


def test_a_chamber_that_measures_0_for_a_week_from_the_first_sample_on_is_clean() -> None:
    point = bench()
    point.hear("smoke", steady(0.0, since=0, until=7 * 24 * HOUR, every=60))
    point.hear("smoke", [(7 * 24 * HOUR, 0.01)])
    point.hear("smoke", steady(0.0, since=7 * 24 * HOUR + 60, until=21 * 24 * HOUR, every=60))
    assert point.story() == []


def test_a_coarse_thermometer_that_stood_still_before_may_do_so_again() -> None:
    point = bench()
    for morning in range(0, 40 * HOUR, 4 * HOUR):
        point.hear("temperature", steady(24.0, since=morning, until=morning + HOUR // 2, every=10))
        point.hear(
            "temperature", steady(25.0, since=morning + HOUR // 2, until=morning + 4 * HOUR, every=10)
        )
    assert point.story() == []


@pytest.mark.parametrize("quantity", ["manual", "alarm", "battery"])
def test_a_switch_may_stay_the_same_for_ever(quantity: str) -> None:
    point = bench()
    point.hear(quantity, [(t, float(t % 2)) for t in range(300)])
    before = list(point.changes)
    point.hear(quantity, steady(0.0, since=300, until=300 + 48 * HOUR, every=60))
    assert [each for each in point.changes[len(before) :] if each.kind is Kind.FAULT] == []


def test_a_gap_is_not_a_stillness() -> None:
    point = then("smoke", [(600, 0.02), (600 + 5 * HOUR, 0.02), (601 + 5 * HOUR, 0.03)])
    assert point.story() == []


@pytest.mark.parametrize("size", [0.2, 0.3])
def test_a_failing_amplifier_of_a_smoke_detector_is_a_fault_and_hardly_ever_an_alarm(
    size: float,
) -> None:
    """Its chamber shows nothing below 0, so that noise looks like smoke on the average."""
    alarms = 0
    for seed in range(40):
        source = random.Random(seed)
        noise = [(float(t), max(0.0, 0.02 + source.gauss(0.0, size))) for t in range(600, 1_500)]
        point = then("smoke", noise)
        assert {each.reason for each in point.raised(Kind.FAULT)} == {"noisy"}
        alarms += bool(point.raised(Kind.FIRE))
    assert alarms <= 4


@settings(deadline=None)
@given(st.integers(0, 2**32), st.floats(0.5, 5.0))
def test_smoke_in_clouds_is_a_fire_within_half_a_minute(seed: int, smoke: float) -> None:
    source = random.Random(seed)
    point = then("smoke", [(600 + n, smoke * source.uniform(0.6, 1.4)) for n in range(30)])
    assert point.raised(Kind.FIRE)
