"""The machine's clock, but never turned back: what waits runs on, whoever sets the clock."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from runtime.clock import Clock, utc_now

Monotonic = Callable[[], float]
"""Answers with seconds of a clock that nobody sets."""

LEAP = timedelta(seconds=2)
"""Daemons that slew a clock stay far below this between two looks; a clock that is set does not."""

SLEW = 500e-6
"""Fraction by which time slows while ahead of the machine's clock: 1.8 s an hour, as adjtime(3)."""

HELD_S = 10.0
"""Seconds for which a clock that was set forward must stand before it is followed."""


@dataclass(frozen=True, slots=True)
class Leap:
    """The machine's clock went on by so much more (or less) than the time that really passed."""

    by: timedelta


class SteadyClock:
    """Answers with the machine's time, or with the time that really passed where that is later.

    A clock that is set forward is followed once it has stood so for HELD_S: what is due is due, but a
    moment's error is no reason to live in the future. One that is set back is not followed: time goes
    on, a little slower, until the machine's clock has caught up.
    """

    def __init__(self, wall: Clock = utc_now, *, monotonic: Monotonic = time.monotonic) -> None:
        self.wall = wall
        """The machine's clock, for who must be understood by others who ask theirs."""
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._seen_wall, self._seen_at = wall(), monotonic()
        self._now = self._seen_wall
        self._leap: Leap | None = None
        self._held_since: float | None = None

    def __call__(self) -> datetime:
        """Return the present moment, which is never before one that was returned."""
        with self._lock:
            return self._look()

    def go_on_from(self, moment: datetime) -> None:
        """Let it be no earlier than *moment*, which an earlier process has seen."""
        with self._lock:
            behind = moment - self._look()
            if behind > LEAP:
                self._leap = Leap(-behind)
            self._now = max(self._now, moment)

    @property
    def ahead(self) -> timedelta:
        """The lead of time over the machine's clock; below 0 while one set forward is held."""
        with self._lock:
            return self._look() - self._seen_wall

    def take_leap(self) -> Leap | None:
        """Return the latest leap of the machine's clock, if there was one since this was asked."""
        with self._lock:
            self._look()
            leap, self._leap = self._leap, None
            return leap

    def _look(self) -> datetime:
        wall, at = self.wall(), self._monotonic()
        passed = timedelta(seconds=max(0.0, at - self._seen_at))
        by = wall - self._seen_wall - passed
        if abs(by) > LEAP:
            self._leap = Leap(by)
        self._now = self._next(wall, at, passed)
        self._seen_wall, self._seen_at = wall, at
        return self._now

    def _next(self, wall: datetime, at: float, passed: timedelta) -> datetime:
        going_on = self._now + passed
        if wall <= going_on:
            self._held_since = None
            return going_on - min(passed * SLEW, going_on - wall)
        if wall - going_on <= LEAP:
            self._held_since = None
            return wall
        if self._held_since is None:
            self._held_since = at
        return going_on if at - self._held_since < HELD_S else wall
