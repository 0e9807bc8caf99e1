"""Recorded rooms and burns: no room without fire raises an alarm, and no burn is missed."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.messages import Kind
from tests.support.recorded import ABSENT, DATA
from tests.unit.gateway.bench_point import Bench, bench, moment

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=ABSENT)


def rows(file: Path) -> list[dict[str, str]]:
    with gzip.open(file, "rt") as lines:
        return list(csv.DictReader(lines))


def numbers(records: list[dict[str, str]], column: str) -> Iterator[float]:
    for record in records:
        if record[column]:
            yield float(record[column])


def played(values: Iterator[float], every: float) -> Bench:
    point = bench()
    point.hear("temperature", ((number * every, value) for number, value in enumerate(values)))
    return point


def test_no_room_without_fire_raises_an_alarm_and_the_broken_sensor_is_in_fault() -> None:
    files = sorted((DATA / "quiet" / "keti_smart_building").glob("*.csv.gz"))
    rooms = {file.name[:3]: played(numbers(rows(file), "temperature"), 60.0) for file in files}
    assert len(rooms) == 24
    assert [name for name, room in rooms.items() if room.raised(Kind.FIRE)] == []
    assert [name for name, room in rooms.items() if room.raised(Kind.FAULT)] == ["419"]


def test_every_recorded_burn_is_a_fire_within_five_seconds_of_56_degrees_at_the_ceiling() -> None:
    files = sorted((DATA / "fires" / "fsri_compartments_2018").glob("*_1.csv.gz"))
    assert len(files) > 20
    for file in files:
        records = rows(file)
        for column in records[0]:
            if not column.endswith("Temperature 25 mm Below Ceiling"):
                continue
            values = list(numbers(records, column))
            hot = next(second for second, value in enumerate(values) if value >= 56.0)
            fires = played(iter(values), 1.0).raised(Kind.FIRE)
            assert len(fires) >= 1, (file.name, column)
            assert fires[0].at <= moment(hot + 5).at, (file.name, column)
