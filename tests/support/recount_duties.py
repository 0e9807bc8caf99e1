"""A recount of duties from what happened alone, independent of ``duties`` and ``reports``."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

COUNTS = ("passed", "shortcomings", "excused")


@dataclass(frozen=True)
class Happened:
    """Something that was done for a duty, and how it ended; nobody took it back."""

    premises: str
    duty: str
    day: date
    outcome: str


def recount_duties(
    told: Sequence[Happened],
    *,
    places: Iterable[str],
    every: Mapping[str, int],
    since: date,
    days: tuple[date, date, date],
) -> dict[str, dict[str, int]]:
    """Return how often each duty was in time, late, missed or to come, in *days*: first, end, today."""
    counted: dict[str, Counter[str]] = {}
    for place in places:
        for duty, interval in every.items():
            done = [
                each.day
                for each in told
                if (each.premises, each.duty) == (place, duty) and each.outcome in COUNTS
            ]
            ends = _ends(sorted(done), since + timedelta(days=interval), interval, days)
            if ends:
                counted.setdefault(duty, Counter()).update(ends)
    return {duty: dict(ends) for duty, ends in counted.items()}


def _ends(
    done: Sequence[date], first_due: date, interval: int, days: tuple[date, date, date]
) -> list[str]:
    """Walk through all days of the period, and return each end."""
    first, end, today = days
    before = [each for each in done if each < first]
    due = before[-1] + timedelta(days=interval) if before else first_due
    found, left = list[str](), [each for each in done if first <= each < end]
    while due < end:
        if not left:
            return [*found, "missed" if due < today else "to_come"]
        day = left.pop(0)
        found.append("in_time" if day <= due else "late")
        due = day + timedelta(days=interval)
    return found
