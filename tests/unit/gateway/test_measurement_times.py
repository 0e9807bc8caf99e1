"""The time of a measurement decides; the clock of a bridge may be off, and memory is not life."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.model.detector_state import StateAge
from gateway.domain.model.moment import Moment
from gateway.domain.points.measurement_times import PROVEN_AFTER_S, MeasurementTimes, MessageAge

NOW_US = 1_795_464_785_000_000
DAY_S = 86_400.0
REPORTING_TIME_S = 300.0


class Bridge:
    """Publishes what detectors measured, some time ago by a clock that may be off."""

    def __init__(self, clock_off_s: float = 0.0) -> None:
        self.times = MeasurementTimes()
        self.off_s = clock_off_s

    def says(
        self, t: float, measured_t: float | None, address: str = "bep", *, retained: bool = False
    ) -> MessageAge:
        measured = None if measured_t is None else NOW_US + round((measured_t + self.off_s) * 1e6)
        return self.times.judge_age(
            address,
            measured,
            retained=retained,
            reporting_time_s=REPORTING_TIME_S,
            moment=Moment(NOW_US + round(t * 1e6), t),
        )


@pytest.mark.parametrize(
    ("retained", "measured_t", "age"),
    [
        (False, None, StateAge.LIVE),
        (False, 0.0, StateAge.LIVE),
        (False, -300.0, StateAge.LIVE),
        (False, 20.0, StateAge.LIVE),
        (False, -301.0, StateAge.UNKNOWN),
        (False, -3 * DAY_S, StateAge.UNKNOWN),
        (True, None, StateAge.UNKNOWN),
        (True, -2.0, StateAge.CONFIRMED),
        (True, 20.0, StateAge.CONFIRMED),
        (True, -301.0, StateAge.UNKNOWN),
        (True, 301.0, StateAge.UNKNOWN),
    ],
)
def test_a_first_message_is_current_if_it_was_measured_within_the_reporting_time(
    retained: bool, measured_t: float | None, age: StateAge
) -> None:
    assert Bridge().says(0.0, measured_t, retained=retained).age is age


def test_a_republished_message_stays_old() -> None:
    bridge = Bridge()
    assert all(bridge.says(t, -3 * DAY_S).age is StateAge.UNKNOWN for t in range(0, 1_000, 6))


def test_silence_counts_from_the_measurement_of_a_republished_message() -> None:
    bridge = Bridge()
    assert [bridge.says(t, 0.0).since_s for t in (0.0, 100.0, 300.0)] == [0.0, 100.0, 300.0]
    assert bridge.says(301.0, 0.0).age is StateAge.UNKNOWN


@pytest.mark.parametrize("off_s", [-2 * DAY_S, -1_000.0, -40.0, 40.0, 1_000.0, 2 * DAY_S])
def test_a_detector_lives_whatever_the_clock_of_its_bridge(off_s: float) -> None:
    bridge = Bridge(off_s)
    ages = [bridge.says(t, t).age for t in range(0, 600, 60)]
    assert set(ages[2:]) == {StateAge.LIVE}


def test_one_living_detector_proves_the_clock_error_for_all_of_its_source() -> None:
    bridge = Bridge(-DAY_S)
    for t in (0.0, 3_600.0):
        bridge.says(t, t, "alive")
    assert bridge.says(3_610.0, 3_610.0, "first heard").age is StateAge.LIVE
    assert bridge.says(3_620.0, -DAY_S, "dead").age is StateAge.UNKNOWN


def test_a_rewritten_message_of_three_days_ago_is_old() -> None:
    bridge = Bridge(-3 * DAY_S)
    assert all(bridge.says(t, t).age is StateAge.UNKNOWN for t in range(0, 110, 6))


@pytest.mark.parametrize("after_s", [2.0, 30.0, 90.0, 1_000.0])
def test_a_detector_that_speaks_for_the_second_time_lives_although_its_bridge_is_ahead(
    after_s: float,
) -> None:
    bridge = Bridge(600.0)
    bridge.says(0.0, 0.0)
    assert bridge.says(after_s, after_s).age is StateAge.LIVE


def test_a_time_ahead_that_comes_again_is_memory() -> None:
    bridge = Bridge(600.0)
    assert [bridge.says(t, 0.0).age for t in (0.0, 6.0, 12.0)] == [
        StateAge.LIVE,
        StateAge.UNKNOWN,
        StateAge.UNKNOWN,
    ]


def test_a_clock_that_is_set_back_kills_no_detector() -> None:
    bridge = Bridge(DAY_S)
    for t in (0.0, 60.0, 120.0):
        bridge.says(t, t)
    bridge.off_s = 0.0
    assert bridge.says(180.0, 180.0).age is StateAge.LIVE


def test_old_messages_that_a_broker_kept_back_are_old_although_their_times_go_forward() -> None:
    bridge = Bridge()
    told = [bridge.says(10.0 + each / 100, -DAY_S + 60.0 * each).age for each in range(50)]
    assert StateAge.LIVE not in told


def test_a_newer_memory_than_the_first_is_still_memory() -> None:
    bridge = Bridge()
    bridge.says(0.0, -3 * DAY_S, retained=True)
    assert bridge.says(5.0, -3 * DAY_S + 3_600.0).age is StateAge.UNKNOWN


@given(
    off_s=st.floats(-1e6, 1e6),
    gaps=st.lists(st.floats(4.0, 250.0), min_size=3, max_size=30),
    late=st.lists(st.floats(0.0, 2.0), min_size=30, max_size=30),
)
def test_no_rhythm_no_delay_and_no_clock_makes_a_living_detector_dead_for_long(
    off_s: float, gaps: list[float], late: list[float]
) -> None:
    bridge = Bridge(off_s)
    measured, ages = 0.0, []
    for gap, behind in zip(gaps, late, strict=False):
        measured += gap
        ages.append((measured, bridge.says(measured + behind, measured).age))
    proven = gaps[0] + PROVEN_AFTER_S + 2.0
    assert {age for t, age in ages if t > proven} <= {StateAge.LIVE}
