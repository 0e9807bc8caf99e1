"""Times for people carry this machine's zone; times for programs are UTC."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from contract.local_time import local, local_datetime, local_time_of_day, utc
from contract.times import to_micros

AT = datetime(2026, 11, 28, 14, 26, 3, 120_000, tzinfo=UTC)


@pytest.fixture(params=["Asia/Ho_Chi_Minh", "Asia/Kolkata", "UTC"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()
    assert os.environ.get("TZ") != "Asia/Kolkata"


SHOWN = {
    "Asia/Ho_Chi_Minh": "2026-11-28 21:26:03+07",
    "Asia/Kolkata": "2026-11-28 19:56:03+05:30",
    "UTC": "2026-11-28 14:26:03+00",
}


def test_a_time_for_people_names_its_offset(zone: str) -> None:
    assert local_datetime(AT) == SHOWN[zone]
    assert local(to_micros(AT)) == SHOWN[zone]
    assert local_time_of_day(AT) == SHOWN[zone].partition(" ")[2]


def test_a_time_for_programs_is_utc(zone: str) -> None:
    assert utc(AT) == "2026-11-28T14:26:03.120Z", zone
