"""Cross-checks of a scenario: every error, with its key and its remedy."""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from contract.detectors import Dialect
from contract.names import is_name
from firmware_sim.domain.physics.building import OUTSIDE
from firmware_sim.domain.physics.fuels import SMOLDERING
from firmware_sim.scenario.events import (
    CookingEvent,
    DirtEvent,
    FireEvent,
    NuisanceEvent,
    PointEvent,
    PressEvent,
    StormEvent,
)
from firmware_sim.scenario.fire_config import DoorConfig, FireConfig, RoomConfig
from firmware_sim.scenario.io_config import PointConfig, Position, SimulatedDetectorKind
from firmware_sim.scenario.tables import ScenarioTables

ScenarioError = tuple[tuple[str | int, ...], str]
"""The key of an error, and its remedy."""

KeyedErrors = Iterator[tuple[str, str]]


def cross_check(scenario: ScenarioTables) -> Iterator[ScenarioError]:
    """Yield the errors between the tables of *scenario*."""
    yield from _name_errors(scenario)
    for table, checked in (
        ("points", [_point_errors(scenario, each) for each in scenario.points]),
        ("rooms", [_room_errors(each) for each in scenario.rooms]),
        ("doors", [_door_errors(scenario, each) for each in scenario.doors]),
        ("fires", [_fire_errors(scenario, each) for each in scenario.fires]),
        ("events", [_event_errors(scenario, each) for each in scenario.events]),
    ):
        for place, found in enumerate(checked):
            yield from ((((table, place, key)), text) for key, text in found)
    yield from _expectation_errors(scenario)


def _name_errors(scenario: ScenarioTables) -> Iterator[ScenarioError]:
    yield from _duplicates("lines", "name", [line.name for line in scenario.lines])
    yield from _duplicates("lines", "link", [getattr(line, "link", None) for line in scenario.lines])
    yield from _duplicates(
        "lines", "port", [getattr(line, "port", None) or None for line in scenario.lines]
    )
    names = [each.name for each in (*scenario.lines, *scenario.sources)]
    yield from _duplicates("sources", "name", names, first=len(scenario.lines))
    yield from _duplicates("rooms", "name", [room.name for room in scenario.rooms])
    yield from _duplicates("points", "address", [point.address for point in scenario.points])


def _duplicates(
    table: str, key: str, values: Sequence[object], *, first: int = 0
) -> Iterator[ScenarioError]:
    """Yield the values from the *first* on that stand earlier in *values* too."""
    seen = set(values[:first])
    for place, value in enumerate(values[first:]):
        if value is not None and value in seen:
            yield (table, place, key), f"{str(value)!r} is used twice; give each its own"
        seen.add(value)


def _point_errors(scenario: ScenarioTables, point: PointConfig) -> KeyedErrors:
    yield from _connection_errors(scenario, point)
    yield from _address_errors(scenario, point)
    if point.room is not None and point.at is None:
        yield "at", 'give its place in the room, in meters from a corner: "at = [1.0, 2.0]"'
    if point.room is None and point.at is not None:
        yield "room", "give the room of this place"
    if point.room is not None:
        yield from _position_errors(scenario, point.room, point.at)


def _address_errors(scenario: ScenarioTables, point: PointConfig) -> KeyedErrors:
    bridges = {each.name for each in scenario.sources if _is_bridge(each.dialect)}
    if point.source not in bridges and not is_name(point.address):
        form = "write 1 to 63 of a-z, 0-9 and -, not beginning with -"
        yield "address", f"{form}; only detectors behind a bridge have free names"


def _connection_errors(scenario: ScenarioTables, point: PointConfig) -> KeyedErrors:
    lines = {line.name for line in scenario.lines}
    dialects = {source.name: source.dialect for source in scenario.sources}
    if (point.line is None) == (point.source is None):
        yield "line", "a point is on a line or at a source: give exactly one of the two"
        return
    if point.line is not None and point.line not in lines:
        yield "line", f"unknown line {point.line!r}; known: {_listed(lines)}"
    if point.source is not None and point.source not in dialects:
        yield "source", f"unknown source {point.source!r}; known: {_listed(dialects)}"
    elif (point.kind is SimulatedDetectorKind.ZIGBEE) != _is_bridge(dialects.get(point.source or "")):
        yield (
            "kind",
            "a zigbee point, and no other kind, belongs at a source of a bridge's dialect",
        )


def _position_errors(scenario: ScenarioTables, name: str, at: Position | None) -> KeyedErrors:
    """Yield the errors of a place *at* some meters in the room *name*."""
    room = _room_named(scenario, name)
    if room is None:
        yield "room", f"unknown room {name!r}; known: {_listed({each.name for each in scenario.rooms})}"
    elif at is not None and not (0 <= at[0] <= room.width_m and 0 <= at[1] <= room.depth_m):
        size = f"{room.width_m:g} m by {room.depth_m:g} m"
        yield "at", f"({at[0]:g}, {at[1]:g}) is outside {name!r}, which is {size}"


def _room_named(scenario: ScenarioTables, name: str) -> RoomConfig | None:
    return next((room for room in scenario.rooms if room.name == name), None)


# Ranges of rooms, doors and fires: key, lowest, highest, unit.
_ROOM_RANGES = (
    ("width_m", 0.5, 500.0, "m"),
    ("depth_m", 0.5, 500.0, "m"),
    ("height_m", 1.8, 60.0, "m"),
    ("celsius", -40.0, 60.0, "degC"),
    ("air_changes", 0.0, 60.0, "an hour"),
)
_DOOR_RANGES = (
    ("width_m", 0.05, 50.0, "m"),
    ("height_m", 0.05, 20.0, "m"),
    ("opens_s", 0.0, math.inf, "s"),
)
_FIRE_RANGES = (
    ("at_s", 0.0, math.inf, "s"),
    ("base_m", 0.0, 60.0, "m"),
    ("peak_kw", 0.01, 50_000.0, "kW"),
    ("smolder_g_s", 0.0001, 10.0, "g/s"),
    ("rise_s", 1.0, math.inf, "s"),
    ("decay_s", 0.1, math.inf, "s"),
    ("energy_mj", 0.001, math.inf, "MJ"),
)


def _range_errors(each: object, bounds: Sequence[tuple[str, float, float, str]]) -> KeyedErrors:
    """Yield the figures of *each* outside of *bounds*."""
    for key, low, high, unit in bounds:
        value = getattr(each, key)
        if value is not None and not low <= value <= high:
            span = f"{low:g} to {high:g} {unit}" if high < math.inf else f"{low:g} {unit} or more"
            yield key, f"{value:g} is impossible: {span}"


def _room_errors(room: RoomConfig) -> KeyedErrors:
    yield from _range_errors(room, _ROOM_RANGES)
    if room.name == OUTSIDE:
        yield "name", f"{OUTSIDE!r} is the name of the outside; choose another name"


def _door_errors(scenario: ScenarioTables, door: DoorConfig) -> KeyedErrors:
    yield from _range_errors(door, _DOOR_RANGES)
    known = {room.name for room in scenario.rooms}
    for name in door.rooms:
        room = _room_named(scenario, name)
        if room is None:
            yield "between", f"unknown room {name!r}; known: {_listed(known | {OUTSIDE})}"
        elif door.height_m > room.height_m:
            yield "height_m", f"{door.height_m:g} m is higher than {name!r}, {room.height_m:g} m"
    if door.between[0] == door.between[1]:
        yield "between", "a door joins two rooms, or a room and outside"
    if door.closes_s is not None and door.closes_s <= door.opens_s:
        yield "closes_s", f"{door.closes_s} is not after opens_s = {door.opens_s}"


def _fire_errors(scenario: ScenarioTables, fire: FireConfig) -> KeyedErrors:
    yield from _range_errors(fire, _FIRE_RANGES)
    yield from _position_errors(scenario, fire.room, fire.at)
    room = _room_named(scenario, fire.room)
    if room is not None and fire.base_m > room.height_m - 0.5:
        yield "base_m", f"leave half a meter below the ceiling of {fire.room!r}, {room.height_m:g} m"
    ways = [fire.growth is not None, bool(fire.curve), fire.smolder_g_s is not None]
    if sum(ways) != 1:
        yield "growth", "a fire has a growth, a curve or smolder_g_s: give exactly one of the three"
    if any(b <= a for (a, _), (b, _) in pairwise(fire.curve)):
        yield "curve", "the seconds of a curve rise from pair to pair"
    if any(t < 0 or kw < 0 for t, kw in fire.curve):
        yield "curve", "seconds after ignition and kW are 0 or more"
    if fire.smolder_g_s is not None and fire.fuel not in SMOLDERING:
        yield "fuel", f"{fire.fuel} does not smolder; these do: {_listed(SMOLDERING)}"
    yield from _end_errors(fire)


def _event_errors(scenario: ScenarioTables, event: PointEvent | StormEvent) -> KeyedErrors:
    if isinstance(event, StormEvent):
        known = {line.name for line in scenario.lines}
        for name in event.lines:
            if name not in known:
                yield "lines", f"unknown line {name!r}; known: {_listed(known)}"
    else:
        yield from _point_event_errors(scenario, event)
    yield from _end_errors(event)


def _point_event_errors(scenario: ScenarioTables, event: PointEvent) -> KeyedErrors:
    kinds = {point.address: point.kind for point in scenario.points}
    smoky = {SimulatedDetectorKind.SMOKE, SimulatedDetectorKind.MULTI, SimulatedDetectorKind.ZIGBEE}
    for address in event.points:
        if address not in kinds:
            yield "points", f"unknown point {address!r}; known: {_listed(kinds)}"
        elif isinstance(event, PressEvent) and kinds[address] is not SimulatedDetectorKind.MANUAL:
            yield "points", f"{address!r} is not a manual call point; only these can be pressed"
        elif (
            isinstance(event, FireEvent | CookingEvent | NuisanceEvent)
            and kinds[address] is SimulatedDetectorKind.MANUAL
        ):
            yield "points", f"{address!r} is a manual call point; use an event of kind press for it"
        elif isinstance(event, DirtEvent) and kinds[address] not in smoky:
            yield "points", f"{address!r} has no smoke chamber that could get dirty"


def _end_errors(each: object) -> KeyedErrors:
    """Yield an error if it ends before it begins."""
    begins, ends = getattr(each, "at_s", 0.0), getattr(each, "until_s", None)
    if ends is not None and ends <= begins:
        yield "until_s", f"{ends} is not after at_s = {begins}"


def _expectation_errors(scenario: ScenarioTables) -> Iterator[ScenarioError]:
    if scenario.expect is None:
        return
    points = {point.address for point in scenario.points}
    known = points | {each.name for each in (*scenario.lines, *scenario.sources)}
    for key, names in scenario.expect.names().items():
        for name in names:
            if name not in (points if "alarm" in key else known):
                yield ("expect", key), f"unknown point {name!r}; known: {_listed(points)}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _is_bridge(dialect: Dialect | None) -> bool:
    return dialect is not None and dialect is not Dialect.TOCSIN
