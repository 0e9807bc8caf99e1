"""The body of a relay, as a destination receives it (docs/protocol.md, 7)."""

from typing import Any

import msgspec

from alerting.domain.model.effects import Notify
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import Incident
from alerting.domain.model.override import Override
from alerting.domain.model.trouble import Trouble
from alerting.domain.wording.fires import Texts
from contract.messages import VERSION

TRIED_SHOWN = 50
"""Signals of a test that a message lists: the latest; the timeline has all of them."""


def body(notification: Notify, said: Texts, *, call: str) -> dict[str, Any]:
    """Return the POST body of *notification*, *said* in words; *call* is the number for fires."""
    case, cause = notification.incident, notification.cause
    message: dict[str, Any] = {
        "v": VERSION,
        "delivery": notification.id,
        "incident": case.id,
        "event": notification.kind.value,
        "kind": case.kind.value,
        "stage": notification.stage,
        "phase": case.phase.value,
        "reason": notification.reason,
        "premises": premises(case),
        **about(case),
        "opened_at": case.opened_at,
        "at": notification.at,
        "text": said.own,
    }
    if isinstance(case, FireIncident):
        message["call"] = call
    if cause is not None:
        message["cause"] = {
            "gateway": cause.gateway,
            "epoch": cause.epoch,
            "seq": cause.seq,
            "name": cause.name,
            "changed_at": cause.changed_at,
        }
    return message


def about(case: Incident) -> dict[str, Any]:
    """What only a case of its kind has."""
    match case:
        case FireIncident():
            return {
                "exercise": case.exercise is not None,
                "zones": list(case.zones),
                "points": points(case),
            }
        case Trouble():
            return {
                "conditions": [msgspec.to_builtins(each) for each in case.conditions.values()],
            }
        case Override():
            return {
                "zones": list(case.zones),
                "points": list(case.points),
                "by": case.by,
                "tester": case.tester,
                "note": case.note,
                "begins_at": case.begins,
                "ends_at": case.ends,
                "signals": [msgspec.to_builtins(each) for each in case.signals[-TRIED_SHOWN:]],
            }
    raise TypeError(f"a case of no known kind: {type(case).__name__}")


def premises(case: Incident) -> dict[str, str]:
    """Where the case is."""
    return {"id": case.site.id, "name": case.site.name, "address": case.site.address}


def points(incident: FireIncident) -> list[dict[str, Any]]:
    """The points that reported fire, in the order in which they joined."""
    return [
        {
            "gateway": point.gateway,
            "name": point.name,
            "zone": point.zone,
            "kind": "fire",
            "quantity": point.quantity,
            "value": point.value,
            "changed_at": point.changed_at,
            "restored_at": point.restored_at,
        }
        for point in incident.points.values()
    ]
