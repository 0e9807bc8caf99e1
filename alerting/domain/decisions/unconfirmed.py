"""Escalates a suspicion that nothing confirmed or cleared, until somebody looks."""

from alerting.domain.decisions.escalation import UNCONFIRMED, UNCONFIRMED_REPEAT
from alerting.domain.decisions.notify import (
    Decision,
    named,
    notifications,
    policy_of,
    with_recipients,
)
from alerting.domain.model.answering import GRACE, Calls, waits_until
from alerting.domain.model.effects import Effect, SetDeadline, SiteNotice, TimelineEntry, TimelineEvent
from alerting.domain.model.fire import FireIncident, Phase
from alerting.domain.model.incident import STILL_NOT_ACKNOWLEDGED, PolicySnapshot
from alerting.domain.model.point_in_fire import PointInFire
from alerting.domain.model.reasons import DecisionReason
from alerting.domain.notification.policy import first_stage_of
from contract.times import Micros
from registry.model.templates import NotificationKind


def notify_unconfirmed(
    incident: FireIncident,
    standing: list[PointInFire],
    now: Micros,
    *,
    reason: str = DecisionReason.WINDOW_OVER.value,
) -> tuple[FireIncident, list[Effect]]:
    """Notify of *standing* points, which nothing confirmed, for the named *reason*."""
    route = _route(incident)
    first, turn = route.stages[0], incident.unconfirmed + 1
    after = incident.replaced(
        unconfirmed=turn, notified=with_recipients(incident.notified, first.notify)
    )
    if after.phase is Phase.SUSPECTED:
        after = after.replaced(reason="unconfirmed")
    names = {**named("names", [point.name for point in standing]), **policy_of(after)}
    return after, [
        TimelineEntry(TimelineEvent.UNCONFIRMED, reason, names),
        *notifications(
            after,
            first.notify,
            kind=NotificationKind.UNCONFIRMED,
            reason=reason,
            now=now,
            turn=turn,
            channels=first.channels,
        ),
        *(_deadlines(route, now) if after.owner is None else ()),
        SiteNotice("unconfirmed"),
    ]


def _deadlines(route: PolicySnapshot, now: Micros) -> list[Effect]:
    stages: list[Effect] = [
        SetDeadline(f"{UNCONFIRMED}{number}", now + stage.after)
        for number, stage in enumerate(route.stages[1:], start=1)
    ]
    return [*stages, SetDeadline(UNCONFIRMED_REPEAT, now + route.stages[-1].after + route.repeat)]


def stage_due(
    incident: FireIncident, stage: int, *, calls: Calls | None = None, now: Micros
) -> Decision:
    """Notify a further stage of the policy for unconfirmed fires."""
    route = _route(incident)
    if not _waits(incident) or stage >= len(route.stages):
        return incident, []
    planned = route.stages[stage]
    if incident.is_seen_by(planned.unless_seen_by):
        return incident, []
    if (until := waits_until(planned, calls, latest=now + GRACE, now=now)) is not None:
        return incident, [SetDeadline(f"{UNCONFIRMED}{stage}", until)]
    return _told_again(incident, planned.notify, planned.reason, channels=planned.channels, now=now)


def repeat_due(incident: FireIncident, now: Micros) -> Decision:
    """Notify again, without end, because nobody has looked yet."""
    if not _waits(incident):
        return incident, []
    route = _route(incident)
    after, effects = _told_again(
        incident, route.repeat_recipients, STILL_NOT_ACKNOWLEDGED, channels=(), now=now
    )
    return after, [*effects, SetDeadline(UNCONFIRMED_REPEAT, now + route.repeat)]


def _waits(incident: FireIncident) -> bool:
    return incident.phase is Phase.SUSPECTED and incident.unconfirmed > 0


def _told_again(
    incident: FireIncident,
    notify: tuple[str, ...],
    reason: str,
    *,
    channels: tuple[str, ...],
    now: Micros,
) -> Decision:
    turn = incident.unconfirmed + 1
    after = incident.replaced(unconfirmed=turn, notified=with_recipients(incident.notified, notify))
    return after, [
        TimelineEntry(TimelineEvent.UNCONFIRMED, reason, {"notify": list(notify), **policy_of(after)}),
        *notifications(
            after,
            notify,
            kind=NotificationKind.UNCONFIRMED,
            reason=reason,
            now=now,
            turn=turn,
            channels=channels,
        ),
    ]


def _route(incident: FireIncident) -> PolicySnapshot:
    return incident.site.unconfirmed or first_stage_of(incident.site)
