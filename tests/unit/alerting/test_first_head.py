"""A center that is restarted more often than every hour signs its heads all the same."""

import pytest

from alerting.jobs.chain_heads import SOONEST_S, first_head_in
from contract.times import SECOND, Micros

HOUR_S = 3_600.0
NOW = 10 * 3_600 * SECOND


def signed(seconds_ago: float) -> Micros:
    return Micros(NOW - int(seconds_ago * SECOND))


@pytest.mark.parametrize(
    ("last", "seconds"),
    [
        pytest.param(signed(600), 3_000.0, id="the rest of the hour"),
        pytest.param(signed(7_200), SOONEST_S, id="overdue"),
        pytest.param(None, SOONEST_S, id="none was ever signed"),
        pytest.param(signed(-7_200), HOUR_S, id="the clock was set back"),
    ],
)
def test_a_restart_puts_a_head_off_no_further(last: Micros | None, seconds: float) -> None:
    assert first_head_in(HOUR_S, last, NOW) == seconds


def test_heads_of_short_intervals_wait_for_no_minute() -> None:
    assert first_head_in(1.0, None, NOW) == 1.0
