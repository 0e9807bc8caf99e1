"""A clock that never goes back, even if the clock of the machine is set back: all waits go on."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from runtime.clock import Clock, utc_now

Monotonic = Callable[[], float]
"""Returns seconds of a clock that is never set."""

JUMP = timedelta(seconds=2)
"""Daemons that slew a clock stay far below this between two readings; a clock that is set does not."""

SLEW = 500e-6
"""Fraction by which time slows while ahead of the machine's clock: 1.8 s an hour, as adjtime(3)."""

HELD_S = 10.0
"""Seconds for which a clock that was set forward must stand before it is followed."""


@dataclass(frozen=True, slots=True)
class ClockJump:
    """The difference between what the clock of the machine advanced and the time that really passed."""

    by: timedelta


class SteadyClock:
    """Returns the time of the machine, or the time that really passed where that is later.

    A clock that is set forward is followed once it has stayed so for HELD_S, so that a short error has
    no effect. One that is set back is not followed: time goes on, a little slower, until the clock of
    the machine has caught up.
    """

    def __init__(self, wall: Clock = utc_now, *, monotonic: Monotonic = time.monotonic) -> None:
        self.wall = wall
        """The clock of the machine, for times that other machines compare with their own."""
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._seen_wall, self._seen_at = wall(), monotonic()
        self._now = self._seen_wall
        self._jump: ClockJump | None = None
        self._held_since: float | None = None

    def __call__(self) -> datetime:
        """Return the present moment, which is never before one that was returned."""
        with self._lock:
            return self._advance()

    def continue_from(self, moment: datetime) -> None:
        """Be no earlier than *moment*, which an earlier process has seen."""
        with self._lock:
            behind = moment - self._advance()
            if behind > JUMP:
                self._jump = ClockJump(-behind)
            self._now = max(self._now, moment)

    @property
    def ahead(self) -> timedelta:
        """The lead over the clock of the machine; below 0 while one set forward is held."""
        with self._lock:
            return self._advance() - self._seen_wall

    def take_jump(self) -> ClockJump | None:
        """Return the latest jump of the clock of the machine since the last call, if there was one."""
        with self._lock:
            self._advance()
            jump, self._jump = self._jump, None
            return jump

    def _advance(self) -> datetime:
        wall, at = self.wall(), self._monotonic()
        passed = timedelta(seconds=max(0.0, at - self._seen_at))
        by = wall - self._seen_wall - passed
        if abs(by) > JUMP:
            self._jump = ClockJump(by)
        self._now = self._next(wall, at, passed)
        self._seen_wall, self._seen_at = wall, at
        return self._now

    def _next(self, wall: datetime, at: float, passed: timedelta) -> datetime:
        going_on = self._now + passed
        if wall <= going_on:
            self._held_since = None
            return going_on - min(passed * SLEW, going_on - wall)
        if wall - going_on <= JUMP:
            self._held_since = None
            return wall
        if self._held_since is None:
            self._held_since = at
        return going_on if at - self._held_since < HELD_S else wall
