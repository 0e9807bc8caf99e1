"""The days that a report is about, by the calendar of one time zone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from contract.times import Micros, from_micros, to_micros

LONGEST_DAYS = 3_660
"""Days of the longest period: ten years, longer than any history that is kept by default."""


FIRST_DAY = date(1970, 1, 1)
"""The first day that anybody asks for: an earlier one is a slip of the pen, such as the year 0026."""


class BadPeriod(ValueError):
    """The days do not make a period; its text says why, and what to write."""


@dataclass(frozen=True)
class ReportPeriod:
    """The local days from *first* on and before *end*, in the time zone *zone*."""

    first: date
    end: date
    zone: str

    def __post_init__(self) -> None:
        if self.end <= self.first:
            raise BadPeriod(f"{self.end} is not after {self.first}; name the day after the last one")
        if self.days > LONGEST_DAYS:
            raise BadPeriod(f"{self.days} days are too many; name at most {LONGEST_DAYS}")

    @property
    def days(self) -> int:
        """The number of its days."""
        return (self.end - self.first).days

    @cached_property
    def since(self) -> Micros:
        """The first moment of it."""
        return self._midnight(self.first)

    @cached_property
    def until(self) -> Micros:
        """The first moment after it."""
        return self._midnight(self.end)

    @property
    def previous(self) -> "ReportPeriod":
        """The period of as many days before it."""
        return ReportPeriod(self.first - timedelta(days=self.days), self.first, self.zone)

    def has(self, moment: Micros) -> bool:
        """Return whether *moment* is within it."""
        return self.since <= moment < self.until

    def local(self, moment: Micros) -> datetime:
        """Return *moment* by the clocks of its time zone."""
        return from_micros(moment).astimezone(self._zone)

    def day_of(self, moment: Micros) -> date:
        """Return the local day of *moment*."""
        return self.local(moment).date()

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def _midnight(self, day: date) -> Micros:
        """Return the first moment of *day*: the earlier one where clocks show midnight twice."""
        moment = to_micros(datetime.combine(day, time(), self._zone))
        # Where clocks are set on at midnight, the day begins an hour later by them.
        return max(0, moment)
