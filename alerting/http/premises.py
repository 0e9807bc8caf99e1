"""Premises over HTTP: the list, and all that is known of one (docs/registry.md)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from aiohttp import web

from accounts.domain.rights import Rights
from alerting.engine.engine import Engine
from alerting.http.access import rights_of
from alerting.http.asked_places import premises_below
from alerting.http.known_places import KnownPlaces, areas_shown, commanders_shown, scores_shown
from contract.http.checking import LONGEST_SHOWN, read_query
from contract.http.permissions import Permission
from contract.http.premises import (
    ListedPremises,
    PremisesInFull,
    PremisesList,
    PremisesListQuery,
    RegistryRow,
)
from registry.domain.four_on_the_spot import four_on_the_spot
from registry.domain.index import Index
from registry.domain.premises_search import PremisesSearch
from registry.model.local_time import local_day
from registry.model.records import LOCAL_TABLES
from registry.model.rows import Row
from runtime.clock import Clock
from runtime.json_answers import json_answer
from words.people_text import shown


class PremisesApi:
    """Answers requests about premises from the registry in use, in a thread that reads."""

    def __init__(self, engine: Engine, clock: Clock, known: KnownPlaces) -> None:
        self._read = engine.transactions.read_for_web
        self._clock = clock
        self._known = known

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of premises."""
        return [
            web.get("/api/v1/premises", self.list_premises),
            web.get("/api/v1/premises/{premises}", self.premises),
        ]

    async def list_premises(self, request: web.Request) -> web.Response:
        """``GET /api/v1/premises``."""
        asked, rights = read_query(request.query, PremisesListQuery), rights_of(request)
        day = local_day(self._clock())
        return json_answer(await self._read(lambda _: self._page(asked, rights, day)))

    async def premises(self, request: web.Request) -> web.Response:
        """``GET /api/v1/premises/{premises}``."""
        name, index, rights = request.match_info["premises"], self._known.index, rights_of(request)
        check_premises(index, name, rights)
        day = local_day(self._clock())
        areas = list(rights.tree.above(name, day))
        return json_answer(await self._read(lambda _: self._in_full(index, name, areas, day=day)))

    def _page(self, asked: PremisesListQuery, rights: Rights, day: date) -> PremisesList:
        index = self._known.index
        names = sorted(_found(index, asked, rights=rights, day=day))
        behind = [each for each in names if asked.after is None or each > asked.after]
        page = behind[: asked.limit]
        return PremisesList(
            premises=[self._listed(index, each, rights, day=day) for each in page],
            total=len(names),
            next=page[-1] if len(behind) > len(page) else None,
        )

    def _listed(self, index: Index, name: str, rights: Rights, *, day: date) -> ListedPremises:
        areas, label = list(rights.tree.above(name, day)), index.labels()[name]
        facts = self._known.facts(index, name, areas, day=day)
        return ListedPremises(
            id=name,
            name=label.name,
            address=label.address,
            area=next(iter(areas), None),
            lat=label.lat,
            lon=label.lon,
            on_the_spot={each.part: each.percent for each in four_on_the_spot(facts)},
        )

    def _in_full(self, index: Index, name: str, areas: Sequence[str], *, day: date) -> PremisesInFull:
        facts, record = self._known.facts(index, name, areas, day=day), index.record(name)
        rows: dict[str, Iterable[Row]] = {table: getattr(record, table) for table in LOCAL_TABLES}
        return PremisesInFull(
            premises={} if record.premises is None else _row(record.premises),
            tables={table: [_row(each) for each in found] for table, found in rows.items()},
            areas=areas_shown(index, areas),
            command=commanders_shown(facts.commanders),
            water=[_row(each) for each in self._known.resources(index).water_of(name)],
            units=[_row(each) for each in facts.units],
            four_on_the_spot=scores_shown(four_on_the_spot(facts)),
        )


def _found(index: Index, asked: PremisesListQuery, *, rights: Rights, day: date) -> Iterator[str]:
    """Yield the premises that are *asked* for, as far as whoever asks may know of them."""
    needed = Permission.REGISTRY_READ
    visible = rights.visible(needed)
    search = None if asked.text is None else PremisesSearch(index, asked.text, day)
    within = None
    if asked.area is not None:
        within = premises_below(rights, asked.area, needed, day, history=index.area_history)
    for each, label in index.labels().items():
        is_there = each in visible and (within is None or each in within)
        if is_there and (search is None or search.finds(each, label)):
            yield each


def check_premises(index: Index, name: str, rights: Rights) -> None:
    """Raise HTTPNotFound unless *name* is registered, and there for whoever asks.

    Premises elsewhere and premises that nobody registered have the same answer.
    """
    if name not in index.labels() or not rights.may_in(Permission.REGISTRY_READ, name):
        text = f"premises {shown(name[:LONGEST_SHOWN])!r} are not registered"
        raise web.HTTPNotFound(text=f"{text}; list them with GET /api/v1/premises")


def _row(row: Row) -> RegistryRow:
    """Return *row* as JSON has it, without the fields that nobody filled."""
    return row.model_dump(mode="json", exclude_none=True)
