"""An order of a person for a while: a test, a drill, a silence, maintenance. All of them expire."""

from msgspec import Struct

from alerting.domain.model.incident import Incident, IncidentKind
from contract import incidents as wire
from contract.times import SECOND, Micros

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

    The *tester* of a test is notified of its *signals*.
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

    def holds_at(self, moment: Micros) -> bool:
        """Return whether it holds at *moment*."""
        end = self.ends if self.closed_at is None else min(self.ends, self.closed_at)
        return self.begins <= moment < end

    def covers(self, point: str, zone: str | None) -> bool:
        """Return whether it is for *point* of *zone*."""
        return self.is_for_all or point in self.points or (zone is not None and zone in self.zones)

    @property
    def is_for_all(self) -> bool:
        """Whether it is for the whole of the premises."""
        return not (self.zones or self.points)
