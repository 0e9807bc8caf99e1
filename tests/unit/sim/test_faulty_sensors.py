"""The library of faulty sensors: seeded, ordered, at any sampling interval, and never a fire."""

from itertools import pairwise

import pytest

from contract.quantities import QUANTITIES
from contract.recordings import RecordedReading
from firmware_sim.domain.faulty_sensors import HOUR_S, KINDS, library

RHYTHMS = (1.0, 10.0, 60.0)


def test_the_same_seed_makes_the_same_sensors_and_another_makes_others() -> None:
    def rows(seed: int) -> list[list[RecordedReading]]:
        return [list(each.readings(60.0)) for each in library(seed=seed, each=1)]

    assert rows(1) == rows(1)
    assert rows(1) != rows(2)


def test_every_kind_has_so_many_specimens_with_names_of_their_own() -> None:
    sensors = library(each=3)
    assert len({each.name for each in sensors}) == len(sensors) == 3 * len(KINDS)
    assert {each.kind.quantity for each in sensors} == {"temperature", "smoke", "co"}


@pytest.mark.parametrize("every_s", RHYTHMS)
def test_rows_are_in_order_and_each_point_keeps_its_rhythm(every_s: float) -> None:
    for sensor in library(each=1):
        if every_s == 1.0 and sensor.kind.broken_s > 3 * HOUR_S:
            continue
        rows = list(sensor.readings(every_s))
        assert rows == sorted(rows, key=lambda each: each.t)
        own = [each.t for each in rows if each.point == sensor.name]
        gaps = {round(b - a, 6) for a, b in pairwise(own)}
        assert gaps == {every_s}
        assert {each.point for each in rows} == {sensor.name, *sensor.neighbours}


def test_a_sensor_that_breaks_later_is_sound_until_then() -> None:
    for sensor in library(each=1):
        quantity = QUANTITIES[sensor.kind.quantity]
        calm = {"temperature": 30.0, "smoke": 0.05, "co": 10.0}[quantity.name]
        before = [each.value for each in sensor.readings(60.0) if each.t < sensor.kind.sound_s]
        assert bool(before) == (sensor.kind.sound_s > 0)
        assert all(quantity.low <= value < calm for value in before)
