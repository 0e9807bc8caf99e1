"""An incident as figures need it: where, when, what it turned out to be."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from contract.incidents import IncidentKind, Outcome
from contract.times import Micros


class ReportedOutcome(StrEnum):
    """The outcome of an incident in a report: that of a person or the center, or why there is none."""

    GENUINE = "genuine"
    FALSE_ALARM = "false_alarm"
    MALFUNCTION = "malfunction"
    HOAX = "hoax"
    DRILL = "drill"
    TEST = "test"
    CLEARED = "cleared"
    UNKNOWN = "unknown"
    OPEN = "open"


EXERCISES = frozenset({ReportedOutcome.DRILL, ReportedOutcome.TEST})
"""Outcomes that are counted apart from real incidents."""

TROUBLES = frozenset({IncidentKind.FAULT, IncidentKind.SUPERVISORY})
"""Kinds of incidents that are no fires, and that signals or the center open."""

NOT_NAMED = "not_named"
"""The cause of an incident whose cause nobody named."""


class PointName(NamedTuple):
    """A point of premises, by the gateway that reports it."""

    gateway: str
    name: str


@dataclass(frozen=True, slots=True)
class IncidentFact:
    """An incident of *kind*; *point* raised it first. *is_exercise* in a drill.

    *closed_at* is None while it is open.
    """

    id: str
    premises: str
    kind: IncidentKind
    opened_at: Micros
    closed_at: Micros | None
    outcome: ReportedOutcome
    cause: str = NOT_NAMED
    is_exercise: bool = False
    point: PointName | None = None

    @property
    def is_real_fire(self) -> bool:
        """Whether it is a fire, or was taken for one, outside of tests and drills."""
        is_trial = self.is_exercise or self.outcome in EXERCISES
        return self.kind is IncidentKind.FIRE and not is_trial

    def is_open_at(self, moment: Micros) -> bool:
        """Return whether it is open at *moment*: what closes in that moment is closed."""
        return self.opened_at < moment and (self.closed_at is None or self.closed_at >= moment)


def reported_outcome(outcome: str | None, *, is_closed: bool) -> ReportedOutcome:
    """Return the *outcome* that is stored of an incident as reports have it."""
    if not is_closed:
        return ReportedOutcome.OPEN
    known = outcome in {each.value for each in Outcome}
    return ReportedOutcome(outcome) if known and outcome else ReportedOutcome.UNKNOWN
