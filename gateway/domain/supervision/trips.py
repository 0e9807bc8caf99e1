"""Times at which points tripped last, for a walk test."""

from collections.abc import Iterable

from contract.messages import Edge, Kind, Scope
from gateway.domain.model.conditions import ConditionChange

_TRIPS = frozenset({Kind.FIRE, Kind.PREALARM, Kind.TEST})
"""A detector on test answers smoke from a pole with ``test``."""


class TripTimes:
    """Times of the last alarm of each point, in microseconds since 1970; as many as there are points."""

    def __init__(self) -> None:
        self._times: dict[str, int] = {}

    def note_changes(self, changes: Iterable[ConditionChange]) -> None:
        """Note each alarm, pre-alarm or test that begins at a point in *changes*."""
        for each in changes:
            if each.scope is Scope.POINT and each.edge is Edge.RAISED and each.kind in _TRIPS:
                self._times[each.name] = each.at

    def tripped_at(self, name: str) -> int | None:
        """Return when the point *name* tripped last; None if it did not since the gateway began."""
        return self._times.get(name)
