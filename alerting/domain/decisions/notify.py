"""Builds notifications and timeline entries from the state of an incident."""

from collections.abc import Iterable, Sequence
from typing import Any

from alerting.domain.decisions.escalation import WINDOW
from alerting.domain.model.effects import CancelDeadline, Cause, Effect, Notify, SetDeadline
from alerting.domain.model.events import StoredSignal
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import Incident
from alerting.domain.model.point_in_fire import PointInFire
from alerting.domain.model.reasons import DecisionReason
from contract.times import Micros
from registry.model.templates import NotificationKind

Decision = tuple[FireIncident | None, list[Effect]]
"""The incident after a decision, and its effects."""

NAMES_KEPT = 20
"""Names of points that one entry of the timeline lists; the signals have entries of their own."""

POINT_AGAIN = DecisionReason.POINT_AGAIN.value
"""The reason of a spread where a restored point of the fire raises fire again."""


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
    """Return a notification to each of *notify*, once, over *channels* or over all that they have."""
    return [
        Notify(kind, stage, destination, reason, incident, now, turn, cause, channels, minor)
        for destination in dict.fromkeys(notify)
    ]


def with_recipients(notified: tuple[str, ...], notify: Iterable[str]) -> tuple[str, ...]:
    """Return those *notified* so far, and *notify*, each once."""
    return tuple(dict.fromkeys((*notified, *notify)))


def cause_of(stored: StoredSignal) -> Cause:
    """Return the signal as the cause of a notification."""
    signal = stored.signal
    return Cause(stored.gateway, stored.epoch, signal.seq, signal.name, signal.changed_at)


def cause_of_point(point: PointInFire) -> Cause:
    """Return the latest signal of *point* as the cause of a notification."""
    return Cause(point.gateway, point.epoch, point.seq, point.name, point.changed_at)


def point_data(point: PointInFire) -> dict[str, Any]:
    """Return the point as the timeline names it."""
    return {"gateway": point.gateway, "name": point.name, "zone": point.zone}


def named(key: str, names: Sequence[str]) -> dict[str, Any]:
    """Return the first of *names* under *key* as an entry of the timeline keeps them, and how many more
    there are; nothing without any.
    """
    more = len(names) - NAMES_KEPT
    kept: dict[str, Any] = {key: list(names[:NAMES_KEPT])} if names else {}
    return {**kept, "more": more} if more > 0 else kept


def policy_of(incident: FireIncident) -> dict[str, Any]:
    """Return the policy that is followed, or the reason for the built-in one."""
    return {"policy": incident.site.policy}


def window_deadline(incident: FireIncident) -> list[Effect]:
    """Return the deadline at which the first of the points has waited long enough."""
    due = incident.points.due
    return [CancelDeadline(WINDOW) if due is None else SetDeadline(WINDOW, due)]
