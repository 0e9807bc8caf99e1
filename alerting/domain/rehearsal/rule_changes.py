"""Names the differences between two registries in how a fire is confirmed, zone by zone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from registry.model.places import Point, Zone
from registry.model.registry import Registry
from registry.model.rules import FIGURES


class ZoneKey(NamedTuple):
    """A zone of premises; the name is empty for points that nobody registered."""

    premises: str
    zone: str


_NOTHING = frozenset[Point]()


def rule_changes(before: Registry, after: Registry) -> dict[ZoneKey, str]:
    """The zones of which something else may be decided: "type_b → immediate", by premises and zone."""
    zones = [{ZoneKey(each.premises, each.id): each for each in one.zones} for one in (before, after)]
    points = [_points_of(one) for one in (before, after)]
    found = dict[ZoneKey, str]()
    for key in sorted({*zones[0], *zones[1], *points[0], *points[1]}):
        of_zone = _zone(zones[0].get(key), zones[1].get(key))
        of_points = _points(points[0].get(key, _NOTHING), points[1].get(key, _NOTHING))
        if words := [*of_zone, *of_points]:
            found[key] = "; ".join(words)
    return found


def _points_of(registry: Registry) -> dict[ZoneKey, frozenset[Point]]:
    found: dict[ZoneKey, set[Point]] = defaultdict(set)
    for point in registry.points:
        found[ZoneKey(point.premises, point.zone)].add(point)
    return {key: frozenset(each) for key, each in found.items()}


def _zone(before: Zone | None, after: Zone | None) -> Iterator[str]:
    if before is None or after is None:
        if before is not after:
            yield "zone removed" if after is None else f"new zone, {_rule(after)}"
        return
    if before.rule is not after.rule:
        yield f"{_rule(before)} → {_rule(after)}"
    for name in dict.fromkeys(name for rule in after.rules for name in FIGURES[rule]):
        old, new = _figure(before, name), _figure(after, name)
        if old != new and old is not None:
            yield f"{name} {old:g} → {new:g}"
    if set(before.confirmed_with) != set(after.confirmed_with):
        yield f"confirmed_with {_list(before.confirmed_with)} → {_list(after.confirmed_with)}"
    if before.building != after.building:
        yield f"building {before.building or 'none'} → {after.building or 'none'}"


def _rule(zone: Zone) -> str:
    return zone.rule.value if zone.rule is not None else "default"


def _figure(zone: Zone, name: str) -> float | None:
    return next((zone.figure(name, rule) for rule in zone.rules if name in FIGURES[rule]), None)


def _points(before: frozenset[Point], after: frozenset[Point]) -> Iterator[str]:
    old, new = {each.id for each in before}, {each.id for each in after}
    for word, names in (
        ("without", old - new),
        ("with", new - old),
        ("changed", {each.id for each in after - before} & old),
    ):
        if names:
            yield f"{word} {_list(sorted(names))}"


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
