"""Decides on faults and supervisory signals: notified at once, merged with others, and repeated.

Alarms and faults go apart (ISO 7240-1): nothing here can open, change or close a fire.
"""

from collections.abc import Callable, Sequence

import msgspec

from alerting.domain.decisions.escalation import REPEAT, cancel_stages, stage_deadlines, stage_of
from alerting.domain.decisions.notify import notifications, with_recipients
from alerting.domain.decisions.timeline import record_signal, seen_entry
from alerting.domain.model.condition import Condition, condition_of
from alerting.domain.model.effects import (
    CancelDeadline,
    Effect,
    Refusal,
    RefuseAction,
    SetDeadline,
    TimelineEntry,
    TimelineEvent,
)
from alerting.domain.model.events import (
    Acknowledge,
    Advance,
    Approve,
    Close,
    EndProposal,
    MarkSeen,
    OperatorAction,
    TroubleFound,
    TroubleSignalStored,
)
from alerting.domain.model.incident import (
    INCIDENT_KIND_OF,
    STILL_NOT_ACKNOWLEDGED,
    IncidentCause,
    IncidentKind,
    Outcome,
    PremisesSnapshot,
)
from alerting.domain.model.reasons import DecisionReason
from alerting.domain.model.trouble import DISABLEMENT, Trouble, TroublePhase, part_of
from alerting.domain.model.trouble_conditions import TroubleConditions
from contract.incident_ids import incident_id
from contract.messages import Edge, Kind
from contract.times import SECOND, Micros
from registry.model.policies import COMMAND_CENTER, StageCondition
from registry.model.templates import NotificationKind
from runtime.backoff import Backoff

GROUP = "group"
"""The key of the deadline at which the conditions after the first are notified together."""

CLEAR = "clear"
"""The key of the deadline at which a trouble without standing conditions is closed."""

GROUP_WAIT = 60 * SECOND
"""Microseconds for which further conditions are gathered; doubled with each of their messages."""

LONGEST_GROUP_WAIT = 3_600 * SECOND
"""The longest wait: a line that flaps for a day causes twenty-four messages, and not a thousand."""

CLEAR_AFTER = 60 * SECOND
"""Microseconds in order after which a trouble ends: a condition that flaps is one trouble."""

MORE_CONDITIONS = DecisionReason.MORE_CONDITIONS.value
ALL_RESTORED = DecisionReason.ALL_RESTORED.value

NOTIFIED_AS_ONE_INCIDENT = DecisionReason.NOTIFIED_AS_ONE_INCIDENT.value
"""The reason not to notify the command center of a single trouble: it is one of many of one cause."""

NOTIFICATION_OF = {
    IncidentKind.FAULT: NotificationKind.FAULT,
    IncidentKind.SUPERVISORY: NotificationKind.SUPERVISORY,
}
"""The kind of notification of each kind of trouble."""

Decision = tuple[Trouble | None, list[Effect]]


def trouble_signal_stored(trouble: Trouble | None, event: TroubleSignalStored, now: Micros) -> Decision:
    """Open a trouble by a fault or supervisory signal, join it, or restore its condition."""
    entries = record_signal(event.stored)
    condition = condition_of(event.stored.gateway, event.stored.signal, event.stored.happened_at)
    if event.stored.signal.edge is Edge.RAISED and event.stored.restored_at is None:
        condition = msgspec.structs.replace(condition, common=event.common)
        part = part_of(event.stored.signal)
        after, effects = _raised(trouble, condition, event.site, now=now, part=part)
    else:
        after, effects = _restored(trouble, condition, now)
    return after, entries + effects


def trouble_found(trouble: Trouble | None, event: TroubleFound, now: Micros) -> Decision:
    """Open a trouble that the center itself found, join it, or restore its condition."""
    conditions = (event.condition, *event.more)
    if event.edge is Edge.RAISED and trouble is None:
        return _opened(conditions, event.site, now=now, part=event.part)
    after, effects = trouble, list[Effect]()
    for each in conditions:
        if event.edge is Edge.RAISED:
            after, more = _raised(after, each, event.site, now=now, part=event.part)
        else:
            after, more = _restored(after, each, now)
        effects += more
    return after, effects


def _raised(
    trouble: Trouble | None,
    condition: Condition,
    site: PremisesSnapshot,
    *,
    now: Micros,
    part: str = "",
) -> Decision:
    if trouble is None:
        return _opened((condition,), site, now=now, part=part)
    known = trouble.conditions.get(condition.key)
    if known is not None and known.standing:
        return trouble, []
    joined = trouble.replaced(
        site=site,
        unnotified=trouble.unnotified + 1,
        conditions=trouble.conditions.having(condition),
    )
    waits = [] if trouble.unnotified else [SetDeadline(GROUP, now + _group_wait(trouble))]
    return joined, [
        TimelineEntry(TimelineEvent.TROUBLE, MORE_CONDITIONS, _named(condition)),
        CancelDeadline(CLEAR),
        *waits,
    ]


def _group_wait(trouble: Trouble) -> Micros:
    """Return how long to gather; a disablement holds back fires and waits once only, however many there
    were.
    """
    if trouble.part == DISABLEMENT:
        return GROUP_WAIT
    return int(Backoff(GROUP_WAIT, LONGEST_GROUP_WAIT).delay(trouble.turn))


def _opened(
    conditions: Sequence[Condition],
    site: PremisesSnapshot,
    *,
    now: Micros,
    part: str = "",
) -> Decision:
    condition = conditions[0]
    kind = INCIDENT_KIND_OF[Kind(condition.kind)]
    opened = Trouble(
        id=incident_id(now, site.id, condition.key),
        site=site,
        kind=kind,
        part=part,
        phase=TroublePhase.STANDING,
        reason=condition.reason,
        opened_at=now,
        conditions=TroubleConditions.of(conditions),
    )
    first = site.stages[0]
    notified, effects = _notify(opened, first.notify, condition.reason, now=now, channels=first.channels)
    return notified, [
        *(
            TimelineEntry(TimelineEvent.TROUBLE, each.reason, _named(each) | {"policy": site.policy})
            for each in conditions
        ),
        *(
            [
                TimelineEntry(
                    TimelineEvent.NOTIFIED, NOTIFIED_AS_ONE_INCIDENT, {"notify": [COMMAND_CENTER]}
                )
            ]
            if notified.is_common
            else ()
        ),
        *effects,
        *stage_deadlines(site, now),
    ]


def _restored(trouble: Trouble | None, condition: Condition, now: Micros) -> Decision:
    known = trouble.conditions.get(condition.key) if trouble else None
    if trouble is None or known is None or not known.standing:
        return trouble, []
    ended = msgspec.structs.replace(known, restored_at=condition.since)
    after = trouble.replaced(conditions=trouble.conditions.having(ended))
    effects: list[Effect] = [
        TimelineEntry(TimelineEvent.TROUBLE, DecisionReason.RESTORED.value, _named(known))
    ]
    if not after.conditions.standing:
        effects.append(SetDeadline(CLEAR, now + CLEAR_AFTER))
    return after, effects


def deadline_due(trouble: Trouble, key: str, *, reached: bool, now: Micros) -> Decision:
    """Decide on the deadline *key* of *trouble*; *reached* is true if anybody has received any of it."""
    if (on_time := _ON_TIME.get(key)) is not None:
        return on_time(trouble, now)
    return _stage_due(trouble, stage_of(key), reached=reached, now=now)


def _group_due(trouble: Trouble, now: Micros) -> Decision:
    """Notify the conditions that came since, also those restored meanwhile: nothing is kept from
    anybody.
    """
    if trouble.phase is TroublePhase.CLOSED or not trouble.unnotified:
        return trouble, []
    return _notify(trouble.replaced(unnotified=0), trouble.notified, MORE_CONDITIONS, now=now)


def _clear_due(trouble: Trouble, now: Micros) -> Decision:
    if trouble.phase is TroublePhase.CLOSED or trouble.conditions.standing:
        return trouble, []
    return _closed(trouble, ALL_RESTORED, Outcome.CLEARED, by=None, now=now)


def _stage_due(trouble: Trouble, number: int, *, reached: bool, now: Micros) -> Decision:
    stages = trouble.site.stages
    if trouble.phase is not TroublePhase.STANDING or number >= len(stages):
        return trouble, []
    stage = stages[number]
    if trouble.is_seen_by(stage.unless_seen_by):
        return trouble, []
    if stage.when is StageCondition.NOBODY_REACHED and reached:
        return trouble, []
    return _notify(trouble, stage.notify, stage.reason, now=now, channels=stage.channels, stage=number)


def _repeat_due(trouble: Trouble, now: Micros) -> Decision:
    if trouble.phase is not TroublePhase.STANDING:
        return trouble, []
    again = trouble.site.repeat_to
    after, effects = _notify(trouble, again, STILL_NOT_ACKNOWLEDGED, now=now)
    return after, [*effects, SetDeadline(REPEAT, now + trouble.site.repeat)]


_ON_TIME: dict[str, Callable[[Trouble, Micros], Decision]] = {
    GROUP: _group_due,
    CLEAR: _clear_due,
    REPEAT: _repeat_due,
}


def apply_action(trouble: Trouble, event: OperatorAction, now: Micros) -> Decision:
    """Return *trouble* after the action of a person, and its effects."""
    if trouble.phase is TroublePhase.CLOSED:
        return trouble, [RefuseAction(Refusal.ALREADY_CLOSED, trouble.closed_by or "")]
    match event:
        case MarkSeen(by, contact):
            return trouble.seen(by, contact), [seen_entry(by, contact)]
        case Acknowledge(by, account):
            return _acknowledged(trouble, by, account=account, now=now)
        case Close(by, outcome, cause=cause):
            reason = DecisionReason.CLOSED_BY_OPERATOR.value
            return _closed(trouble, reason, outcome, by=by, cause=cause, now=now)
        case Advance():
            return trouble, [RefuseAction(Refusal.OUT_OF_ORDER, trouble.phase.value)]
        case Approve() | EndProposal():
            return trouble, [RefuseAction(Refusal.NOTHING_TO_APPROVE, trouble.owner or "")]


def _acknowledged(trouble: Trouble, by: str, *, account: str, now: Micros) -> Decision:
    if trouble.phase is TroublePhase.ACKNOWLEDGED:
        taken = trouble.owner or ""
        return trouble, [] if taken == by else [RefuseAction(Refusal.OWNED_BY_ANOTHER, taken)]
    reason = "acknowledged_by_operator"
    owned = trouble.replaced(
        phase=TroublePhase.ACKNOWLEDGED,
        reason=reason,
        owner=by,
        owner_account=account,
        acknowledged_at=now,
    )
    after, effects = _notify(owned, owned.notified, reason, now=now)
    return after, [
        TimelineEntry(TimelineEvent.ACKNOWLEDGED, reason, {"by": by}),
        *cancel_stages(owned.site),
        *effects,
    ]


def _closed(
    trouble: Trouble,
    reason: str,
    outcome: Outcome,
    *,
    by: str | None,
    cause: IncidentCause | None = None,
    now: Micros,
) -> Decision:
    closed = trouble.replaced(
        phase=TroublePhase.CLOSED,
        reason=reason,
        outcome=outcome,
        cause=cause,
        closed_by=by,
        closed_at=now,
    )
    after, effects = _notify(closed, closed.notified, reason, now=now)
    known = {"by": by, "cause": None if cause is None else cause.value}
    said = {name: text for name, text in known.items() if text is not None}
    return after, [
        TimelineEntry(TimelineEvent.CLOSED, reason, {"outcome": outcome.value, **said}),
        CancelDeadline(GROUP),
        CancelDeadline(CLEAR),
        *cancel_stages(closed.site),
        *effects,
    ]


def _notify(
    trouble: Trouble,
    notify: tuple[str, ...],
    reason: str,
    *,
    now: Micros,
    channels: tuple[str, ...] = (),
    stage: int = 0,
) -> tuple[Trouble, list[Effect]]:
    meant = trouble.replaced(notified=with_recipients(trouble.notified, notify))
    if trouble.is_common:
        notify = tuple(each for each in notify if each != COMMAND_CENTER)
    if not notify:
        return meant, []
    after = meant.replaced(turn=trouble.turn + 1)
    notified = NOTIFICATION_OF[trouble.kind]
    return after, [
        TimelineEntry(TimelineEvent.NOTIFIED, reason, {"notify": list(notify), "stage": stage}),
        *notifications(
            after,
            notify,
            kind=notified,
            reason=reason,
            now=now,
            stage=stage,
            turn=after.turn,
            channels=channels,
        ),
    ]


def _named(condition: Condition) -> dict[str, str]:
    return {
        "gateway": condition.gateway,
        "scope": condition.scope,
        "name": condition.name,
        "kind": condition.kind,
        "condition": condition.reason,
    }
