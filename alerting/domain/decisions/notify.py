"""Puts a relay or an entry of the timeline together from what an incident knows."""

from collections.abc import Iterable
from typing import Any

from alerting.domain.decisions.escalation import WINDOW
from alerting.domain.model.effects import CancelDeadline, Cause, Effect, Notify, SetDeadline
from alerting.domain.model.events import StoredSignal
from alerting.domain.model.fire import FireIncident, PointInFire
from alerting.domain.model.incident import Incident
from contract.times import Micros
from registry.model.templates import NotificationKind

Decision = tuple[FireIncident | None, list[Effect]]
"""What becomes of an incident, and what is to be done in the transaction that stores it."""

POINT_AGAIN = "restored_point_in_fire_again"
"""Why a fire is told to spread where a point of it was restored and reports fire again."""


def notifications(
    incident: Incident,
    notify: Iterable[str],
    *,
    kind: NotificationKind,
    reason: str,
    now: Micros,
    stage: int = 0,
    turn: int = 1,
    cause: Cause | None = None,
    channels: tuple[str, ...] = (),
    minor: bool = False,
) -> list[Effect]:
    """A delivery to each of *notify*, once, by *channels* or by all that they have."""
    return [
        Notify(kind, stage, destination, reason, incident, now, turn, cause, channels, minor)
        for destination in dict.fromkeys(notify)
    ]


def also(told: tuple[str, ...], notify: Iterable[str]) -> tuple[str, ...]:
    """Those *told* so far, and *notify*."""
    return tuple(dict.fromkeys((*told, *notify)))


def cause_of(heard: StoredSignal) -> Cause:
    """The signal, as a relay names it."""
    signal = heard.signal
    return Cause(heard.gateway, heard.epoch, signal.seq, signal.name, signal.changed_at)


def cause_of_point(point: PointInFire) -> Cause:
    """The latest signal of *point*, as a relay names it."""
    return Cause(point.gateway, point.epoch, point.seq, point.name, point.changed_at)


def named(point: PointInFire) -> dict[str, Any]:
    """The point, as the timeline names it."""
    return {"gateway": point.gateway, "name": point.name, "zone": point.zone}


def policy_of(incident: FireIncident) -> dict[str, Any]:
    """Which policy is followed, or why it is the built-in one."""
    return {"policy": incident.site.reason}


def window_deadline(incident: FireIncident) -> list[Effect]:
    """Wake the incident when the first of its points has waited long enough."""
    dues = [point.due for point in incident.points.values() if point.due is not None]
    return [SetDeadline(WINDOW, min(dues))] if dues else [CancelDeadline(WINDOW)]
