"""Decides on an override: its beginning, its end, and the signals of points on test."""

from dataclasses import asdict, dataclass

from alerting.domain.decisions.notify import notifications, with_recipients
from alerting.domain.decisions.timeline import record_signal
from alerting.domain.model.effects import (
    CancelDeadline,
    Effect,
    SetDeadline,
    TimelineEntry,
    TimelineEvent,
)
from alerting.domain.model.events import StoredSignal
from alerting.domain.model.fire import incident_id
from alerting.domain.model.incident import IncidentKind, Outcome, PremisesSnapshot
from alerting.domain.model.override import WARN_BEFORE, Override, OverridePhase, TestedSignal
from alerting.domain.model.reasons import DecisionReason
from contract.messages import Edge, Kind
from contract.times import Micros
from registry.model.templates import NotificationKind

END = "end"
"""The key of the deadline at which an override ends, also where nobody ends it."""

WARN = "warn"
"""The key of the deadline at which the tester learns which points still stand."""

SIGNALS_KEPT = 500
"""Signals of a test that are kept in its state; the ledger has all of them."""

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


def begin_override(
    site: PremisesSnapshot, kind: IncidentKind, ordered: OverrideOrder, *, now: Micros
) -> Decision:
    """Return the override that begins by what was *ordered*."""
    number = incident_id(now, site.id, kind.value, ordered)
    override = Override(
        id=number,
        site=site,
        kind=kind,
        phase=OverridePhase.ORDERED,
        reason="ordered",
        opened_at=now,
        part=number,
        **asdict(ordered),
    )
    data = {"by": ordered.by, "note": ordered.note, "until": ordered.ends}
    where = {"zones": list(ordered.zones), "points": list(ordered.points)}
    effects: list[Effect] = [
        TimelineEntry(TimelineEvent.OVERRIDE, kind.value, data | where),
        SetDeadline(END, ordered.ends),
    ]
    if kind is IncidentKind.TEST and ordered.ends - WARN_BEFORE > now:
        effects.append(SetDeadline(WARN, ordered.ends - WARN_BEFORE))
    return override, effects


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


def warn_before_end(override: Override, now: Micros) -> Decision:
    """Notify the tester before the end of the test: points that still stand become a fire then."""
    if override.phase is OverridePhase.CLOSED or not standing_points(override):
        return override, []
    return _notify_tester(override, "test_ends_soon", now)


def end_override(override: Override, *, by: str | None, now: Micros) -> Decision:
    """End the override for *by*, or by time; a second end changes nothing."""
    if override.phase is OverridePhase.CLOSED:
        return override, []
    reason = DecisionReason.EXPIRED.value if by is None else "ended_by_operator"
    outcome = {IncidentKind.TEST: Outcome.TEST, IncidentKind.DRILL: Outcome.DRILL}.get(override.kind)
    closed = override.replaced(
        phase=OverridePhase.CLOSED, reason=reason, closed_at=now, closed_by=by, outcome=outcome
    )
    after, effects = _notify_tester(closed, reason, now)
    who = {} if by is None else {"by": by}
    said = TimelineEntry(TimelineEvent.CLOSED, reason, {"outcome": override.kind.value, **who})
    return after, [said, CancelDeadline(END), CancelDeadline(WARN), *effects]


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
