"""Days of duties: their numbers in tables, and intervals by the calendar."""

from calendar import monthrange
from datetime import date, timedelta

from registry.model.duty_rules import Interval

EPOCH = date(1970, 1, 1)

MONTHS = 12
"""Months of a year."""


def day_number(day: date) -> int:
    """Return the number of days from 1970-01-01 to *day*, as tables have it."""
    return (day - EPOCH).days


def numbered_day(number: int) -> date:
    """Return the day that is *number* days after 1970-01-01."""
    return EPOCH + timedelta(days=number)


def day_after(day: date, interval: Interval) -> date:
    """Return *day* and *interval*: months by the calendar, the last day of a month where it is shorter.

    The last day of the calendar where that lies beyond it.
    """
    months = day.year * MONTHS + (day.month - 1) + interval.years * MONTHS + interval.months
    year, month = divmod(months, MONTHS)
    if year > date.max.year:
        return date.max
    moved = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return date.max if interval.days > (date.max - moved).days else moved + timedelta(interval.days)
