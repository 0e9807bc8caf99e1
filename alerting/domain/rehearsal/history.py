"""The recorded history that a rehearsal replays, in the order in which the center stored it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from alerting.domain.model.events import Acknowledge, Close, StoredSignal
from alerting.domain.model.incident import Outcome
from alerting.domain.model.override import Override
from contract.times import Micros


@dataclass(frozen=True, slots=True)
class ReplayedSignal:
    """A signal of *premises*; those of one transaction have the same *at*."""

    premises: str
    stored: StoredSignal
    at: Micros


@dataclass(frozen=True, slots=True)
class ReplayedAction:
    """A person took or ended a fire of the ledger, or it was cleared; *points* are its points' keys."""

    premises: str
    points: frozenset[str]
    act: Acknowledge | Close
    at: Micros

    @property
    def is_clearing(self) -> bool:
        """Whether no person did it: the suspicion ended because all its points were restored."""
        return isinstance(self.act, Close) and self.act.outcome is Outcome.CLEARED


Happening = ReplayedSignal | ReplayedAction


@dataclass(frozen=True, slots=True)
class RehearsalHistory:
    """The signals and actions that *happened* until *ends*, oldest first.

    *standing* are the latest signals of the faults and disablements from before that; *overrides* the
    tests and drills that were ordered, as they are now.
    """

    happened: Iterable[Happening]
    ends: Micros
    standing: tuple[ReplayedSignal, ...] = ()
    overrides: tuple[Override, ...] = ()


def steps(happened: Iterable[Happening]) -> Iterator[tuple[Micros, list[Happening]]]:
    """Yield each transaction and its time; a clock that was set back does not turn time back."""
    now = 0
    for at, group in groupby(happened, key=lambda each: each.at):
        now = max(now, at)
        yield now, list(group)
