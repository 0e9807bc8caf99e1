"""The center on a virtual clock: what alerting would decide of the changes that a gateway reports."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from alerting.domain.confirmation.subject import OutOfService
from alerting.domain.decisions.signal_router import SignalRouter
from alerting.domain.model.effects import CancelDeadline, Effect, Notify, SetDeadline
from alerting.domain.model.events import ClockSource, Close, DeadlineDue, SignalSubject, StoredSignal
from alerting.domain.model.incident import IncidentKind, Outcome, PremisesSnapshot, Stage
from alerting.domain.model.override import Override
from alerting.domain.model.rule import Rule
from alerting.domain.rehearsal.premises_in_memory import FireDecision, PremisesInMemory
from contract.messages import Kind, Signal
from contract.times import SECOND, Micros
from gateway.domain.model.conditions import ConditionChange
from registry.model.templates import NotificationKind

_GATEWAY = "gw"
_PREMISES = "site"
_SITE = PremisesSnapshot(_PREMISES, "site", "", (Stage(0, ("command-center",)),), "evaluation")

_LATE_GRACE = 10 * SECOND
"""As alerting's own default; no signal is late here."""

_NEVER = 2**62


@dataclass(frozen=True, slots=True)
class RecordedRules:
    """Premises with the *subject_of* each point; nothing is on test or out of service."""

    subject_of: Callable[[str], SignalSubject]

    def subject(self, _premises: str, _gateway: str, signal: Signal) -> SignalSubject:
        """The point that *signal* is about."""
        return self.subject_of(signal.name)

    def site(self, _premises: str, _kind: IncidentKind, _now: Micros) -> PremisesSnapshot:
        """The site of the recording."""
        return _SITE

    def is_covered(self, _premises: str, point: tuple[str, str], override: Override) -> bool:
        """Whether *override* covers *point*."""
        return override.covers(point[1], None)

    def unavailable_partners(
        self, _premises: str, _name: str, *, rule: Rule, out_of_service: OutOfService
    ) -> tuple[str, ...]:
        """No points: all can speak, whatever *rule* asks for."""
        del rule, out_of_service
        return ()


class EvaluatedCenter:
    """Decides on changes as they happen.

    *confirmed* are the times at which a fire was confirmed, *unconfirmed* those at which somebody was
    first notified of a suspicion that nothing confirmed, and *notified* those of each incident's first
    notification.
    """

    def __init__(self, subject: Callable[[str], SignalSubject]) -> None:
        self.confirmed: list[Micros] = []
        self.unconfirmed: list[Micros] = []
        self.notified: list[Micros] = []
        self._router = SignalRouter(RecordedRules(subject), _LATE_GRACE)
        self._premises = PremisesInMemory(self._follow_decision)
        self._deadlines: dict[str, Micros] = {}
        self._due = _NEVER
        self._seq = 0

    def accept_changes(self, changes: Iterable[ConditionChange]) -> None:
        """Route *changes*; only those of fires lead to anything."""
        for change in changes:
            if change.kind is Kind.FIRE:
                self.run_until(change.at)
                self._route(change)

    def run_until(self, now: Micros) -> None:
        """Run the deadlines that are due by *now*, each at its own moment."""
        while self._due <= now:
            self._premises.now = self._due
            key = min(self._deadlines, key=lambda each: self._deadlines[each])
            del self._deadlines[key]
            self._next()
            self._apply(DeadlineDue(key))

    def dismiss(self, now: Micros) -> None:
        """Close the open fire as a false alarm; points that stand in fire still stand."""
        self._premises.now = now
        self._apply(Close("evaluation", Outcome.FALSE_ALARM))

    def _apply(self, event: DeadlineDue | Close) -> None:
        for fire in self._premises.fires(_PREMISES):
            self._premises.apply_event(_PREMISES, fire, event)

    def _route(self, change: ConditionChange) -> None:
        signal = self._stored(change)
        self._premises.now = change.at
        self._premises.conditions.note_signal(_PREMISES, signal)
        self._router.route_signals(self._premises, [(_PREMISES, signal)])

    def _follow_decision(self, decided: FireDecision) -> None:
        self._follow(decided.effects)
        self._note_progress(decided)
        if not decided.after.is_open:
            self._deadlines, self._due = {}, _NEVER

    def _note_progress(self, decided: FireDecision) -> None:
        before, after, now = decided.before, decided.after, self._premises.now
        told = {each.kind for each in decided.effects if isinstance(each, Notify)}
        if told and not (before and before.notified):
            self.notified.append(now)
        if NotificationKind.UNCONFIRMED in told and not (before and before.unconfirmed):
            self.unconfirmed.append(now)
        if after.confirmed_at is not None and not (before and before.confirmed_at is not None):
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

    def _stored(self, change: ConditionChange) -> StoredSignal:
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
        return StoredSignal(_GATEWAY, "e", signal, change.at, change.at, ClockSource.GATEWAY)
