"""The people who learn that protection is taken away at premises, and the points that call for help."""

from collections.abc import Iterable
from datetime import date

from registry.domain.index import Index, Unregistered
from registry.model.places import PointKind
from registry.model.policies import COMMAND_CENTER


def told_of_overrides(index: Index, premises: str, *, day: date) -> tuple[str, ...]:
    """Return the command center, and the people of *premises*; its area's team where none is reachable.

    So nobody takes protection away without anybody there being told, unless nobody is registered there.
    """
    place = index.premises(premises)
    people = () if isinstance(place, Unregistered) else _reachable(index, place.people)
    return COMMAND_CENTER, *(people or _reachable(index, index.area_team(premises, day)))


def call_points(index: Index, premises: str) -> frozenset[str]:
    """Return the names of the manual call points of *premises*."""
    points = index.points_of(premises).items()
    return frozenset(name for name, point in points if point.kind is PointKind.MANUAL)


def _reachable(index: Index, people: Iterable[str]) -> tuple[str, ...]:
    """Return those of *people* who have an address; a roster has people who do."""
    return tuple(each for each in people if _has_address(index, each))


def _has_address(index: Index, name: str) -> bool:
    contact = index.contact(name)
    if isinstance(contact, Unregistered):
        return not isinstance(index.roster(name), Unregistered)
    return bool(contact.addresses)
