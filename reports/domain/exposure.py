"""The exposure of points to false alarms: point-days, by model and by premises."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from contract.times import SECOND, Micros
from reports.domain.registered import PointModel, PremisesSpan

DAY = 86_400 * SECOND
"""Microseconds of a day."""

YEAR_DAYS = 365
"""Days of the year that a rate is over."""


LEAST_EXPOSED = 30 * DAY
"""A month of one point: a rate of less is an accident, scaled up to a year."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """The time for which points were registered, added up over points, in microseconds."""

    by_model: Counter[PointModel] = field(default_factory=Counter)
    by_premises: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> Micros:
        """The time of all points together."""
        return self.by_premises.total()


def exposure(spans: Iterable[PremisesSpan]) -> Exposure:
    """Return the exposure of all points in *spans*, which lie within the period."""
    found = Exposure()
    for span in spans:
        found.by_premises[span.premises] += span.micros * len(span.points)
        for model in span.points.values():
            found.by_model[model] += span.micros
    return found


def rate(count: int, exposed: Micros) -> float | None:
    """Return *count* for 100 points and a year of the time *exposed*; None where that is too short."""
    if exposed < LEAST_EXPOSED:
        return None
    return count * 100 * YEAR_DAYS * DAY / exposed
