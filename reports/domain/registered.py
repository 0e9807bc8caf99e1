"""The registry over a period: which points of which premises were registered when, and in which area."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from contract.times import Micros
from reports.domain.incident_fact import PointName


class PointModel(NamedTuple):
    """The maker and the model of a point; both are empty where nobody wrote them down."""

    make: str
    model: str


UNKNOWN_MODEL = PointModel("", "")


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

    @property
    def micros(self) -> Micros:
        """The time that it lasts."""
        return self.end - self.begin


class RegisteredPremises:
    """The spans of premises in one period, of each in the order of time."""

    def __init__(self, spans: Iterable[PremisesSpan], *, areas: Mapping[str, str] | None = None) -> None:
        self._spans: dict[str, list[PremisesSpan]] = {}
        for each in spans:
            self._spans.setdefault(each.premises, []).append(each)
        self._areas = areas or {}

    def __iter__(self) -> Iterator[PremisesSpan]:
        for each in self._spans.values():
            yield from each

    def clipped(self, until: Micros) -> "RegisteredPremises":
        """Return what was registered before *until*."""
        kept = (each for each in self if each.begin < until)
        spans = (replace(each, end=min(each.end, until)) for each in kept)
        return RegisteredPremises(spans, areas=self._areas)

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

    def area_of(self, premises: str, moment: Micros) -> str:
        """Return the area of *premises* at *moment*; empty where they are in none, or unregistered."""
        found = self.at(premises, moment)
        return "" if found is None else found.area or ""

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
        return self._areas.get(area, area)
