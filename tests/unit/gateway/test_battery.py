"""A battery is told to be low a month before it is empty."""

import pytest

from gateway.domain.points.battery import Battery

DAY_S = 86_400.0


@pytest.mark.parametrize(
    ("percent", "low"), [(100, False), (16, False), (15, True), (1, True), (0, True)]
)
def test_a_battery_is_low_from_its_threshold_on(percent: float, low: bool) -> None:
    assert Battery(15.0).note_percent(percent, 0.0) is low


def test_a_gauge_that_moves_around_the_threshold_is_reported_once() -> None:
    battery = Battery(15.0)
    told = [battery.note_percent(percent, t) for t, percent in enumerate((16, 15, 16, 18, 20, 21))]
    assert told == [False, True, True, True, True, False]


def test_a_battery_that_falls_fast_is_low_before_the_threshold() -> None:
    battery = Battery(15.0)
    told = {day: battery.note_percent(100.0 - 2 * day, day * DAY_S) for day in range(40)}
    first = min(day for day, low in told.items() if low)
    assert (100.0 - 2 * first) / 2 <= 30.0 < (100.0 - 2 * (first - 1)) / 2


def test_a_slow_fall_and_a_cold_night_say_nothing() -> None:
    battery = Battery(15.0)
    charge = [90.0 - day / 8 - (4.0 if day % 7 == 0 else 0.0) for day in range(60)]
    assert not any(battery.note_percent(percent, day * DAY_S) for day, percent in enumerate(charge))


def test_a_new_battery_is_not_low() -> None:
    battery = Battery(15.0)
    assert battery.note_percent(3.0, 0.0)
    assert not battery.note_percent(100.0, DAY_S)


def test_a_flag_does_not_withdraw_a_low_charge() -> None:
    battery = Battery(15.0)
    battery.note_percent(3.0, 0.0)
    assert battery.note_flag(low=False)
    battery.note_percent(100.0, 1.0)
    assert battery.note_flag(low=True)
    assert not battery.note_flag(low=False)
