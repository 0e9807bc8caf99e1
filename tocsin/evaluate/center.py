"""The center on a virtual clock: what alerting would decide of the changes that a gateway reports."""

from collections.abc import Callable, Iterable

from alerting.domain.decisions.decide import decide_fire
from alerting.domain.model.effects import CancelDeadline, Effect, Notify, SetDeadline
from alerting.domain.model.events import (
    ClockSource,
    Close,
    DeadlineDue,
    Event,
    FireSignalStored,
    SignalSubject,
    StoredSignal,
)
from alerting.domain.model.fire import FireIncident, PointInFire
from alerting.domain.model.incident import Outcome, PremisesSnapshot, Stage
from contract.messages import Edge, Kind, Signal
from contract.times import SECOND, Micros
from gateway.domain.changes import Change
from registry.model.templates import NotificationKind

_GATEWAY = "gw"
_SITE = PremisesSnapshot("site", "PremisesSnapshot", "", (Stage(0, ("command-center",)),), "evaluation")

_LATE_GRACE = 10 * SECOND
"""As alerting's own default; no signal is late here."""

_NEVER = 2**62


class Center:
    """Takes changes as they happen.

    *confirmed* are the moments at which a fire was confirmed, *unconfirmed* those at which one was first
    told of that nothing had confirmed, and *told* those at which an incident was first told of at all.
    """

    def __init__(self, subject: Callable[[str], SignalSubject]) -> None:
        self.confirmed: list[Micros] = []
        self.unconfirmed: list[Micros] = []
        self.told: list[Micros] = []
        self._subject = subject
        self._incident: FireIncident | None = None
        self._deadlines: dict[str, Micros] = {}
        self._due = _NEVER
        self._seq = 0
        self._in_fire: set[str] = set()
        self._standing: tuple[PointInFire, ...] = ()

    def hear(self, changes: Iterable[Change]) -> None:
        """Take *changes*; only those of fires lead to anything."""
        for change in changes:
            if change.kind is Kind.FIRE:
                self.until(change.at)
                self._note(change)
                self._decide(self._heard(change), change.at)

    def until(self, now: Micros) -> None:
        """Let the time come to *now*, with all deadlines on the way."""
        while self._due <= now:
            due = self._due
            key = min(self._deadlines, key=lambda each: self._deadlines[each])
            del self._deadlines[key]
            self._next()
            self._decide(DeadlineDue(key), due)

    def dismiss(self, now: Micros) -> None:
        """A person closes the incident as a false alarm; points that stand in fire still stand."""
        if self._incident is not None:
            points = self._incident.points.values()
            self._standing = tuple(each for each in points if each.name in self._in_fire)
            self._decide(Close("evaluation", Outcome.FALSE_ALARM), now)

    def _note(self, change: Change) -> None:
        if change.edge is Edge.RAISED:
            self._in_fire.add(change.name)
        else:
            self._in_fire.discard(change.name)

    def _decide(self, event: Event, now: Micros) -> None:
        before = self._incident
        self._incident, effects = decide_fire(before, event, now)
        self._follow(effects)
        self._note_progress(before, effects, now)
        if self._incident is not None and self._incident.closed_at is not None:
            self._incident, self._deadlines, self._due = None, {}, _NEVER

    def _note_progress(self, before: FireIncident | None, effects: list[Effect], now: Micros) -> None:
        after = self._incident
        told = {each.kind for each in effects if isinstance(each, Notify)}
        if told and not (before and before.notified):
            self.told.append(now)
        if NotificationKind.UNCONFIRMED in told and not (before and before.unconfirmed):
            self.unconfirmed.append(now)
        if after and after.confirmed_at is not None and not (before and before.confirmed_at is not None):
            self.confirmed.append(after.confirmed_at)

    def _follow(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case SetDeadline(key, due):
                    self._deadlines[key] = due
                case CancelDeadline(key):
                    self._deadlines.pop(key, None)
                case _:
                    pass
        self._next()

    def _next(self) -> None:
        self._due = min(self._deadlines.values(), default=_NEVER)

    def _heard(self, change: Change) -> FireSignalStored:
        self._seq += 1
        signal = Signal(
            seq=self._seq,
            kind=change.kind,
            edge=change.edge,
            scope=change.scope,
            name=change.name,
            reason=change.reason,
            changed_at=change.at,
            committed_at=change.at,
            quantity=change.quantity,
            value=change.value,
        )
        heard = StoredSignal(_GATEWAY, "e", signal, change.at, change.at, ClockSource.GATEWAY)
        standing = tuple(each for each in self._standing if each.name in self._in_fire)
        return FireSignalStored(heard, self._subject(change.name), _SITE, _LATE_GRACE, standing)
