"""What follows once a fire is confirmed: it is told at once, and on until somebody takes it."""

from collections.abc import Iterable

import msgspec

from alerting.domain.decisions.escalation import (
    PROGRESS,
    WINDOW,
    reached_deadline,
    stage_deadlines,
    unconfirmed_cancelled,
)
from alerting.domain.decisions.notify import Decision, also, notifications, policy_of
from alerting.domain.model.effects import CancelDeadline, Cause, SiteNotice, TimelineEntry, TimelineEvent
from alerting.domain.model.fire import FireIncident, Phase, PointInFire
from alerting.domain.model.reasons import ConfirmationReason
from contract.times import Micros
from registry.model.templates import NotificationKind


def confirmed(
    incident: FireIncident,
    why: ConfirmationReason,
    *,
    cause: Cause,
    now: Micros,
    unavailable_partners: Iterable[str] = (),
) -> Decision:
    """*incident* as a confirmed fire, for the reason *why*; *cause* is the signal that led to it.

    *unavailable_partners* names the points that should have confirmed it and cannot speak.
    """
    notify = incident.site.stages[0].notify
    fire = incident.with_phase(
        Phase.CONFIRMED,
        reason=why.value,
        confirmed_at=now,
        owner=None,
        acknowledged_at=None,
        points=decided(incident.points.values()),
        notified=also(incident.notified, notify),
    )
    unable = (
        {"unable": list(unavailable_partners)} if why is ConfirmationReason.PARTNER_UNAVAILABLE else {}
    )
    return fire, [
        TimelineEntry(
            TimelineEvent.CONFIRMED, why.value, {"name": cause.name, **unable, **policy_of(fire)}
        ),
        CancelDeadline(WINDOW),
        CancelDeadline(PROGRESS),
        *unconfirmed_cancelled(incident),
        *notifications(
            fire,
            notify,
            kind=NotificationKind.CONFIRMED,
            reason=why.value,
            now=now,
            cause=cause,
            channels=incident.site.stages[0].channels,
        ),
        *stage_deadlines(fire.site, now),
        *reached_deadline(fire.site, now),
        SiteNotice(why.value),
    ]


def decided(points: Iterable[PointInFire]) -> dict[str, PointInFire]:
    """*points* by their keys: somebody is told of them, and none waits any more."""
    return {each.key: msgspec.structs.replace(each, due=None, notified=True) for each in points}
