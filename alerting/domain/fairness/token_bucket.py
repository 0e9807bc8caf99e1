"""A token bucket: so much at once, and so much a second after that."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """At most *burst* at once, and *per_second* on average."""

    burst: float
    per_second: float


class TokenBucket:
    """The tokens of *rate* at each time; it is full at the beginning."""

    __slots__ = ("_at", "_level", "_rate")

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._level = rate.burst
        self._at = now

    def has_tokens(self, amount: float, now: float) -> bool:
        """Return whether *amount* can be taken; a larger one than ever fits needs a full bucket."""
        return self._level_at(now) >= min(amount, self._rate.burst)

    def take_tokens(self, amount: float, now: float) -> None:
        """Take *amount*; the bucket may owe up to its burst afterwards."""
        self._level = max(self._level_at(now) - amount, -self._rate.burst)
        self._at = max(self._at, now)

    def seconds_until(self, amount: float, now: float) -> float:
        """Return the time until *amount* can be taken; 0 if it can be now."""
        lacking = min(amount, self._rate.burst) - self._level_at(now)
        return max(0.0, lacking / self._rate.per_second)

    def seconds_until_worth(self, seconds: float, now: float) -> float:
        """Return the time until what *seconds* bring can be taken, at least one token."""
        return self.seconds_until(max(1.0, self._rate.per_second * seconds), now)

    def _level_at(self, now: float) -> float:
        grown = self._level + max(0.0, now - self._at) * self._rate.per_second
        return min(self._rate.burst, grown)
