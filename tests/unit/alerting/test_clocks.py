"""When a point changed, by the clock that can be trusted."""

import pytest

from alerting.domain.model.clocks import happened_at
from alerting.domain.model.events import ClockSource
from contract.times import SECOND

DAY = 24 * 3_600
"""Seconds."""

YEARS = 56 * 365 * DAY
"""From 1970 until now or so, in seconds."""


@pytest.mark.parametrize(
    ("sentence", "changed", "offset", "taken", "clock"),
    [
        ("a clock that is right is believed", -60, None, -60, ClockSource.GATEWAY),
        ("a minute's delay is no wrong clock", -60, 0, -60, ClockSource.GATEWAY),
        ("a change of an hour ago is believed", -3_600, None, -3_600, ClockSource.GATEWAY),
        (
            "a change of more than an hour ago is not, by a clock nobody knows",
            -3_601,
            None,
            0,
            ClockSource.BAD,
        ),
        ("nor one more than an hour ahead", 3_601, None, 0, ClockSource.BAD),
        ("a change a moment ahead is now", 3, None, 0, ClockSource.GATEWAY),
        ("a clock ahead by minutes is set right to now", 600, None, 0, ClockSource.CORRECTED),
        ("a clock known to be behind is corrected", -600, 600, 0, ClockSource.CORRECTED),
        (
            "a delayed signal of a clock known to be behind keeps its delay",
            -660,
            600,
            -60,
            ClockSource.CORRECTED,
        ),
        ("a correction that leads into the future is not made", -60, 7_200, 0, ClockSource.BAD),
        ("a clock known to be ahead is corrected", 540, -600, -60, ClockSource.CORRECTED),
        (
            "what waited for a day at a clock that is right is a day old",
            -DAY,
            0,
            -DAY,
            ClockSource.GATEWAY,
        ),
        ("and so at a clock that is corrected", -DAY - 600, 600, -DAY, ClockSource.CORRECTED),
        (
            "a clock in 1970 that heartbeats told of is corrected",
            -YEARS,
            YEARS,
            0,
            ClockSource.CORRECTED,
        ),
        ("what changed before the clock was set is not that old", -YEARS, 0, 0, ClockSource.BAD),
        ("a clock ahead that heartbeats did not tell of", 600, 0, 0, ClockSource.BAD),
        ("a moment ahead is now", 3, 0, 0, ClockSource.GATEWAY),
    ],
)
def test_when_a_point_changed(
    sentence: str, changed: int, offset: int | None, taken: int, clock: ClockSource
) -> None:
    received = YEARS * SECOND
    offset_micros = None if offset is None else offset * SECOND
    answer = happened_at(received + changed * SECOND, received, offset_micros)
    assert answer == (received + taken * SECOND, clock), sentence
