"""The units on the scene of an incident: who is near or responsible, on duty now, with which means."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from alerting.http.engaged_forces import EngagedForces
from contract.http.acts import ForceKind
from contract.http.scene import OnDuty, ReadyMeans, SceneUnit
from registry.domain.distance import Coordinates
from registry.domain.index import Index
from registry.domain.resources import Resources, distance_from
from registry.model.contacts import Contact
from registry.model.local_time import local_day
from registry.model.resources import Means, MeansState, Unit


class UnitsOnScene:
    """The units of *resources* as they stand *now*, seen from premises that are *at* a place."""

    def __init__(
        self,
        index: Index,
        resources: Resources,
        at: Coordinates | None,
        now: datetime,
        *,
        engaged: EngagedForces,
    ) -> None:
        self._engaged = engaged
        self._index = index
        self._resources = resources
        self._at = at
        self._now = now

    def near(self, premises: str, count: int) -> list[SceneUnit]:
        """Return the team of *premises*, and up to *count* units that are nearest, the nearest first."""
        day = local_day(self._now)
        own = list(self._resources.units_of(premises, day))
        near = (
            []
            if self._at is None
            else self._resources.units_near(self._at, count, day=day, premises=premises)
        )
        units = dict.fromkeys(each.id for each in own)
        found = [*own, *(each.thing for each in near if each.thing.id not in units)]
        return [self._shown(each, None) for each in found]

    def responsible(self, areas: Sequence[str], day: date) -> list[SceneUnit]:
        """Return the units that covered *areas* on *day*."""
        found = self._resources.responsible(areas, day)
        return [self._shown(each.unit, each.area) for each in found]

    def _shown(self, unit: Unit, area: str | None) -> SceneUnit:
        away, means = distance_from(self._at, unit.lat, unit.lon), self._resources.means_of(unit.id)
        ready = [each for each in means if each.state is MeansState.READY]
        return SceneUnit(
            id=unit.id,
            name=unit.name,
            kind=unit.kind,
            area=area,
            distance_m=None if away is None else round(away),
            address=unit.address,
            contacts=self._people(unit.contacts),
            on_duty=self._crew(unit.roster),
            ready=[self._ready(each) for each in ready],
            not_ready=len(means) - len(ready),
            engaged=self._engaged.of(ForceKind.UNIT, unit.id),
        )

    def _ready(self, means: Means) -> ReadyMeans:
        return ReadyMeans(
            id=means.id,
            name=means.name,
            kind=means.kind,
            plate=means.plate,
            volume_m3=means.volume_m3,
            flow_ls=means.flow_ls,
            on_duty=self._crew(means.roster),
            engaged=self._engaged.of(ForceKind.MEANS, means.id),
        )

    def _crew(self, roster: str | None) -> list[OnDuty]:
        """Return who is on duty now by *roster*."""
        found = None if roster is None else self._index.on_duty(roster, self._now)
        return self._people(found or ())

    def _people(self, names: Iterable[str]) -> list[OnDuty]:
        return [self._person(each) for each in names]

    def _person(self, name: str) -> OnDuty:
        found = self._index.contact(name)
        if not isinstance(found, Contact):
            return OnDuty(contact=name, name=name, phone="")
        return OnDuty(contact=name, name=found.name, phone=found.phone or "")
