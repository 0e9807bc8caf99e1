"""The zones and points that burn in an incident, with their positions on the plans of floors."""

from collections.abc import Iterable

from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import Incident
from alerting.domain.model.point_in_fire import PointInFire
from contract.http import scene as wire
from registry.model.facilities import Floor, Position
from registry.model.records import PremisesRecord


def burning(incident: Incident, record: PremisesRecord) -> wire.Burning:
    """Return what burns in *incident*, by the *record* of its premises; nothing where it is no fire."""
    if not isinstance(incident, FireIncident):
        return wire.Burning(zones=[], points=[], floors=[])
    points = [_point(each, record) for each in incident.points.in_order()]
    zones = [_zone(each, record) for each in incident.zones]
    positions = [each.position for each in points if each.position is not None]
    positions += [each for zone in zones for each in zone.positions]
    return wire.Burning(zones=zones, points=points, floors=_floors(positions, record.floors))


def _point(point: PointInFire, record: PremisesRecord) -> wire.BurningPoint:
    row = next((each for each in record.points if each.id == point.name), None)
    shown = (_position(each) for each in record.positions if each.point == point.name)
    return wire.BurningPoint(
        gateway=point.gateway,
        point=point.name,
        zone=point.zone,
        kind=point.detector or "",
        place=point.place,
        room=None if row is None else row.room,
        changed_at=point.raised[0] if point.raised else 0,
        restored_at=point.restored_at,
        position=next(shown, None),
    )


def _zone(name: str, record: PremisesRecord) -> wire.BurningZone:
    row = next((each for each in record.zones if each.id == name), None)
    return wire.BurningZone(
        zone=name,
        name=name if row is None else row.name,
        building=None if row is None else row.building,
        positions=[_position(each) for each in record.positions if each.zone == name],
    )


def _position(position: Position) -> wire.PlanPosition:
    return wire.PlanPosition(
        floor=position.floor, x=position.x, y=position.y, outline=list(position.outline)
    )


def _floors(positions: Iterable[wire.PlanPosition], floors: Iterable[Floor]) -> list[wire.FloorPlan]:
    """Return the floors on which something burns, each once; the lowest first."""
    named = {each.floor for each in positions}
    found = sorted((each for each in floors if each.id in named), key=lambda each: each.level)
    return [
        wire.FloorPlan(
            floor=each.id,
            name=each.name,
            building=each.building,
            level=each.level,
            plan=each.plan,
        )
        for each in found
    ]
