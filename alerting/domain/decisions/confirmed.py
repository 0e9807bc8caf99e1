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
from alerting.domain.decisions.notify import Decision, also, deliver, policy_of
from alerting.domain.model.effects import CancelDeadline, Cause, Entry, Mark, Notice, Told
from alerting.domain.model.fire import Incident, Phase, PointInFire
from alerting.domain.model.reasons import Why
from contract.times import Micros


def confirmed(
    incident: Incident, why: Why, *, cause: Cause, now: Micros, alone: Iterable[str] = ()
) -> Decision:
    """*incident* as a confirmed fire, for the reason *why*; *cause* is the signal that led to it.

    *alone* names the points that should have confirmed it and cannot speak.
    """
    notify = incident.site.stages[0].notify
    fire = incident.moved(
        Phase.CONFIRMED,
        reason=why.value,
        confirmed_at=now,
        owner=None,
        acknowledged_at=None,
        points=decided(incident.points.values()),
        told=also(incident.told, notify),
    )
    unable = {"unable": list(alone)} if why is Why.PARTNER_UNAVAILABLE else {}
    return fire, [
        Entry(Mark.CONFIRMED, why.value, {"name": cause.name, **unable, **policy_of(fire)}),
        CancelDeadline(WINDOW),
        CancelDeadline(PROGRESS),
        *unconfirmed_cancelled(incident),
        *deliver(
            fire,
            notify,
            told=Told.CONFIRMED,
            reason=why.value,
            now=now,
            cause=cause,
            channels=incident.site.stages[0].channels,
        ),
        *stage_deadlines(fire.site, now),
        *reached_deadline(fire.site, now),
        Notice(why.value),
    ]


def decided(points: Iterable[PointInFire]) -> dict[str, PointInFire]:
    """*points* by their keys: somebody is told of them, and none waits any more."""
    return {each.key: msgspec.structs.replace(each, due=None, reported=True) for each in points}
