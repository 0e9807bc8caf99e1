"""Places of the registry in use, for those who ask over HTTP: made once for each version."""

from collections.abc import Sequence
from datetime import date

from alerting.engine.registry_snapshot import ActiveRegistry
from contract.http import premises as wire
from registry.domain.commanders import Commander
from registry.domain.four_on_the_spot import SpotFacts, SpotScore
from registry.domain.index import Index
from registry.domain.on_site import spot_facts
from registry.domain.resources import Resources
from registry.model.registry import Registry
from registry.model.rows import Row


class KnownPlaces:
    """The *registry* in use, with its water, units and means.

    Its methods may be called by a thread that reads: what they make is only kept for the next call, and
    made twice where two ask at once. Alarms need none of it.
    """

    def __init__(self, registry: ActiveRegistry) -> None:
        self._registry = registry
        self._of: tuple[_Tables, Resources] | None = None

    @property
    def index(self) -> Index:
        """The index of the version in use."""
        return self._registry.current.index

    def resources(self, index: Index) -> Resources:
        """Return the water, the units and the means of *index*."""
        tables, kept = _tables(index.shared), self._of
        if kept is None or any(one is not other for one, other in zip(tables, kept[0], strict=True)):
            kept = self._of = tables, Resources(index.shared)
        return kept[1]

    def facts(self, index: Index, premises: str, areas: Sequence[str], *, day: date) -> SpotFacts:
        """Return all that *index* knows of *premises*, which *areas* hold on *day*."""
        return spot_facts(index, self.resources(index), premises, areas=areas, day=day)


_Tables = tuple[Sequence[Row], ...]


def _tables(shared: Registry) -> _Tables:
    """Return the tables of resources: a change of other tables leaves these values as they are."""
    return shared.water, shared.units, shared.coverages, shared.means, shared.successions


def areas_shown(index: Index, names: Sequence[str]) -> list[wire.AreaAbove]:
    """Return the areas *names* with what people call them."""
    known = {each.id: each.name for each in index.areas()}
    return [wire.AreaAbove(id=each, name=known.get(each, each)) for each in names]


def commanders_shown(found: Sequence[Commander]) -> list[wire.Commander]:
    """Return those who command, in order."""
    return [
        wire.Commander(
            post=each.post,
            name=each.name,
            contact=each.contact,
            phone=each.phone,
            role=each.role,
            language=each.language,
        )
        for each in found
    ]


def scores_shown(scores: Sequence[SpotScore]) -> list[wire.SpotScore]:
    """Return the scores of the four on the spot."""
    return [
        wire.SpotScore(part=each.part, percent=each.percent, missing=list(each.missing))
        for each in scores
    ]
