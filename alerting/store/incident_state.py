"""The stored form of an incident: its state, and its points or conditions, each by itself.

A signal changes one point; the others stay as they are stored, however many they are.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from alerting.domain.model.condition import Condition
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.growing_map import GrowingMap
from alerting.domain.model.incident import Incident, IncidentKind
from alerting.domain.model.override import OVERRIDES, Override
from alerting.domain.model.point_in_fire import PointInFire
from alerting.domain.model.points_in_fire import PointsInFire
from alerting.domain.model.trouble import Trouble
from alerting.domain.model.trouble_conditions import TroubleConditions

Items = GrowingMap[str, PointInFire] | GrowingMap[str, Condition]
"""The points or conditions of an incident, in the order in which they joined."""

_NONE: GrowingMap[str, PointInFire] = GrowingMap()
_EMPTY: Mapping[type, PointsInFire | TroubleConditions] = {
    PointsInFire: PointsInFire.of(),
    TroubleConditions: TroubleConditions.of(),
}


def _without_items(_items: PointsInFire | TroubleConditions) -> dict[str, Any]:
    return {}


def _no_items(kind: type, _stored: object) -> PointsInFire | TroubleConditions:
    return _EMPTY[kind]


_encode = msgspec.json.Encoder(enc_hook=_without_items).encode
_encode_item = msgspec.json.Encoder().encode
_point = msgspec.json.Decoder(PointInFire).decode
_condition = msgspec.json.Decoder(Condition).decode
_trouble = msgspec.json.Decoder(Trouble, dec_hook=_no_items)
_decoders: dict[str, msgspec.json.Decoder[Any]] = {
    IncidentKind.FIRE: msgspec.json.Decoder(FireIncident, dec_hook=_no_items),
    IncidentKind.FAULT: _trouble,
    IncidentKind.SUPERVISORY: _trouble,
    **{kind: msgspec.json.Decoder(Override) for kind in OVERRIDES},
}


def state_of(incident: Incident) -> str:
    """Return the state of *incident* without its points or conditions."""
    return _encode(incident).decode()


def items_of(incident: Incident) -> Items:
    """Return the points or conditions of *incident*; nothing of one that has none."""
    if isinstance(incident, FireIncident):
        return incident.points.by_key
    return incident.conditions.by_key if isinstance(incident, Trouble) else _NONE


def changed_items(incident: Incident, stored: Incident | None) -> Iterator[tuple[int, str]]:
    """Yield the place and the state of each point or condition that *stored* does not have so."""
    now: GrowingMap[str, Any] = items_of(incident)
    before: GrowingMap[str, Any] = _NONE if stored is None else items_of(stored)
    for place, item in now.changes_since(before):
        yield place, _encode_item(item).decode()


def incident_of(kind: str, state: str, items: Iterable[str]) -> Incident:
    """Return the incident of *kind* with *state* and *items*; raises MsgspecError or ValueError."""
    incident: Incident = _decoders[kind].decode(state)
    if isinstance(incident, FireIncident):
        return incident.replaced(points=PointsInFire.of(map(_point, items)))
    if isinstance(incident, Trouble):
        return incident.replaced(conditions=TroubleConditions.of(map(_condition, items)))
    return incident
