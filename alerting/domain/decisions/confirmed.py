"""Confirms a fire: notifies at once, and again until somebody takes it."""

from collections.abc import Iterable

from alerting.domain.decisions.escalation import (
    PROGRESS,
    WINDOW,
    cancel_unconfirmed_stages,
    reached_deadline,
    stage_deadlines,
    unattended_deadline,
)
from alerting.domain.decisions.notify import (
    Decision,
    named,
    notifications,
    policy_of,
    with_recipients,
)
from alerting.domain.model.effects import CancelDeadline, Cause, SiteNotice, TimelineEntry, TimelineEvent
from alerting.domain.model.fire import FireIncident, Phase
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
    """Return *incident* as a confirmed fire, for the reason *why*; *cause* is the signal that led to it.

    *unavailable_partners* names the points that should have confirmed it and are out of service.
    """
    notify = incident.site.stages[0].notify
    fire = incident.with_phase(
        Phase.CONFIRMED,
        reason=why.value,
        confirmed_at=now,
        owner=None,
        acknowledged_at=None,
        points=incident.points.notified(),
        notified=with_recipients(incident.notified, notify),
    )
    without = why is ConfirmationReason.PARTNER_UNAVAILABLE
    partners = named("unavailable_partners", list(unavailable_partners)) if without else {}
    return fire, [
        TimelineEntry(
            TimelineEvent.CONFIRMED, why.value, {"name": cause.name, **partners, **policy_of(fire)}
        ),
        CancelDeadline(WINDOW),
        CancelDeadline(PROGRESS),
        *cancel_unconfirmed_stages(incident),
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
        *unattended_deadline(fire.site, now),
        SiteNotice(why.value),
    ]
