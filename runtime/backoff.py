"""The delay before the next attempt: doubled with each failure in a row, up to a longest one.

Pure, so that domains may use it too: callers count the failures, keep the time and draw the chance.
"""

from dataclasses import dataclass

SPREAD = 0.5
"""Share of a delay that chance may take away, so that not all who failed together return together."""

_MOST_DOUBLINGS = 30
"""Enough for any delay to reach its longest; a larger exponent would only overflow."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Delays that begin with *first* and double until they reach *longest*, both in one unit of time."""

    first: float
    longest: float

    def delay(self, failures: int) -> float:
        """Return the delay after so many *failures* in a row, of which there is at least one."""
        return min(self.first * 2.0 ** min(failures - 1, _MOST_DOUBLINGS), self.longest)

    def spread_delay(self, failures: int, chance: float, *, asked: float | None = None) -> float:
        """Return the delay shortened by a share that *chance*, from 0 to 1, decides.

        Where the other side *asked* for a delay (Retry-After), return that one, lengthened: an attempt
        before its end would be refused.
        """
        if asked is not None:
            return asked + self.first * chance
        return self.delay(failures) * (1.0 - SPREAD * (1.0 - chance))
