"""Finds detectors alone in their room, which no other one can confirm behind a closed door."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import assert_never

from registry.model.places import Point, PointKind, Zone
from registry.model.registry import Registry
from registry.model.rules import RuleKind

DETECTORS = frozenset(set(PointKind) - {PointKind.MANUAL, PointKind.FLOW})
"""Kinds of points that may confirm another point; the rest needs no confirmation itself."""


def room_of(point: Point) -> str | None:
    """Return the room of *point*: its *room*, else its *place*; None where neither is known."""
    if point.room is not None:
        return point.room
    return " ".join(unicodedata.normalize("NFC", point.place).casefold().split()) or None


def alone_in_zone(zone: Zone, points: Iterable[Point], beside: Iterable[Point]) -> frozenset[str]:
    """Return the detectors of *zone* that are alone; *beside* are the points of its zones beside.

    A detector whose room is not known may hang anywhere: it is alone only without any other, and no
    other is alone beside it.
    """
    own = {each.id: room_of(each) for each in points if each.kind in DETECTORS}
    near = own | {each.id: room_of(each) for each in beside if each.kind in DETECTORS}
    if len(near) == 1:
        return frozenset(own)
    in_room = Counter(near.values())
    if in_room[None]:
        return frozenset()
    return frozenset(name for name, room in own.items() if in_room[room] == 1)


def room_notes(registry: Registry) -> list[str]:
    """Return a sentence for each zone with detectors that are alone, and how they are confirmed."""
    points: dict[tuple[str, str], list[Point]] = defaultdict(list)
    for point in registry.points:
        points[point.premises, point.zone].append(point)
    return [note for zone in registry.zones for note in _note(zone, points)]


def _note(zone: Zone, points: dict[tuple[str, str], list[Point]]) -> Iterator[str]:
    beside = [p for name in zone.confirmed_with for p in points.get((zone.premises, name), ())]
    own = [p for p in points.get((zone.premises, zone.id), ()) if not _needs_nobody(zone, p)]
    alone = alone_in_zone(zone, own, [*points.get((zone.premises, zone.id), ()), *beside])
    if alone and (consequence := _consequence(zone)):
        yield f"zones {zone.key!r}: no other detector in the room of {_listed(alone)}: {consequence}"


def _needs_nobody(zone: Zone, point: Point) -> bool:
    """Return whether *point* can meet the rule of *zone* by itself: it measures several quantities."""
    return zone.rule is RuleKind.TWO_QUANTITIES and point.kind is PointKind.MULTI


def _consequence(zone: Zone) -> str | None:
    if zone.rule is None:
        retard = zone.figure("retard_s", RuleKind.VERIFICATION)
        return (
            f"confirmed by verification, one that stands for {retard:g} s is a fire. Where they share "
            'open space with others write the same room = "..." for them, or rule = "type_b"'
        )
    if (wait := _unconfirmed_after_s(zone, zone.rule)) is None:
        return None
    return (
        f"by {zone.rule} a fire that only one of them sees is sent after {wait:g} s, unconfirmed. Where "
        'a door can part them from the others write rule = "verification" or "immediate"; where none '
        'can, the same room = "..." for them'
    )


def _unconfirmed_after_s(zone: Zone, rule: RuleKind) -> float | None:
    """Return after how many seconds *rule* sends a fire that one detector sees; None if it confirms it
    or notifies the suspicion at once.
    """
    match rule:
        case RuleKind.TYPE_A | RuleKind.TYPE_B | RuleKind.TWO_QUANTITIES:
            return zone.figure("window_s")
        case RuleKind.IMMEDIATE | RuleKind.TYPE_C | RuleKind.VERIFICATION | RuleKind.STAFFED:
            return None
        case _:
            assert_never(rule)


_MOST_NAMED = 10


def _listed(names: Iterable[str]) -> str:
    ordered = sorted(names)
    more = len(ordered) - _MOST_NAMED
    first = ", ".join(ordered[:_MOST_NAMED])
    return f"{first} and {more} more" if more > 0 else first
