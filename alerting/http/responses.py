"""Incidents as the HTTP interface shows them (docs/protocol.md, 8)."""

from typing import TypedDict, assert_never, cast

from alerting.domain.decisions.desk_acts import standing_offer
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.force import SentForce
from alerting.domain.model.incident import Incident, IncidentKind, Outcome
from alerting.domain.model.override import Override, OverridePhase
from alerting.domain.model.training import trainee_of
from alerting.domain.model.trouble import Trouble, TroublePhase
from alerting.domain.wording.incident_parts import (
    SHOWN,
    conditions,
    left_out,
    points,
    premises,
    signals,
)
from alerting.store.listing import DamagedIncident
from contract.http import incidents as wire
from contract.http.acts import DispatchedForce, ForceState, OfferedHandOver
from contract.ids import IncidentId
from contract.incidents import FirePhase, IncidentCause, Premises
from contract.times import Micros

OVERRIDES: dict[IncidentKind, type[wire.Override]] = {
    IncidentKind.TEST: wire.TestOverride,
    IncidentKind.DRILL: wire.DrillOverride,
    IncidentKind.SILENCE: wire.SilenceOverride,
    IncidentKind.MAINTENANCE: wire.MaintenanceOverride,
}

DAMAGED = "damaged"
"""The reason of an incident whose stored state cannot be read."""


class _Shared(TypedDict):
    id: IncidentId
    part: str
    premises: Premises
    reason: str
    opened_at: Micros
    acknowledged_at: Micros | None
    owner: str | None
    owner_account: str
    offer: OfferedHandOver | None
    seen_by: list[str]
    closed_at: Micros | None
    closed_by: str | None
    outcome: Outcome | None
    cause: IncidentCause | None
    policy: str
    area: str | None
    notified: list[str]


def incident_response(incident: Incident, *, most: int | None = SHOWN) -> wire.Incident:
    """Return *incident* as the interface shows it, with up to *most* of its points; None for all."""
    shared = _shared(incident)
    match incident:
        case FireIncident():
            return _fire(incident, shared, most=most)
        case Trouble():
            is_fault = incident.kind is IncidentKind.FAULT
            kind = wire.FaultIncident if is_fault else wire.SupervisoryIncident
            return kind(
                **shared,
                phase=incident.phase,
                conditions=conditions(incident, most),
                more_conditions=left_out(len(incident.conditions), most),
            )
        case Override():
            return override_response(incident)
    raise TypeError(f"an incident of no known kind: {type(incident).__name__}")


def override_response(override: Override) -> wire.Override:
    """Return *override* as the interface shows it."""
    return OVERRIDES[override.kind](
        **_shared(override),
        phase=override.phase,
        zones=list(override.zones),
        points=list(override.points),
        by=override.by,
        tester=override.tester,
        note=override.note,
        begins_at=override.begins,
        ends_at=override.ends,
        signals=signals(override),
        approved_by=override.approved_by,
        approve_until=override.approve_until or None,
        extends=override.extends,
    )


def damaged_response(incident: DamagedIncident) -> wire.Incident:
    """Return *incident* as a list must have it although its state cannot be read: hidden from nobody."""
    kind = IncidentKind(incident.kind)
    shared = _of_damaged(incident)
    match kind:
        case IncidentKind.FIRE:
            return wire.FireIncident(**shared, phase=cast(FirePhase, incident.phase))
        case IncidentKind.FAULT:
            return wire.FaultIncident(**shared, phase=cast(TroublePhase, incident.phase))
        case IncidentKind.SUPERVISORY:
            return wire.SupervisoryIncident(**shared, phase=cast(TroublePhase, incident.phase))
        case IncidentKind.TEST | IncidentKind.DRILL | IncidentKind.SILENCE | IncidentKind.MAINTENANCE:
            return OVERRIDES[kind](**shared, phase=cast(OverridePhase, incident.phase))
    assert_never(kind)


def _fire(fire: FireIncident, shared: _Shared, *, most: int | None) -> wire.FireIncident:
    zones, standing = fire.zones, fire.standing
    return wire.FireIncident(
        **shared,
        phase=fire.phase,
        confirmed_at=fire.confirmed_at,
        reopened_at=fire.reopened_at,
        exercise=fire.exercise is not None,
        training=trainee_of(fire),
        closing=_asked(fire),
        answers=[
            wire.PremisesAnswer(**{name: getattr(each, name) for name in each.__struct_fields__})
            for each in fire.answers
        ],
        zones=list(zones[:most]),
        points=points(fire.points.in_order(), most),
        standing=[
            wire.StandingPoint(gateway=each.gateway, name=each.name, place=each.place)
            for each in standing[:most]
        ],
        more_points=left_out(len(fire.points), most),
        more_zones=left_out(len(zones), most),
        more_standing=left_out(len(standing), most),
        forces=[_force(each) for each in fire.forces],
    )


def _offer(incident: Incident) -> OfferedHandOver | None:
    offer = standing_offer(incident)
    if offer is None:
        return None
    return OfferedHandOver(by=offer.by, to=offer.to, to_name=offer.to_name, at=offer.at)


def _force(force: SentForce) -> DispatchedForce:
    return DispatchedForce(
        kind=force.kind,
        id=force.id,
        name=force.name,
        state=force_state(force),
        sent_at=force.sent_at,
        on_scene_at=force.on_scene_at,
    )


def force_state(force: SentForce) -> ForceState:
    """Return where *force* is by its last report."""
    return ForceState.DISPATCHED if force.on_scene_at is None else ForceState.ON_SCENE


def _asked(fire: FireIncident) -> wire.AskedClose | None:
    wish = fire.closing
    if wish is None:
        return None
    return wire.AskedClose(
        by=wish.by,
        account=wish.account,
        outcome=wish.outcome,
        since=wish.since,
        until=wish.until,
        cause=wish.cause,
    )


def _shared(incident: Incident) -> _Shared:
    return {
        "id": incident.id,
        "part": incident.part,
        "premises": premises(incident),
        "reason": incident.reason,
        "opened_at": incident.opened_at,
        "acknowledged_at": incident.acknowledged_at,
        "owner": incident.owner,
        "owner_account": incident.owner_account if incident.owner is not None else "",
        "offer": _offer(incident),
        "seen_by": list(incident.seen_by),
        "closed_at": incident.closed_at,
        "closed_by": incident.closed_by,
        "outcome": incident.outcome,
        "cause": incident.cause,
        "policy": incident.site.policy,
        "area": incident.site.area,
        "notified": list(incident.notified),
    }


def _of_damaged(incident: DamagedIncident) -> _Shared:
    return {
        "id": incident.id,
        "part": incident.part,
        "premises": Premises(id=incident.premises, name=incident.premises, address=""),
        "reason": DAMAGED,
        "opened_at": incident.opened_at,
        "acknowledged_at": None,
        "owner": None,
        "owner_account": "",
        "offer": None,
        "seen_by": [],
        "closed_at": None,
        "closed_by": None,
        "outcome": None,
        "cause": None,
        "policy": "",
        "area": None,
        "notified": [],
    }
