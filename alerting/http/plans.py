"""The plan of a floor over HTTP: its picture, with zones and points on it, and what is in fire."""

from collections.abc import Iterator, Mapping
from functools import partial

from aiohttp import web

from accounts.domain.rights import Rights
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import Incident
from alerting.engine.engine import Engine
from alerting.engine.operators import NoSuchIncident
from alerting.http.access import rights_of
from alerting.http.files import file_answer
from alerting.http.known_places import KnownPlaces
from alerting.http.lookup import Reach, existing_incident
from alerting.http.premises import check_premises
from alerting.store.store import CenterStore
from contract.http.checking import LONGEST_SHOWN, read_query
from contract.http.permissions import Permission
from contract.http.plans import PlanQuery
from contract.ids import IncidentId
from registry.attachments.folder import DamagedFile, NoSuchFile
from registry.attachments.kinds import FileKind
from registry.attachments.plan_view import FireState, PlanFile, PlanMark, PlanTexts, draw_plan
from registry.attachments.service import FileService
from registry.model.facilities import Floor, Position
from registry.model.records import PremisesRecord
from words.catalogue import Words, family
from words.loading import catalogue
from words.people_text import shown

STATES = family("plan_state", (FireState.IN_FIRE, FireState.RESTORED))
"""The words of the states of zones and points; a quiet one has none."""

SVG = "image/svg+xml"


class PlansApi:
    """Answers with plans of floors, drawn in a thread of *files*."""

    def __init__(self, engine: Engine, known: KnownPlaces, files: FileService | None) -> None:
        self._read = engine.transactions.read_for_web
        self._known = known
        self._files = files

    def routes(self) -> list[web.RouteDef]:
        """Return the route."""
        return [web.get("/api/v1/premises/{premises}/floors/{floor}/plan.svg", self.plan)]

    async def plan(self, request: web.Request) -> web.Response:
        """``GET /api/v1/premises/{premises}/floors/{floor}/plan.svg``."""
        asked, rights = read_query(request.query, PlanQuery), rights_of(request)
        premises, index = request.match_info["premises"], self._known.index
        check_premises(index, premises, rights)
        record = index.record(premises)
        floor = _floor(record, request.match_info["floor"])
        states = await self._states(asked.incident, premises, rights)
        plan = await self._plan(floor)
        words = catalogue().words(asked.lang)
        marks = list(_marks(record, floor, states))
        drawn = partial(draw_plan, plan, marks, _texts(record, floor, marks, words=words, plan=plan))
        content = drawn() if self._files is None else await self._files.in_thread(drawn)
        return file_answer(content, SVG, name=f"{premises}-{floor.id}.svg")

    async def _plan(self, floor: Floor) -> PlanFile | None:
        """Return the picture of *floor*; None where there is none, or it cannot be read for now."""
        if floor.plan is None or self._files is None:
            return None
        try:
            record, content = await self._files.content(floor.plan)
        except (NoSuchFile, DamagedFile):
            return None
        return PlanFile(record.kind, content, record.width, record.height)

    async def _states(
        self, incident: str | None, premises: str, rights: Rights
    ) -> Mapping[str, FireState]:
        if incident is None:
            return {}
        reach = Reach(rights, Permission.INCIDENTS_READ)

        def find(store: CenterStore) -> Incident:
            found = existing_incident(store, IncidentId(incident), reach)
            if found.site.id != premises:
                raise NoSuchIncident(incident)
            return found

        return _in_fire(await self._read(find))


def _in_fire(incident: Incident) -> Mapping[str, FireState]:
    """Return the state of each zone ("zone/NAME") and point ("point/NAME") that *incident* is about."""
    if not isinstance(incident, FireIncident):
        return {}
    points = {
        f"point/{each.name}": FireState.IN_FIRE if each.restored_at is None else FireState.RESTORED
        for each in incident.points.in_order()
    }
    burning = {each.zone for each in incident.points.in_order() if each.restored_at is None}
    zones = {
        f"zone/{each}": FireState.IN_FIRE if each in burning else FireState.RESTORED
        for each in incident.zones
    }
    return points | zones


def _floor(record: PremisesRecord, name: str) -> Floor:
    """Return the floor *name*; raises HTTPNotFound."""
    found = next((each for each in record.floors if each.id == name), None)
    if found is None:
        known = ", ".join(each.id for each in record.floors) or "none"
        raise web.HTTPNotFound(
            text=f"floor {shown(name[:LONGEST_SHOWN])!r} is not there; known: {known}"
        )
    return found


def _marks(record: PremisesRecord, floor: Floor, states: Mapping[str, FireState]) -> Iterator[PlanMark]:
    for each in record.positions:
        if each.floor == floor.id:
            key = f"zone/{each.zone}" if each.zone else f"point/{each.point}"
            state = states.get(key, FireState.QUIET)
            yield PlanMark(each, _name(record, each), state, is_zone=each.point is None)


def _name(record: PremisesRecord, position: Position) -> str:
    """Return what people call the zone or the point of *position*."""
    zones = {each.id: each.name for each in record.zones}
    if position.point is None:
        return zones.get(position.zone or "", position.zone or position.id)
    point = next((each for each in record.points if each.id == position.point), None)
    return position.point if point is None or not point.place else point.place


def _texts(
    record: PremisesRecord,
    floor: Floor,
    marks: list[PlanMark],
    *,
    words: Words,
    plan: PlanFile | None,
) -> PlanTexts:
    place = record.premises
    name = floor.name or words.text("plan.level", level=floor.level)
    burning = ", ".join(each.name for each in marks if each.state is FireState.IN_FIRE)
    note = ""
    if plan is None:
        note = words.text("plan.no_picture")
    elif plan.kind is FileKind.PDF:
        note = words.text("plan.is_pdf")
    return PlanTexts(
        words.text("plan.title", floor=name, premises="" if place is None else place.name),
        words.text("plan.burning", names=burning) if burning else words.text("plan.nothing_burns"),
        {each: words.name(STATES, each) if each in STATES.members else "" for each in FireState},
        note,
        words.language,
    )
