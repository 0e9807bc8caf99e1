"""The times of the steps of an incident: what a drill is held for, and a real fire is judged by."""

from collections.abc import Iterable

from alerting.domain.model.effects import RecordedEntry
from alerting.domain.wording.families import MILESTONES
from contract.times import SECOND, Micros


def milestones(opened_at: Micros, entries: Iterable[RecordedEntry]) -> dict[str, float]:
    """Seconds from *opened_at* to the first of each milestone among the timeline's *entries*.

    In the order in which they are meant to follow one another; one that was not reached is left out.
    """
    first: dict[str, Micros] = {}
    for entry in entries:
        first.setdefault(entry.event, entry.at)
    return {
        mark.value: (first[mark.value] - opened_at) / SECOND
        for mark in MILESTONES
        if mark.value in first
    }
