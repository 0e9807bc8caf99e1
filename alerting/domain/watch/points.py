"""Compares the points that are registered with those that gateways say they have, one by one."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from contract.messages import Edge, Inventory, Kind
from registry.model.places import Point, PointKind

SEPARATOR = ":"
"""Stands between a reason and the names in it; no name has it."""

MOST_UNREGISTERED = 1_000
"""Points of one gateway that are reported as unregistered, in the order of their names: anybody can make
up names, and whoever registers a large panel by hand does not read more of them.
"""

JUDGES_BY_ITSELF = "level"
"""The kind of a configured point whose detector judges for itself: it may be any kind of detector."""


class PointDifference(StrEnum):
    """A difference between the registry and the gateways about a point (docs/protocol.md, 4.7)."""

    MISSING = "missing"
    AT_OTHER_GATEWAY = "at_other_gateway"
    KIND_DIFFERS = "kind_differs"
    UNREGISTERED = "unregistered"


@dataclass(frozen=True, slots=True, order=True)
class Deviation:
    """A point about which registry and gateways differ.

    *gateway* is that of its registration, or for an unregistered point the one that has it.
    """

    gateway: str
    point: str
    reason: str

    @property
    def difference(self) -> PointDifference:
        """The difference that the reason begins with."""
        return PointDifference(self.reason.partition(SEPARATOR)[0])

    @property
    def kind(self) -> Kind:
        """The kind of signal that reports it: a point too many harms nobody."""
        return Kind.SUPERVISORY if self.difference is PointDifference.UNREGISTERED else Kind.FAULT

    @property
    def witness(self) -> str:
        """The gateway whose inventory proves it."""
        _, *names = self.reason.split(SEPARATOR)
        return names[1] if self.difference is PointDifference.AT_OTHER_GATEWAY else self.gateway


@dataclass(frozen=True, slots=True)
class PointFinding:
    """A deviation began or ended."""

    deviation: Deviation
    edge: Edge
    value: float | None = None

    @property
    def reason(self) -> str:
        """The reason, with the names that differ."""
        return self.deviation.reason


def parse_deviation(gateway: str, point: str, reason: str) -> Deviation | None:
    """Return the deviation that is stored under *reason*; None if another version stored it."""
    found = Deviation(gateway, point, reason)
    try:
        names = reason.count(SEPARATOR)
        takes_names = found.difference in {
            PointDifference.AT_OTHER_GATEWAY,
            PointDifference.KIND_DIFFERS,
        }
    except ValueError:
        return None
    return found if names == (2 if takes_names else 0) else None


def configured(inventory: Inventory) -> dict[str, str]:
    """Return the kind of each point that the gateway is configured with."""
    parts = inventory.heard, inventory.never_heard
    return {name: kind for part in parts for kind, names in part.items() for name in names}


def deviations(
    registered: Mapping[str, Point],
    inventories: Mapping[str, Inventory],
    *,
    held: Collection[Deviation],
    awaited: Collection[str],
) -> set[Deviation]:
    """Return what differs at one premises, where *held* did before.

    *inventories* are those of the gateways that are heard; without one nothing begins or ends. While
    gateways are *awaited*, which have not sent theirs yet, a point that nobody reports may be theirs.
    """
    has = {gateway: configured(each) for gateway, each in inventories.items()}
    found = set(_of_configured(registered, has))
    missing = set(_missing(registered, inventories, has))
    found |= missing & set(held) if awaited else missing
    unproved = {each for each in held if each.witness not in inventories}
    return found | {each for each in unproved if _may_stand(each, registered)}


def findings(before: Collection[Deviation], after: Collection[Deviation]) -> list[PointFinding]:
    """Return what ended and what began, in an order that does not depend on chance."""
    ended = sorted(set(before) - set(after))
    began = sorted(set(after) - set(before))
    return [PointFinding(each, Edge.RESTORED) for each in ended] + [
        PointFinding(each, Edge.RAISED) for each in began
    ]


def _of_configured(
    registered: Mapping[str, Point], has: Mapping[str, Mapping[str, str]]
) -> Iterator[Deviation]:
    for gateway, points in has.items():
        for name in sorted(points.keys() - registered.keys())[:MOST_UNREGISTERED]:
            yield Deviation(gateway, name, PointDifference.UNREGISTERED.value)
        for name in points.keys() & registered.keys():
            point, kind = registered[name], points[name]
            if point.gateway != gateway:
                reason = _named(PointDifference.AT_OTHER_GATEWAY, point.gateway, gateway)
                yield Deviation(point.gateway, name, reason)
            elif not _fits(point.kind, kind):
                reason = _named(PointDifference.KIND_DIFFERS, point.kind.value, kind)
                yield Deviation(gateway, name, reason)


def _missing(
    registered: Mapping[str, Point],
    inventories: Mapping[str, Inventory],
    has: Mapping[str, Mapping[str, str]],
) -> Iterator[Deviation]:
    elsewhere = {name for points in has.values() for name in points}
    for name, point in registered.items():
        own = inventories.get(point.gateway)
        if own is not None and name not in elsewhere and name not in own.unconfigured:
            yield Deviation(point.gateway, name, PointDifference.MISSING.value)


def _may_stand(held: Deviation, registered: Mapping[str, Point]) -> bool:
    """Return whether the registry still allows a deviation of which no gateway tells anything now."""
    point = registered.get(held.point)
    if held.difference is PointDifference.UNREGISTERED:
        return point is None
    if point is None or point.gateway != held.gateway:
        return False
    names = held.reason.split(SEPARATOR)
    return held.difference is not PointDifference.KIND_DIFFERS or names[1] == point.kind.value


def _fits(registered: PointKind, kind: str) -> bool:
    if kind == JUDGES_BY_ITSELF:
        return registered is not PointKind.MANUAL
    return kind == registered.value


def _named(difference: PointDifference, *names: str) -> str:
    return SEPARATOR.join((difference.value, *names))
