"""The body of a webhook, as a destination receives it (docs/protocol.md, 7)."""

from itertools import islice
from typing import Literal, TypedDict

from msgspec import UNSET, UnsetType

from alerting.domain.model import effects
from alerting.domain.model.effects import Notify
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import IncidentKind
from alerting.domain.model.override import Override
from alerting.domain.model.trouble import Trouble
from alerting.domain.wording.fires import Texts
from alerting.domain.wording.incident_parts import (
    SHOWN,
    conditions,
    left_out,
    points,
    premises,
    signals,
)
from contract.ids import DeliveryId, IncidentId
from contract.incidents import Premises
from contract.times import Micros
from contract.webhook import (
    Body,
    Cause,
    DrillNotification,
    FaultNotification,
    FireNotification,
    MaintenanceNotification,
    NotificationKind,
    OverrideNotification,
    SilenceNotification,
    SupervisoryNotification,
    TestNotification,
)


class _Shared(TypedDict):
    v: Literal[1]
    delivery: DeliveryId
    incident: IncidentId
    event: NotificationKind
    stage: int
    phase: str
    reason: str
    premises: Premises
    opened_at: Micros
    at: Micros
    text: dict[str, str]
    cause: Cause | UnsetType


_OF_OVERRIDES: dict[IncidentKind, type[OverrideNotification]] = {
    IncidentKind.TEST: TestNotification,
    IncidentKind.DRILL: DrillNotification,
    IncidentKind.SILENCE: SilenceNotification,
    IncidentKind.MAINTENANCE: MaintenanceNotification,
}


def body(notification: Notify, said: Texts, *, delivery: DeliveryId, call: str) -> Body:
    """Return the body of *delivery*, *said* in words; *call* is the telephone number for fires."""
    incident, shared = notification.incident, _shared(notification, said, delivery)
    match incident:
        case FireIncident():
            return _of_fire(incident, shared, call=call)
        case Trouble():
            is_fault = incident.kind is IncidentKind.FAULT
            kind = FaultNotification if is_fault else SupervisoryNotification
            more = left_out(len(incident.conditions))
            return kind(**shared, conditions=conditions(incident), more_conditions=more)
        case Override():
            return _of_override(incident, shared)
    raise TypeError(f"an incident of no known kind: {type(incident).__name__}")


def _of_fire(fire: FireIncident, shared: _Shared, *, call: str) -> FireNotification:
    zones, news = fire.points.zones, fire.news.latest if fire.news else ()
    is_spread = shared["event"] is NotificationKind.SPREAD
    return FireNotification(
        **shared,
        exercise=fire.exercise is not None,
        zones=list(islice(zones, SHOWN)),
        points=points(fire.points.in_order()),
        call=call,
        more_points=left_out(len(fire.points)),
        more_zones=left_out(len(zones)),
        new_points=points(fire.points[key] for key in news) if is_spread else [],
    )


def _of_override(override: Override, shared: _Shared) -> OverrideNotification:
    return _OF_OVERRIDES[override.kind](
        **shared,
        zones=list(override.zones),
        points=list(override.points),
        by=override.by,
        tester=override.tester,
        note=override.note,
        begins_at=override.begins,
        ends_at=override.ends,
        signals=signals(override),
        approved_by=override.approved_by or UNSET,
        approve_until=override.approve_until or UNSET,
    )


def _shared(notification: Notify, said: Texts, delivery: DeliveryId) -> _Shared:
    incident, cause = notification.incident, notification.cause
    return {
        "v": 1,
        "delivery": delivery,
        "incident": incident.id,
        "event": notification.kind,
        "stage": notification.stage,
        "phase": incident.phase.value,
        "reason": notification.reason,
        "premises": premises(incident),
        "opened_at": incident.opened_at,
        "at": notification.at,
        "text": dict(said.own),
        "cause": UNSET if cause is None else _cause(cause),
    }


def _cause(cause: effects.Cause) -> Cause:
    return Cause(
        gateway=cause.gateway,
        epoch=cause.epoch,
        seq=cause.seq,
        name=cause.name,
        changed_at=cause.changed_at,
    )
