"""Backoff: the delay before the next attempt doubles up to its longest, and chance spreads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.backoff import Backoff

BACKOFF = Backoff(0.5, 30.0)


def test_the_delay_doubles_up_to_its_longest() -> None:
    assert [BACKOFF.delay(failures) for failures in (1, 2, 3, 7, 1_000)] == [0.5, 1.0, 2.0, 30.0, 30.0]


def test_a_first_delay_beyond_the_longest_is_cut_to_the_longest() -> None:
    assert Backoff(60.0, 30.0).delay(1) == 30.0


@given(st.integers(1, 10_000), st.floats(0.0, 1.0))
def test_chance_takes_away_at_most_half_of_the_delay(failures: int, chance: float) -> None:
    delay = BACKOFF.delay(failures)
    assert delay / 2 <= BACKOFF.spread_delay(failures, chance) <= delay


def test_clients_that_failed_together_return_at_different_times() -> None:
    assert BACKOFF.spread_delay(3, 0.0) == 1.0
    assert BACKOFF.spread_delay(3, 1.0) == 2.0


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_no_attempt_is_made_before_the_delay_that_the_server_asked_for(chance: float) -> None:
    assert 7.0 <= BACKOFF.spread_delay(1, chance, asked=7.0) <= 7.5
