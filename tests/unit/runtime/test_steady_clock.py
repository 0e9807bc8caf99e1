"""A clock that is never turned back, whatever is done to the machine's."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.steady_clock import HELD_S, JUMP, SLEW, ClockJump, SteadyClock

BEGAN = datetime(2026, 11, 28, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Machine:
    """A machine whose clock somebody sets."""

    wall: datetime = BEGAN
    passed: float = 0.0

    def run(self, seconds: float) -> None:
        self.passed += seconds
        self.wall += timedelta(seconds=seconds)

    def clock(self) -> SteadyClock:
        return SteadyClock(lambda: self.wall, monotonic=lambda: self.passed)


def test_a_clock_that_nobody_sets_is_believed_to_the_last() -> None:
    machine = Machine()
    clock = machine.clock()
    for _ in range(100):
        machine.run(7.0)
        assert clock() == machine.wall
    assert clock.take_jump() is None
    assert clock.ahead == timedelta(0)


def test_a_clock_that_is_set_back_is_not_followed_and_that_is_a_jump() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.run(10)
    clock()
    machine.wall -= HOUR
    machine.run(60)
    assert clock() - BEGAN == pytest.approx(timedelta(seconds=70), abs=timedelta(seconds=0.1))
    assert clock.take_jump() == ClockJump(-HOUR)
    assert clock.take_jump() is None
    assert clock.ahead == pytest.approx(HOUR, abs=timedelta(seconds=0.1))


def test_a_clock_that_is_set_forward_is_followed_once_it_stands_and_that_is_a_jump() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall += HOUR
    assert clock() == BEGAN
    assert clock.take_jump() == ClockJump(HOUR)
    machine.run(HELD_S - 1)
    assert clock() < BEGAN + HOUR
    machine.run(1)
    assert clock() == machine.wall


def test_a_clock_that_is_right_again_at_once_changes_nothing() -> None:
    machine = Machine()
    clock = machine.clock()
    for by in (HOUR, -HOUR):
        machine.wall += by
        machine.run(5)
        clock()
        assert clock.take_jump() == ClockJump(by)
    assert clock() == machine.wall
    machine.run(600)
    assert clock() == machine.wall


def test_small_corrections_are_no_jumps_and_are_made_good_in_time() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall -= timedelta(seconds=1)
    before = clock()
    for _ in range(3_000):
        machine.run(1.0)
        clock()
    assert clock() > before
    assert clock() == machine.wall
    assert clock.take_jump() is None


def test_it_goes_on_from_what_an_earlier_process_has_seen() -> None:
    machine = Machine()
    clock = machine.clock()
    clock.continue_from(BEGAN + HOUR)
    machine.run(30)
    assert clock() - BEGAN == pytest.approx(HOUR + timedelta(seconds=30), abs=timedelta(seconds=0.1))
    assert clock.take_jump() == ClockJump(-HOUR)
    clock.continue_from(BEGAN)
    assert clock() > BEGAN + HOUR


SETTINGS = st.lists(st.tuples(st.floats(0, 600), st.floats(-1e6, 1e6)), max_size=30)


@given(SETTINGS)
def test_no_deadline_waits_longer_than_the_time_that_really_passes(
    settings: list[tuple[float, float]],
) -> None:
    machine = Machine()
    clock = machine.clock()
    last = clock()
    for seconds, by in settings:
        machine.wall += timedelta(seconds=by)
        machine.run(seconds)
        now = clock()
        least = timedelta(seconds=seconds * (1 - SLEW)) - timedelta(microseconds=2)
        assert now - last >= least
        assert (clock.take_jump() is not None) == (abs(by) > JUMP.total_seconds()) or abs(
            abs(by) - 2
        ) < 1e-3
        last = now
