"""Decides on an override: its order, approval, reminders and end, and the signals of points on test."""

from dataclasses import asdict, dataclass

from alerting.domain.decisions.notify import notifications, with_recipients
from alerting.domain.decisions.timeline import record_signal
from alerting.domain.model.effects import (
    CancelDeadline,
    Effect,
    Refusal,
    RefuseAction,
    SetDeadline,
    TimelineEntry,
    TimelineEvent,
)
from alerting.domain.model.events import Approve, Close, EndProposal, StoredSignal
from alerting.domain.model.incident import IncidentKind, Outcome, PremisesSnapshot
from alerting.domain.model.override import WARN_BEFORE, Override, OverridePhase, TestedSignal
from alerting.domain.model.reasons import DecisionReason
from contract.incident_ids import incident_id
from contract.messages import Edge, Kind
from contract.times import SECOND, Micros
from registry.model.policies import COMMAND_CENTER
from registry.model.templates import NotificationKind

END = "end"
"""The key of the deadline at which an override ends, also where nobody ends it."""

WARN = "warn"
"""The key of the deadline at which the tester learns which points still stand."""

APPROVAL_ASKED = DecisionReason.APPROVAL_ASKED.value
APPROVED = DecisionReason.APPROVED.value

SIGNALS_KEPT = 500
"""Signals of a test that are kept in its state; the ledger has all of them."""

APPROVAL = "approval"
"""The key of the deadline at which an order that nobody approved lapses."""

REMIND = "remind"
"""The key of the deadline at which those *told* of an override learn that it holds, or holds still."""

HOUR = 3_600 * SECOND

Decision = tuple[Override, list[Effect]]


@dataclass(frozen=True, slots=True)
class OverrideOrder:
    """The order of a person; the fields are those of ``Override``."""

    by: str
    begins: Micros
    ends: Micros
    zones: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    tester: str | None = None
    note: str = ""
    account: str = ""
    extends: bool = False


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """The terms of an order: a second person approves it within *approve_within*, none is needed where
    that is None; who is told of it learns every *remind* microseconds that it holds.
    """

    approve_within: Micros | None = None
    remind: Micros = HOUR


AT_ONCE = OrderTerms()
"""The terms of an order that one person gives alone."""


def begin_override(
    site: PremisesSnapshot,
    kind: IncidentKind,
    ordered: OverrideOrder,
    *,
    terms: OrderTerms = AT_ONCE,
    told: tuple[str, ...] = (COMMAND_CENTER,),
    now: Micros,
) -> Decision:
    """Return the override that begins by what was *ordered*, or waits for a second person.

    *told* are the recipients who learn of it, now and as long as it holds.
    """
    number = incident_id(now, site.id, kind.value, ordered, now)
    override = Override(
        id=number,
        site=site,
        kind=kind,
        phase=OverridePhase.ORDERED,
        reason="ordered",
        opened_at=now,
        part=number,
        told=told,
        remind=terms.remind,
        **asdict(ordered),
    )
    entry = _entry_of_order(override)
    if terms.approve_within is not None:
        until = min(now + terms.approve_within, override.ends)
        return _asked(override.replaced(approve_until=until), entry, now)
    after, effects = _in_force(override, "ordered", now)
    return after, [entry, *effects]


def approve_override(override: Override, *, by: str, account: str, now: Micros) -> Decision:
    """Put *override* into force, approved by a second person; it takes nothing away before *now*."""
    if (refused := _why_not_approved(override, now)) is not None:
        return override, [refused]
    if account == override.account:
        return override, [RefuseAction(Refusal.SAME_PERSON, override.by)]
    approved = override.replaced(
        phase=OverridePhase.ORDERED,
        reason=APPROVED,
        approve_until=0,
        approved_by=by,
        begins=max(override.begins, now),
    )
    entry = TimelineEntry(TimelineEvent.APPROVAL, APPROVED, {"by": by})
    after, effects = _in_force(approved, APPROVED, now)
    return after, [entry, CancelDeadline(APPROVAL), *effects]


def apply_action(override: Override, event: Close | Approve | EndProposal, now: Micros) -> Decision:
    """Return *override* after a person ended or approved it, or ended its waiting."""
    match event:
        case Close(by):
            return end_override(override, by=by, now=now)
        case Approve(by, account):
            return approve_override(override, by=by, account=account, now=now)
        case EndProposal():
            return end_proposal(override, event, now)


def end_proposal(override: Override, event: EndProposal, now: Micros) -> Decision:
    """End an order that waits: its person withdraws it, or a second one refuses it."""
    is_own = event.account == override.account
    if (refused := _why_not_approved(override, now)) is not None:
        return override, [refused]
    if not is_own and not event.refuses:
        waits = RefuseAction(Refusal.WAITS_FOR_APPROVAL, override.by, override.opened_at)
        return override, [waits]
    reason = (DecisionReason.WITHDRAWN if is_own else DecisionReason.REFUSED).value
    said = {"by": event.by, **({"text": event.text} if event.text else {})}
    after, effects = _closed(override, reason, by=event.by, now=now)
    return after, [TimelineEntry(TimelineEvent.APPROVAL, reason, said), *effects]


def deadline_due(override: Override, key: str, now: Micros) -> Decision:
    """Decide on the deadline *key* of *override*."""
    on_time = {WARN: _warn_before_end, REMIND: _remind, APPROVAL: _lapse}
    decide = on_time.get(key)
    return end_override(override, by=None, now=now) if decide is None else decide(override, now)


def _remind(override: Override, now: Micros) -> Decision:
    """Notify those *told* that *override* holds, and again as long as it does."""
    if not override.holds_at(now):
        return override, []
    reason = "begins" if now < override.begins + override.remind else DecisionReason.HOLDS_STILL.value
    after, effects = _notify_told(override, reason, now)
    return after, [*effects, *_next_reminder(override, now)]


def _lapse(override: Override, now: Micros) -> Decision:
    """End an order that no second person approved in time: it never took anything away."""
    if not override.never_held or not override.is_open:
        return override, []
    return _closed(override, DecisionReason.NOT_APPROVED.value, by=None, now=now)


def _asked(override: Override, entry: TimelineEntry, now: Micros) -> Decision:
    pending = override.replaced(phase=OverridePhase.PENDING, reason=APPROVAL_ASKED)
    after, effects = _notify_told(pending, APPROVAL_ASKED, now)
    asked = {"by": override.by, "until": override.approve_until}
    return after, [
        entry,
        TimelineEntry(TimelineEvent.APPROVAL, APPROVAL_ASKED, asked),
        SetDeadline(APPROVAL, override.approve_until),
        *effects,
    ]


def _in_force(override: Override, reason: str, now: Micros) -> Decision:
    """Return *override* with the deadlines of its course, and those *told* notified."""
    after, effects = _notify_told(override, reason, now)
    deadlines: list[Effect] = [SetDeadline(END, override.ends), *_next_reminder(override, now)]
    if override.kind is IncidentKind.TEST and override.ends - WARN_BEFORE > now:
        deadlines.append(SetDeadline(WARN, override.ends - WARN_BEFORE))
    return after, [*deadlines, *effects]


def _next_reminder(override: Override, now: Micros) -> list[Effect]:
    """Return the deadline of the next reminder: as it begins, or *remind* later; none after its end."""
    due = override.begins if override.begins > now else now + override.remind
    return [SetDeadline(REMIND, due)] if due < override.ends else []


def _why_not_approved(override: Override, now: Micros) -> RefuseAction | None:
    if not override.is_open:
        return RefuseAction(Refusal.ALREADY_CLOSED, override.closed_by or "")
    if not override.never_held or now > override.approve_until:
        return RefuseAction(Refusal.NOTHING_TO_APPROVE, override.approved_by or override.by)
    return None


def _entry_of_order(override: Override) -> TimelineEntry:
    data = {"by": override.by, "note": override.note, "until": override.ends}
    where = {"zones": list(override.zones), "points": list(override.points)}
    return TimelineEntry(TimelineEvent.OVERRIDE, override.kind.value, data | where)


def signal_on_test(override: Override, stored: StoredSignal, now: Micros) -> Decision:
    """Record a signal of a point on test, and notify its tester and nobody else."""
    signal = stored.signal
    one = TestedSignal(signal.name, signal.kind.value, signal.edge.value, stored.happened_at)
    after = override.replaced(signals=(*override.signals, one)[-SIGNALS_KEPT:])
    after, effects = _notify_tester(after, "point_on_test", now)
    entry = TimelineEntry(
        TimelineEvent.TESTED, signal.reason, {"name": signal.name, "kind": signal.kind.value}
    )
    return after, [*record_signal(stored), entry, *effects]


def _warn_before_end(override: Override, now: Micros) -> Decision:
    """Notify the tester before the end of the test: points that still stand become a fire then."""
    if override.phase is OverridePhase.CLOSED or not standing_points(override):
        return override, []
    return _notify_tester(override, "test_ends_soon", now)


def end_override(override: Override, *, by: str | None, now: Micros) -> Decision:
    """End the override for *by*, or by time; a second end changes nothing."""
    if override.phase is OverridePhase.CLOSED:
        return override, []
    if override.never_held and by is not None:
        return _closed(override, DecisionReason.WITHDRAWN.value, by=by, now=now)
    reason = DecisionReason.EXPIRED.value if by is None else "ended_by_operator"
    return _closed(override, reason, by=by, now=now)


def _closed(override: Override, reason: str, *, by: str | None, now: Micros) -> Decision:
    outcome = {IncidentKind.TEST: Outcome.TEST, IncidentKind.DRILL: Outcome.DRILL}.get(override.kind)
    closed = override.replaced(
        phase=OverridePhase.CLOSED, reason=reason, closed_at=now, closed_by=by, outcome=outcome
    )
    after, of_tester = (closed, list[Effect]())
    if not override.never_held:
        after, of_tester = _notify_tester(closed, reason, now)
    after, of_told = _notify_told(after, reason, now)
    who = {} if by is None else {"by": by}
    said = TimelineEntry(TimelineEvent.CLOSED, reason, {"outcome": override.kind.value, **who})
    dropped = (CancelDeadline(each) for each in (END, WARN, APPROVAL, REMIND))
    return after, [said, *dropped, *of_tester, *of_told]


def standing_points(override: Override) -> tuple[str, ...]:
    """Return the points on test that raised fire, and were not restored."""
    last = {each.name: each.edge for each in override.signals if each.kind == Kind.FIRE}
    return tuple(name for name, edge in last.items() if edge == Edge.RAISED)


def _notify_tester(override: Override, reason: str, now: Micros) -> Decision:
    if override.tester is None:
        return override, []
    turn, notify = override.turn + 1, (override.tester,)
    after = override.replaced(turn=turn, notified=with_recipients(override.notified, notify))
    return after, notifications(
        after, notify, kind=NotificationKind.TEST, reason=reason, now=now, turn=turn
    )


def _notify_told(override: Override, reason: str, now: Micros) -> Decision:
    """Notify the command center and the people of the premises of the order itself."""
    turn = override.notices + 1
    after = override.replaced(notices=turn, notified=with_recipients(override.notified, override.told))
    return after, notifications(
        after, after.told, kind=NotificationKind.OVERRIDE, reason=reason, now=now, turn=turn
    )
