"""What happened at premises, in the order in which the center stored it: what a rehearsal replays."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from alerting.domain.model.events import Acknowledge, Close, Heard
from alerting.domain.model.incident import Outcome
from alerting.domain.model.override import Measure
from contract.times import Micros

Number = tuple[str, str, str, int]
"""Premises, gateway, epoch and number: what identifies a signal."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A signal of *premises*; those of one transaction have the same *at*."""

    premises: str
    heard: Heard
    at: Micros

    @property
    def number(self) -> Number:
        """What identifies the signal."""
        return self.premises, self.heard.gateway, self.heard.epoch, self.heard.signal.seq


@dataclass(frozen=True, slots=True)
class Acted:
    """A person took or ended a fire of the ledger, or it was cleared; *points* are its points' keys."""

    premises: str
    points: frozenset[str]
    act: Acknowledge | Close
    at: Micros

    @property
    def is_clearing(self) -> bool:
        """Whether no person did it: the suspicion ended since all its points were restored."""
        return isinstance(self.act, Close) and self.act.outcome is Outcome.CLEARED


Happening = Stored | Acted


@dataclass(frozen=True, slots=True)
class History:
    """What *happened* until *ends*, oldest first.

    *standing* are the latest signals of the faults and disablements from before that; *measures* the
    tests and drills that were ordered, as they are now.
    """

    happened: Iterable[Happening]
    ends: Micros
    standing: tuple[Stored, ...] = ()
    measures: tuple[Measure, ...] = ()


def steps(happened: Iterable[Happening]) -> Iterator[tuple[Micros, list[Happening]]]:
    """What came in one transaction, and when; a clock that was put back does not turn time back."""
    now = 0
    for at, group in groupby(happened, key=lambda each: each.at):
        now = max(now, at)
        yield now, list(group)
