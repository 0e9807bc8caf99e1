"""What does not fit together in a scenario: every mistake, with its key and what to do about it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from contract.detectors import Dialect
from firmware_sim.burning import Burning, Door, Room
from firmware_sim.domain.physics.building import OUTSIDE
from firmware_sim.domain.physics.fuels import SMOLDERING
from firmware_sim.events import AtPoints, Cooking, Dirt, Disturbance, Fire, Press, Storm
from firmware_sim.wiring import Point, PointKind, Spot

if TYPE_CHECKING:
    from firmware_sim.scenario import Scenario

Flaw = tuple[tuple[str | int, ...], str]
"""The key of a mistake, and what to do about it."""

KeyedFlaws = Iterator[tuple[str, str]]


def flaws(scenario: Scenario) -> Iterator[Flaw]:
    """What does not fit together in *scenario*."""
    yield from _names(scenario)
    for table, checked in (
        ("points", [_misplaced(scenario, each) for each in scenario.points]),
        ("rooms", [_impossible_room(each) for each in scenario.rooms]),
        ("doors", [_door(scenario, each) for each in scenario.doors]),
        ("fires", [_fire(scenario, each) for each in scenario.fires]),
        ("events", [_impossible(scenario, each) for each in scenario.events]),
    ):
        for place, found in enumerate(checked):
            yield from ((((table, place, key)), text) for key, text in found)
    yield from _expected(scenario)


def _names(scenario: Scenario) -> Iterator[Flaw]:
    yield from _repeated("lines", "name", [line.name for line in scenario.lines])
    yield from _repeated("lines", "link", [getattr(line, "link", None) for line in scenario.lines])
    yield from _repeated(
        "lines", "port", [getattr(line, "port", None) or None for line in scenario.lines]
    )
    names = [each.name for each in (*scenario.lines, *scenario.sources)]
    yield from _repeated("sources", "name", names, first=len(scenario.lines))
    yield from _repeated("rooms", "name", [room.name for room in scenario.rooms])
    yield from _repeated("points", "address", [point.address for point in scenario.points])


def _repeated(table: str, key: str, values: Sequence[object], *, first: int = 0) -> Iterator[Flaw]:
    """The values from the *first* on that stand earlier in *values* too."""
    seen = set(values[:first])
    for place, value in enumerate(values[first:]):
        if value is not None and value in seen:
            yield (table, place, key), f"{str(value)!r} is there already; give each its own"
        seen.add(value)


def _misplaced(scenario: Scenario, point: Point) -> KeyedFlaws:
    yield from _wired(scenario, point)
    if point.room is not None and point.at is None:
        yield "at", 'say where in its room it hangs, in meters from a corner: "at = [1.0, 2.0]"'
    if point.room is None and point.at is not None:
        yield "room", "say in which room that is"
    if point.room is not None:
        yield from _spot(scenario, point.room, point.at)


def _wired(scenario: Scenario, point: Point) -> KeyedFlaws:
    lines = {line.name for line in scenario.lines}
    dialects = {source.name: source.dialect for source in scenario.sources}
    if (point.line is None) == (point.source is None):
        yield "line", "a point is on a line or at a source: give exactly one of the two"
        return
    if point.line is not None and point.line not in lines:
        yield "line", f"unknown line {point.line!r}; known: {_list(lines)}"
    if point.source is not None and point.source not in dialects:
        yield "source", f"unknown source {point.source!r}; known: {_list(dialects)}"
    elif (point.kind is PointKind.ZIGBEE) != _is_bridge(dialects.get(point.source or "")):
        yield "kind", "a zigbee point, and no other, belongs at a source of another dialect than tocsin"


def _spot(scenario: Scenario, name: str, at: Spot | None) -> KeyedFlaws:
    """What is wrong with a place *at* some meters in the room *name*."""
    room = _room(scenario, name)
    if room is None:
        yield "room", f"unknown room {name!r}; known: {_list({each.name for each in scenario.rooms})}"
    elif at is not None and not (0 <= at[0] <= room.width_m and 0 <= at[1] <= room.depth_m):
        size = f"{room.width_m:g} m by {room.depth_m:g} m"
        yield "at", f"({at[0]:g}, {at[1]:g}) is outside {name!r}, which is {size}"


def _room(scenario: Scenario, name: str) -> Room | None:
    return next((room for room in scenario.rooms if room.name == name), None)


# What can be built and can burn: key, lowest, highest, unit.
_ROOM = (
    ("width_m", 0.5, 500.0, "m"),
    ("depth_m", 0.5, 500.0, "m"),
    ("height_m", 1.8, 60.0, "m"),
    ("celsius", -40.0, 60.0, "degC"),
    ("air_changes", 0.0, 60.0, "an hour"),
)
_DOOR = (
    ("width_m", 0.05, 50.0, "m"),
    ("height_m", 0.05, 20.0, "m"),
    ("opens_s", 0.0, math.inf, "s"),
)
_FIRE = (
    ("at_s", 0.0, math.inf, "s"),
    ("base_m", 0.0, 60.0, "m"),
    ("peak_kw", 0.01, 50_000.0, "kW"),
    ("smolder_g_s", 0.0001, 10.0, "g/s"),
    ("rise_s", 1.0, math.inf, "s"),
    ("decay_s", 0.1, math.inf, "s"),
    ("energy_mj", 0.001, math.inf, "MJ"),
)


def _beyond(each: object, bounds: Sequence[tuple[str, float, float, str]]) -> KeyedFlaws:
    """The figures of *each* that lie outside of *bounds*."""
    for key, low, high, unit in bounds:
        value = getattr(each, key)
        if value is not None and not low <= value <= high:
            span = f"{low:g} to {high:g} {unit}" if high < math.inf else f"{low:g} {unit} or more"
            yield key, f"{value:g} is impossible: {span}"


def _impossible_room(room: Room) -> KeyedFlaws:
    yield from _beyond(room, _ROOM)
    if room.name == OUTSIDE:
        yield "name", f"{OUTSIDE!r} is what lies around all rooms; choose another name"


def _door(scenario: Scenario, door: Door) -> KeyedFlaws:
    yield from _beyond(door, _DOOR)
    known = {room.name for room in scenario.rooms}
    for name in door.rooms:
        room = _room(scenario, name)
        if room is None:
            yield "between", f"unknown room {name!r}; known: {_list(known | {OUTSIDE})}"
        elif door.height_m > room.height_m:
            yield "height_m", f"{door.height_m:g} m is higher than {name!r}, {room.height_m:g} m"
    if door.between[0] == door.between[1]:
        yield "between", "a door joins two rooms, or a room and outside"
    if door.closes_s is not None and door.closes_s <= door.opens_s:
        yield "closes_s", f"{door.closes_s} is not after opens_s = {door.opens_s}"


def _fire(scenario: Scenario, fire: Burning) -> KeyedFlaws:
    yield from _beyond(fire, _FIRE)
    yield from _spot(scenario, fire.room, fire.at)
    room = _room(scenario, fire.room)
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
        yield "fuel", f"{fire.fuel} does not smolder; these do: {_list(SMOLDERING)}"
    yield from _ends(fire)


def _impossible(scenario: Scenario, event: AtPoints | Storm) -> KeyedFlaws:
    if isinstance(event, Storm):
        known = {line.name for line in scenario.lines}
        for name in event.lines:
            if name not in known:
                yield "lines", f"unknown line {name!r}; known: {_list(known)}"
    else:
        yield from _at_points(scenario, event)
    yield from _ends(event)


def _at_points(scenario: Scenario, event: AtPoints) -> KeyedFlaws:
    kinds = {point.address: point.kind for point in scenario.points}
    smoky = {PointKind.SMOKE, PointKind.MULTI, PointKind.ZIGBEE}
    for address in event.points:
        if address not in kinds:
            yield "points", f"unknown point {address!r}; known: {_list(kinds)}"
        elif isinstance(event, Press) and kinds[address] is not PointKind.MANUAL:
            yield "points", f"{address!r} is no manual call point; only these can be pressed"
        elif isinstance(event, Fire | Cooking | Disturbance) and kinds[address] is PointKind.MANUAL:
            yield "points", f"{address!r} is a manual call point; use an event of kind press for it"
        elif isinstance(event, Dirt) and kinds[address] not in smoky:
            yield "points", f"{address!r} has no smoke chamber that could get dirty"


def _ends(each: object) -> KeyedFlaws:
    """Whether it ends after it begins, if it ends."""
    begins, ends = getattr(each, "at_s", 0.0), getattr(each, "until_s", None)
    if ends is not None and ends <= begins:
        yield "until_s", f"{ends} is not after at_s = {begins}"


def _expected(scenario: Scenario) -> Iterator[Flaw]:
    if scenario.expect is None:
        return
    points = {point.address for point in scenario.points}
    known = points | {each.name for each in (*scenario.lines, *scenario.sources)}
    for key, names in scenario.expect.names().items():
        for name in names:
            if name not in (points if "alarm" in key else known):
                yield ("expect", key), f"unknown point {name!r}; known: {_list(points)}"


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _is_bridge(dialect: Dialect | None) -> bool:
    return dialect is not None and dialect is not Dialect.TOCSIN
