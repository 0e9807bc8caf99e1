"""An order of a person for a while: a test, a drill, a silence, maintenance. All of them expire.

Each takes protection away, so that it holds only once it needs no approval any more.
"""

from msgspec import Struct

from alerting.domain.model.incident import Incident, IncidentKind
from contract import incidents as wire
from contract.times import SECOND, Micros
from registry.model.places import PointKind

_HOUR = 3_600 * SECOND

LONGEST: dict[IncidentKind, Micros] = {
    IncidentKind.TEST: 8 * _HOUR,
    IncidentKind.DRILL: 4 * _HOUR,
    IncidentKind.SILENCE: 24 * _HOUR,
    IncidentKind.MAINTENANCE: 168 * _HOUR,
}
"""The longest duration of each, in microseconds: a shift, a morning, a day, a week. Longer work orders
it again."""

OVERRIDES = frozenset(LONGEST)
"""The kinds of incident that are overrides."""

OF_POINTS = frozenset({IncidentKind.TEST, IncidentKind.DRILL})
"""Overrides that change the meaning of a fire signal; they must name points or zones."""

WARN_BEFORE = 300 * SECOND
"""Microseconds before the end of a test at which its tester learns which points still stand."""


OverridePhase = wire.OverridePhase
"""The phase of an override, as every interface names it."""


class TestedSignal(Struct, frozen=True):
    """A signal of a point on test."""

    name: str
    kind: str
    edge: str
    at: Micros


class Override(Incident, frozen=True, kw_only=True):
    """An order of *by* from *begins* to *ends*, for *zones* and *points*, or for the whole premises.

    The *tester* of a test is notified of its *signals*. *told* are notified of the order itself, every
    *remind* microseconds while it holds, for the *notices*-th time. *account* is the account of who
    ordered it; *approve_until* is set as long as a second person, *approved_by*, has not approved it.
    One that *extends* goes beyond what is permitted in a row.
    """

    phase: OverridePhase
    by: str
    begins: Micros
    ends: Micros
    zones: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    tester: str | None = None
    note: str = ""
    signals: tuple[TestedSignal, ...] = ()
    turn: int = 0
    account: str = ""
    approve_until: Micros = 0
    approved_by: str | None = None
    told: tuple[str, ...] = ()
    remind: Micros = 0
    notices: int = 0
    extends: bool = False

    @property
    def never_held(self) -> bool:
        """Whether it has not been approved, so that it never took anything away."""
        return self.approve_until > 0

    @property
    def held_until(self) -> Micros:
        """The end of it, by its order or before that by a person."""
        return self.ends if self.closed_at is None else min(self.ends, self.closed_at)

    def holds_at(self, moment: Micros) -> bool:
        """Return whether it holds at *moment*."""
        return not self.never_held and self.begins <= moment < self.held_until

    def covers(self, point: str, zone: str | None, kind: str | None = None) -> bool:
        """Return whether it is for *point* of *zone*; *kind* is that of the point where it is known.

        A test or a drill takes a call point away by its own name only: a person's call for help must
        not be lost with the detectors of a zone.
        """
        if kind == PointKind.MANUAL and self.kind in OF_POINTS:
            return point in self.points
        return self.is_for_all or point in self.points or (zone is not None and zone in self.zones)

    @property
    def is_for_all(self) -> bool:
        """Whether it is for the whole of the premises."""
        return not (self.zones or self.points)
