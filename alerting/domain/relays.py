"""The body of a relay, as a destination receives it (docs/protocol.md, 7)."""

from typing import Any

from alerting.domain.effects import Deliver
from alerting.domain.incident import Incident
from alerting.domain.wording import sentences
from contract.messages import VERSION


def body(deliver: Deliver) -> dict[str, Any]:
    """What is POSTed for *deliver*."""
    incident, cause = deliver.incident, deliver.cause
    message: dict[str, Any] = {
        "v": VERSION,
        "delivery": deliver.id,
        "incident": incident.id,
        "event": deliver.told.value,
        "stage": deliver.stage,
        "phase": incident.phase.value,
        "reason": deliver.reason,
        "premises": premises(incident),
        "zones": list(incident.zones),
        "points": points(incident),
        "opened_at": incident.opened_at,
        "at": deliver.at,
        "text": sentences(deliver),
    }
    if cause is not None:
        message["cause"] = {
            "gateway": cause.gateway,
            "epoch": cause.epoch,
            "seq": cause.seq,
            "name": cause.name,
            "changed_at": cause.changed_at,
        }
    return message


def premises(incident: Incident) -> dict[str, str]:
    """Where the incident is."""
    return {"id": incident.site.id, "name": incident.site.name, "address": incident.site.address}


def points(incident: Incident) -> list[dict[str, Any]]:
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
