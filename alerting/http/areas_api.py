"""Areas over HTTP: the tree as of a day, and the search by any name (docs/registry.md)."""

from collections.abc import Collection, Iterable
from datetime import date

from aiohttp import web

from accounts.domain.rights import Rights
from alerting.engine.engine import Engine
from alerting.http.access import rights_of
from contract.http.areas import AreaFoundBy, AreaRecord, Areas, AreasQuery, AreaSuccession
from contract.http.checking import read_query
from contract.http.permissions import Permission
from registry.domain.area_history import AreaHistory, in_force
from registry.domain.area_search import AreaMatch, AreaSearch
from registry.domain.areas_within import areas_within
from registry.domain.index import Index
from registry.model.areas import Succession
from registry.model.local_time import local_day
from runtime.clock import Clock
from runtime.json_answers import json_answer

Known = Collection[str] | None
"""The areas that whoever asks may know of; None for all."""


class AreasApi:
    """Answers requests about areas from the registry in use, in a thread that reads."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._read = engine.transactions.read_for_web
        self._registry = engine.registry
        self._clock = clock
        self._search: tuple[AreaHistory, AreaSearch] | None = None

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of areas."""
        return [web.get("/api/v1/areas", self.areas)]

    async def areas(self, request: web.Request) -> web.Response:
        """``GET /api/v1/areas``."""
        asked, rights = read_query(request.query, AreasQuery), rights_of(request)
        index, today = self._registry.current.index, local_day(self._clock())
        return json_answer(await self._read(lambda _: self._answer(index, asked, rights, today)))

    def _answer(self, index: Index, asked: AreasQuery, rights: Rights, today: date) -> Areas:
        history, known = index.area_history, _known(index, rights, today)
        day = asked.day or today
        listed = self._found(history, asked.text, day, known)
        records = [_record(history, *each, day=day, known=known) for each in listed[: asked.limit]]
        return Areas(day=day, areas=records, total=len(listed))

    def _found(
        self, history: AreaHistory, text: str | None, day: date, known: Known
    ) -> list[tuple[str, AreaMatch | None]]:
        if text is not None:
            found = self._search_in(history).find(text, day, known=known)
            return [(each.area.id, each) for each in found]
        rows = (each for each in history.areas.values() if known is None or each.id in known)
        return [(name, None) for name in sorted(each.id for each in rows if in_force(each, day))]

    def _search_in(self, history: AreaHistory) -> AreaSearch:
        """Return the search over *history*, made once for each version."""
        kept = self._search
        if kept is None or kept[0] is not history:
            kept = self._search = history, AreaSearch(history)
        return kept[1]


def _known(index: Index, rights: Rights, today: date) -> Known:
    if rights.everywhere(Permission.REGISTRY_READ):
        return None
    held = rights.held(Permission.REGISTRY_READ)
    of_premises = {above for each in held.premises for above in index.areas_above(each, today)}
    return areas_within(index.area_history, held.areas, today) | of_premises


def _record(
    history: AreaHistory, name: str, match: AreaMatch | None, *, day: date, known: Known
) -> AreaRecord:
    row = history.areas[name]
    return AreaRecord(
        id=name,
        name=row.name,
        code=row.code,
        kind=row.kind,
        parents=[each for each in history.parents(name, day) if known is None or each in known],
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        lat=row.lat,
        lon=row.lon,
        other_names=list(row.other_names),
        predecessors=_successions(history, history.predecessors(name), known, is_old=True),
        successors=_successions(history, history.successors(name), known, is_old=False),
        found=None if match is None else _found_by(match),
    )


def _successions(
    history: AreaHistory, rows: Iterable[Succession], known: Known, *, is_old: bool
) -> list[AreaSuccession]:
    others = [(each, each.old if is_old else each.new) for each in rows]
    return [
        AreaSuccession(area=name, name=history.areas[name].name, extent=each.extent, day=each.day)
        for each, name in others
        if known is None or name in known
    ]


def _found_by(match: AreaMatch) -> AreaFoundBy:
    return AreaFoundBy(by=match.by, name=match.name, extent=match.extent, predecessor=match.predecessor)
