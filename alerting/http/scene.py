"""The scene of an incident over HTTP: what a commander asks first, in one answer (docs/registry.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from accounts.domain.rights import Rights
from alerting.domain.model.incident import Incident
from alerting.engine.engine import Engine
from alerting.http.access import rights_of
from alerting.http.burning import burning
from alerting.http.engaged_forces import EngagedForces
from alerting.http.known_places import KnownPlaces, areas_shown, commanders_shown, scores_shown
from alerting.http.lookup import Reach, existing_incident, named_in
from alerting.http.scene_units import UnitsOnScene
from alerting.store.engaged import engaged_forces
from alerting.store.store import CenterStore
from contract.http import scene as wire
from contract.http.permissions import Permission
from contract.ids import IncidentId
from contract.times import from_micros, to_micros
from registry.domain.distance import Coordinates
from registry.domain.four_on_the_spot import SpotFacts, four_on_the_spot
from registry.domain.index import Index
from registry.domain.on_site import is_night
from registry.domain.resources import Resources, coordinates_of, distance_from
from registry.model.facilities import Document, DocumentKind
from registry.model.local_time import local_day
from registry.model.resources import WaterSource
from runtime.clock import Clock
from runtime.json_answers import json_answer

WATER_SHOWN = 8
"""Public sources of water that a scene names: the nearest ones."""

UNITS_SHOWN = 5
"""Units that a scene names because they are near."""


class SceneApi:
    """Answers with the scene of an incident.

    All of it is put together in a thread that reads, from the version of the registry that is in use:
    an alarm waits neither for the event loop nor for the thread of the database.
    """

    def __init__(self, engine: Engine, clock: Clock, known: KnownPlaces) -> None:
        self._read = engine.transactions.read_for_web
        self._clock = clock
        self._known = known

    def routes(self) -> list[web.RouteDef]:
        """Return the route."""
        return [web.get("/api/v1/incidents/{id}/scene", self.scene)]

    async def scene(self, request: web.Request) -> web.Response:
        """``GET /api/v1/incidents/{id}/scene``."""
        incident_id, rights, now = named_in(request), rights_of(request), self._clock()
        return json_answer(
            await self._read(lambda store: self._found(store, incident_id, rights, now=now))
        )

    def _found(
        self, store: CenterStore, incident_id: IncidentId, rights: Rights, *, now: datetime
    ) -> wire.IncidentScene:
        incident = existing_incident(store, incident_id, Reach(rights, Permission.INCIDENTS_READ))
        index = self._known.index
        day = local_day(from_micros(incident.opened_at))
        areas = list(rights.tree.above(incident.site.id, day))
        facts = self._known.facts(index, incident.site.id, areas, day=day)
        engaged = EngagedForces(engaged_forces(store.connection), rights)
        resources = self._known.resources(index)
        return _Scene(incident, index, resources, areas, facts, now, engaged).shown()


@dataclass(frozen=True, slots=True)
class _Scene:
    """An *incident*, and what *index* knows *now* of its premises, which *areas* held on its day."""

    incident: Incident
    index: Index
    resources: Resources
    areas: Sequence[str]
    facts: SpotFacts
    now: datetime
    engaged: EngagedForces

    def shown(self) -> wire.IncidentScene:
        """Return the scene as the interface shows it."""
        units = UnitsOnScene(self.index, self.resources, self._at, self.now, engaged=self.engaged)
        incident, facility = self.incident, self.facts.facility
        return wire.IncidentScene(
            incident=incident.id,
            kind=incident.kind,
            phase=str(incident.phase),
            opened_at=incident.opened_at,
            at=to_micros(self.now),
            premises=self._premises(),
            burning=burning(incident, self.facts.record),
            inside=self._inside(),
            command=commanders_shown(self.facts.commanders),
            hazards=wire.Hazards(
                hazard_class=facility.hazard_class,
                hazards=facility.hazards,
                fire_resistance=facility.fire_resistance,
            ),
            access=self._access(),
            systems=[
                wire.SceneSystem(name=each.name, kind=each.kind, state=each.state, note=each.note)
                for each in self.facts.record.systems
            ],
            water=self._water(),
            units=units.near(incident.site.id, UNITS_SHOWN),
            responsible=units.responsible(self.areas, local_day(from_micros(incident.opened_at))),
            plans=[_document(each) for each in self._plans()],
            four_on_the_spot=scores_shown(four_on_the_spot(self.facts)),
        )

    @property
    def _at(self) -> Coordinates | None:
        row = self.facts.record.premises
        return None if row is None else coordinates_of(row.lat, row.lon)

    def _premises(self) -> wire.ScenePremises:
        site, row, facility = self.incident.site, self.facts.record.premises, self.facts.facility
        return wire.ScenePremises(
            id=site.id,
            name=site.name,
            address=site.address,
            registered=row is not None,
            lat=None if row is None else row.lat,
            lon=None if row is None else row.lon,
            line_of_business=facility.line_of_business,
            floors_above=facility.floors_above,
            basements=facility.basements,
            fire_height_m=facility.fire_height_m,
            areas=areas_shown(self.index, self.areas),
        )

    def _inside(self) -> wire.PeopleInside:
        by_day, by_night = self.facts.facility.people_by_day, self.facts.facility.people_by_night
        part = wire.DayPart.NIGHT if is_night(self.now) else wire.DayPart.DAY
        inside = by_night if part is wire.DayPart.NIGHT else by_day
        return wire.PeopleInside(part=part, now=inside, by_day=by_day, by_night=by_night)

    def _access(self) -> wire.WaysIn:
        facility, roads = self.facts.facility, self.facts.record.roads
        return wire.WaysIn(
            width_m=facility.road_width_m,
            height_m=facility.road_height_m,
            roads=[
                wire.Road(
                    name=each.name,
                    width_m=each.width_m,
                    height_m=each.height_m,
                    lat=each.lat,
                    lon=each.lon,
                    note=each.note,
                )
                for each in roads
            ],
            parking=facility.engine_parking,
            parking_places=facility.engine_places,
            keys=facility.keys,
            power_cut_off=facility.power_cut_off,
            outdoor_areas=facility.outdoor_areas,
        )

    def _water(self) -> list[wire.SceneWater]:
        own = self.resources.water_of(self.incident.site.id)
        near = [] if self._at is None else self.resources.public_water(self._at, WATER_SHOWN)
        return [
            *(_source(each, distance_from(self._at, each.lat, each.lon)) for each in own),
            *(_source(each.thing, each.distance_m) for each in near),
        ]

    def _plans(self) -> list[Document]:
        """Return the fire plans of the premises, then their photographs."""
        kinds = (DocumentKind.FIRE_PLAN, DocumentKind.PHOTO)
        found = (each for each in self.facts.record.documents if each.kind in kinds)
        return sorted(found, key=lambda each: kinds.index(each.kind))


def _source(source: WaterSource, distance_m: float | None) -> wire.SceneWater:
    return wire.SceneWater(
        id=source.id,
        name=source.name,
        kind=source.kind,
        place=source.place,
        on_premises=source.premises is not None,
        usable=source.usable,
        distance_m=None if distance_m is None else round(distance_m),
        lat=source.lat,
        lon=source.lon,
        count=source.count,
        volume_m3=source.volume_m3,
        flow_ls=source.flow_ls,
        engines=source.engines,
        note=source.note,
    )


def _document(document: Document) -> wire.SceneDocument:
    return wire.SceneDocument(
        name=document.name,
        kind=document.kind,
        file=document.file,
        issued_on=None if document.issued_on is None else document.issued_on.isoformat(),
    )
