"""A line on which a round takes too long is refused with both times and a remedy."""

import re
from typing import Any

import pytest

from gateway.conflicts import conflicts
from gateway.domain.connectors.round_time import character_s, polled_round_s

PROFILE = {
    "panel": "p",
    "source": "by hand",
    "points": [
        {
            "address": "r{n}",
            "table": "holding_registers",
            "register": 0,
            "count": 100,
            "states": [{"word": "fire"}],
        }
    ],
    "longest_read": 100,
}


def said(line: dict[str, Any], *points: str) -> list[str]:
    content = {
        "lines": [{"name": "bus", "port": "p", **line}],
        "points": [{"name": each, "line": "bus", "kind": "smoke"} for each in points],
    }
    return [each.text for each in conflicts(content)]


def modbus(devices: int, **device: Any) -> dict[str, Any]:
    each = {"profile": PROFILE, **device}
    units = [{"name": f"d{unit}", "unit": unit, **each} for unit in range(1, devices + 1)]
    return {"connector": "modbus", "options": {"devices": units}}


def test_a_character_has_its_start_data_parity_and_stop_bits() -> None:
    assert character_s(9600, "8N1") == pytest.approx(10 / 9600)
    assert character_s(9600, "8E1") == pytest.approx(11 / 9600)
    assert character_s(1200, "7O2") == pytest.approx(11 / 1200)


def test_the_round_of_the_protocols_example_is_as_long_as_it_says() -> None:
    assert polled_round_s(("smoke-01",) * 40, 9600, "8N1", gap_s=0.005) == pytest.approx(5.25, abs=0.1)


def test_devices_that_fit_their_line_are_accepted() -> None:
    assert said(modbus(32)) == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (modbus(130), r"a round of 130 takes 3\d s at 9600 baud, of 30"),
        (modbus(1, timeout_s=0.1), r"devices: d1: an answer takes 0\.2\d s at 9600 baud, and timeout_s"),
        (
            {**modbus(1), "baud": 4800},
            r"gap_s: 0\.005 s is too short at 4800 baud; set 0\.0073 at least",
        ),
    ],
)
def test_a_bus_that_cannot_be_read_in_time_is_refused(line: dict[str, Any], says: str) -> None:
    (text,) = said(line)
    assert re.search(says, text), text


def test_a_polled_line_asks_its_points_and_is_refused_without_any_or_with_too_many() -> None:
    assert said({"connector": "polled"}, "smoke-1", "smoke-2") == []
    (nobody,) = said({"connector": "polled"})
    assert "nobody is asked; add [[points]] on this line" in nobody
    many = [f"smoke-{number}" for number in range(120)]
    (slow,) = said({"connector": "polled", "baud": 2400}, *many)
    assert "of 120 takes" in slow
    assert "divide them among lines" in slow
