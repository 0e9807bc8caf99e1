"""A case as the HTTP interface shows it (docs/protocol.md, 8)."""

from typing import Any

from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import Incident
from alerting.domain.wording.webhook_body import about, premises
from alerting.store.listing import DamagedIncident


def incident_response(case: Incident) -> dict[str, Any]:
    """*case* as the interface shows it."""
    return {
        "id": case.id,
        "kind": case.kind.value,
        "part": case.part,
        "premises": premises(case),
        "phase": case.phase.value,
        "reason": case.reason,
        "opened_at": case.opened_at,
        **(_of_fire(case) if isinstance(case, FireIncident) else {}),
        "acknowledged_at": case.acknowledged_at,
        "owner": case.owner,
        "seen_by": list(case.seen_by),
        "closed_at": case.closed_at,
        "closed_by": case.closed_by,
        "outcome": case.outcome.value if case.outcome else None,
        **about(case),
        "policy": case.site.reason,
        "notified": list(case.notified),
    }


def _of_fire(incident: FireIncident) -> dict[str, Any]:
    """Return what only a fire has: *standing* are the points that it left, or has, in alarm."""
    return {
        "confirmed_at": incident.confirmed_at,
        "standing": [
            {"gateway": each.gateway, "name": each.name, "place": each.place}
            for each in incident.standing
        ],
    }


def damaged_response(incident: DamagedIncident) -> dict[str, Any]:
    """*incident*, whose state cannot be read, with what a list must have: it is hidden from nobody."""
    return {
        "id": incident.id,
        "kind": incident.kind,
        "part": incident.part,
        "premises": {"id": incident.premises, "name": incident.premises, "address": ""},
        "phase": incident.phase,
        "reason": "damaged",
        "opened_at": incident.opened_at,
        "owner": None,
    }
