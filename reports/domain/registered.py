"""The registry over a period: which points of which premises were registered when, and in which area."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from contract.times import Micros
from registry.domain.area_history import AreaHistory
from registry.model.areas import Membership
from reports.domain.incident_fact import PointName


class PointModel(NamedTuple):
    """The maker and the model of a point; both are empty where nobody wrote them down."""

    make: str
    model: str


UNKNOWN_MODEL = PointModel("", "")

NO_AREAS = AreaHistory(())
"""The history where no area is registered."""


@dataclass(frozen=True, slots=True)
class PremisesSpan:
    """Premises as they were registered from *begin* on and before *end*."""

    premises: str
    begin: Micros
    end: Micros
    name: str
    area: str | None
    points: Mapping[PointName, PointModel] = field(default_factory=dict)
    gateways: frozenset[str] = frozenset()
    memberships: tuple[Membership, ...] = ()

    @property
    def micros(self) -> Micros:
        """The time that it lasts."""
        return self.end - self.begin


class RegisteredPremises:
    """The spans of premises in one period, of each in the order of time, and the *history* of areas."""

    def __init__(self, spans: Iterable[PremisesSpan], *, history: AreaHistory = NO_AREAS) -> None:
        self._spans: dict[str, list[PremisesSpan]] = {}
        for each in spans:
            self._spans.setdefault(each.premises, []).append(each)
        self._history = history

    def __iter__(self) -> Iterator[PremisesSpan]:
        for each in self._spans.values():
            yield from each

    def clipped(self, until: Micros) -> "RegisteredPremises":
        """Return what was registered before *until*."""
        kept = (each for each in self if each.begin < until)
        spans = (replace(each, end=min(each.end, until)) for each in kept)
        return RegisteredPremises(spans, history=self._history)

    def names(self) -> Iterator[str]:
        """Yield the ids of all premises."""
        yield from self._spans

    def of(self, premises: str) -> Sequence[PremisesSpan]:
        """Return the spans of *premises*."""
        return self._spans.get(premises, ())

    def at(self, premises: str, moment: Micros) -> PremisesSpan | None:
        """Return *premises* as they were registered at *moment*, or last before it; None if never."""
        known = [each for each in self.of(premises) if each.begin <= moment]
        return known[-1] if known else next(iter(self.of(premises)), None)

    def area_of(self, premises: str, moment: Micros, *, day: date) -> str:
        """Return the area of *premises* at *moment*, as of its local *day*.

        Empty where they are in none, where it cannot be told in which one, and where they are not
        registered.
        """
        found = self.at(premises, moment)
        if found is None:
            return ""
        return self._history.unit_of(found.area, day, found.memberships).area or ""

    def model_of(self, premises: str, point: PointName | None, moment: Micros) -> PointModel:
        """Return the model of *point* as it was registered at *moment*."""
        found = self.at(premises, moment)
        if found is None or point is None:
            return UNKNOWN_MODEL
        return found.points.get(point, UNKNOWN_MODEL)

    def name_of(self, premises: str) -> str:
        """Return the last name of *premises*; the id where they are not registered."""
        spans = self.of(premises)
        return spans[-1].name if spans else premises

    def name_of_area(self, area: str) -> str:
        """Return the name of *area*; its id where that is not registered any more."""
        known = self._history.areas.get(area)
        return area if known is None else known.name
