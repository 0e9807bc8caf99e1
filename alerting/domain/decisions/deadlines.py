"""Decides at a deadline of a fire: standing points are notified, others is cleared."""

from collections.abc import Callable

import msgspec

from alerting.domain.confirmation.judge import at_the_end, next_look
from alerting.domain.confirmation.scene import Scene, may_be_one
from alerting.domain.decisions import closing, stages, unconfirmed
from alerting.domain.decisions.confirmed import confirmed
from alerting.domain.decisions.escalation import (
    AT_THE_FIRE,
    CLOSING,
    PROGRESS,
    REACHED,
    REPEAT,
    SPREAD,
    UNATTENDED,
    UNCONFIRMED,
    UNCONFIRMED_REPEAT,
    WINDOW,
    progress_by,
    stage_deadlines,
    stage_of,
    unattended_deadline,
)
from alerting.domain.decisions.notify import Decision, cause_of_point, notifications, window_deadline
from alerting.domain.decisions.spreads import spread_due
from alerting.domain.decisions.unattended import desk_unattended
from alerting.domain.model.effects import CancelDeadline, SiteNotice, TimelineEntry, TimelineEvent
from alerting.domain.model.events import DeadlineDue
from alerting.domain.model.fire import FireIncident, Phase
from alerting.domain.model.incident import Outcome
from alerting.domain.model.point_in_fire import PointInFire
from alerting.domain.model.points_in_fire import notified
from alerting.domain.model.reasons import ConfirmationReason, DecisionReason
from contract.times import Micros
from registry.model.templates import NotificationKind


def window_over(incident: FireIncident, now: Micros) -> Decision:
    """End the wait of points: notify those that still stand, close a suspicion without any.

    The rule of a point may also confirm it at the end of its wait.
    """
    if incident.phase is Phase.CLOSED or incident.confirmed_at is not None:
        return incident, []
    over = [p for p in incident.points.in_order() if p.due is not None and p.due <= now]
    if not over:
        return incident, []
    scene = Scene(incident.points, now, incident.acknowledged_at)
    for point in sorted(over, key=lambda each: each.raised[-1], reverse=True):
        if (why := at_the_end(point, scene)) is not None:
            return confirmed(incident, why, cause=cause_of_point(point), now=now)
    waited = incident.replaced(points=incident.points.having_all(_waited(p, scene) for p in over))
    standing = [p for p in over if p.standing and waited.points[p.key].due is None]
    further = window_deadline(waited)
    if news := [p for p in standing if not p.notified]:
        waited = _companions_notified(waited, news)
        after, effects = unconfirmed.notify_unconfirmed(waited, news, now)
        return after, effects + further
    return (waited, further) if standing else _none_standing(waited, now)


def _none_standing(incident: FireIncident, now: Micros) -> Decision:
    """Clear a suspicion whose points are restored, unless some of them wait or a person saw it."""
    if incident.points.waiting or not _may_clear(incident):
        entry = TimelineEntry(TimelineEvent.POINT, DecisionReason.RESTORED_IN_WINDOW.value)
        return incident, [entry, *window_deadline(incident)]
    return _cleared(incident, now)


def _companions_notified(incident: FireIncident, standing: list[PointInFire]) -> FireIncident:
    """Note as notified who may be one detector with a *standing* point: not notified of once more.

    They wait on, as their rule may confirm them.
    """
    companions = [
        msgspec.structs.replace(each, notified=True)
        for each in incident.points.in_order()
        if each.due is not None and any(may_be_one(each, told) for told in standing)
    ]
    return incident.replaced(points=incident.points.having_all(companions))


def _waited(point: PointInFire, scene: Scene) -> PointInFire:
    """Return the point after its wait: judged again later, notified, or restored."""
    look = next_look(point, scene)
    is_notified = point.notified or (point.standing and look is None)
    return msgspec.structs.replace(point, due=look, notified=is_notified)


def partners_lost(
    incident: FireIncident, unavailable_partners: dict[str, tuple[str, ...]], now: Micros
) -> Decision:
    """Confirm a point whose partners are all out of service: nothing is left to wait for."""
    if incident.phase is Phase.CLOSED or incident.confirmed_at is not None:
        return incident, []
    known = incident.replaced(
        points=incident.points.having_all(
            msgspec.structs.replace(incident.points[key], unavailable_partners=partners)
            for key, partners in unavailable_partners.items()
            if key in incident.points
        )
    )
    lonely = [
        point
        for point in known.points.in_order()
        if point.unavailable_partners and point.standing and not point.carried
    ]
    if not lonely:
        return known, []
    last = max(lonely, key=lambda point: point.raised[-1])
    cause, why = cause_of_point(last), ConfirmationReason.PARTNER_UNAVAILABLE
    return confirmed(known, why, cause=cause, now=now, unavailable_partners=last.unavailable_partners)


def gateway_lost(incident: FireIncident, gateway: str, *, reason: str, now: Micros) -> Decision:
    """Notify the suspicions of a lost gateway at once, without their windows.

    Neither a second point of it nor a restoration could be received any more.
    """
    if incident.phase is Phase.CLOSED or incident.confirmed_at is not None:
        return incident, []
    waiting = [
        point
        for point in incident.points.in_order()
        if point.gateway == gateway and point.due is not None and point.standing
    ]
    if not waiting:
        return incident, []
    points = incident.points.having_all(map(notified, waiting))
    after, effects = unconfirmed.notify_unconfirmed(
        incident.replaced(points=points), waiting, now, reason=reason
    )
    return after, effects + window_deadline(after)


def _may_clear(incident: FireIncident) -> bool:
    """Return whether it may be cleared: a suspicion that a person took, or was notified of, is closed by
    a person.
    """
    return incident.phase is Phase.SUSPECTED and incident.unconfirmed == 0


def _cleared(incident: FireIncident, now: Micros) -> Decision:
    reason = DecisionReason.ALL_POINTS_RESTORED.value
    closed = incident.with_phase(Phase.CLOSED, reason=reason, outcome=Outcome.CLEARED, closed_at=now)
    entry = TimelineEntry(TimelineEvent.CLOSED, reason, {"outcome": Outcome.CLEARED.value})
    return closed, [CancelDeadline(WINDOW), entry, SiteNotice(reason)]


def deadline_due(incident: FireIncident, due: DeadlineDue, now: Micros) -> Decision:
    """Decide on the deadline *key* of *incident*."""
    key, reached = due.key, due.reached
    if (on_time := _ON_TIME.get(key)) is not None:
        return on_time(incident, now)
    if key == UNATTENDED:
        return desk_unattended(
            incident, watch=due.desks, pending=dict(due.pending), reached=reached, now=now
        )
    if key == REACHED:
        return stages.nobody_reached(incident, reached=reached, now=now)
    if key.startswith(UNCONFIRMED):
        number = int(key.removeprefix(UNCONFIRMED))
        return unconfirmed.stage_due(incident, number, calls=due.calls, now=now)
    return stages.stage_due(incident, stage_of(key), reached=reached, calls=due.calls, now=now)


def no_progress(incident: FireIncident, now: Micros) -> Decision:
    """Open an incident again whose owner did not advance it, and escalate it anew.

    Where forces are on scene that needs points in fire: without any it is looked at again later.
    """
    if not (left := progress_by(incident, now)):
        return incident, []
    if incident.phase in AT_THE_FIRE and not incident.standing:
        return incident, list(left)
    reason, turn, owner = _why_open_again(incident), incident.progress + 1, incident.owner
    again = Phase.SUSPECTED if incident.confirmed_at is None else Phase.CONFIRMED
    after = incident.with_phase(
        again,
        reason=reason,
        owner=None,
        acknowledged_at=None,
        progress=turn,
        skipped_stages=(),  # every stage comes due anew
        reopened_at=now,
    )
    opened = TimelineEntry(
        TimelineEvent.REOPENED, reason, {"owner": owner, "after": incident.phase.value}
    )
    if again is Phase.SUSPECTED:
        again_notified, effects = unconfirmed.notify_unconfirmed(
            after, list(after.points.in_order()), now, reason=reason
        )
        return again_notified, [opened, *effects]
    return after, [
        opened,
        *notifications(
            after, after.notified, kind=NotificationKind.REOPENED, reason=reason, now=now, turn=turn
        ),
        *stage_deadlines(after.site, now),
        *unattended_deadline(after.site, now),
        SiteNotice(reason),
    ]


def _why_open_again(incident: FireIncident) -> str:
    at_the_fire = incident.phase in AT_THE_FIRE
    return (DecisionReason.NO_NEWS if at_the_fire else DecisionReason.NO_PROGRESS).value


_ON_TIME: dict[str, Callable[[FireIncident, Micros], Decision]] = {
    WINDOW: window_over,
    PROGRESS: no_progress,
    REPEAT: stages.repeat_due,
    SPREAD: spread_due,
    CLOSING: closing.lapse,
    UNCONFIRMED_REPEAT: unconfirmed.repeat_due,
}
"""Decisions of the deadlines that need nothing but the incident."""
