"""Shows the registry over HTTP: its tables, versions and the history of a row; restores a version."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from aiohttp import web

import contract.http.registry as http
from alerting.engine.engine import Engine
from alerting.http.access import rights_of
from alerting.http.draft_answers import premises_in
from alerting.http.draft_errors import DraftRefused
from alerting.http.draft_jobs import DraftJobs
from alerting.http.drafts import Asking, DraftsApi, asking_of
from alerting.http.registry_reach import PermittedReach
from alerting.http.table_descriptions import described_tables
from alerting.registry_work.orders import FailedReport, RestoreOrder, RestoreReport
from contract.http.checking import read_body, read_query
from contract.http.common import Error
from contract.http.drafts import DraftRefusal
from contract.http.permissions import Permission
from contract.times import to_micros
from registry.drafts.domain.access import outside
from registry.drafts.domain.draft import DraftRow, DraftState
from registry.drafts.reading import part_around
from registry.drafts.rows import (
    NoSuchRow,
    NoSuchTable,
    RowReader,
    RowsWanted,
    compared_fields,
    versions_before,
)
from registry.drafts.store import DraftConnection
from registry.model.registry import TABLES
from registry.model.rows import Row
from registry.store import RowVersion, StoredVersion
from registry.store.outlines import Outlines
from runtime.database import ReadFor
from runtime.json_answers import json_answer

T = TypeVar("T")

NO_TABLE = "the registry has no such table; it has {}"
NO_ROW = "there is no such row; list them with GET /api/v1/registry/TABLE"
NO_VERSION = "there is no such version; list them with GET /api/v1/registry/versions"
SAME = "that version differs from the active one in no row that you may change"


class RegistryApi:
    """Answers requests about the registry in the database of *engine*."""

    def __init__(
        self, engine: Engine, drafts: DraftsApi, jobs: DraftJobs, *, outlines: Outlines
    ) -> None:
        self._database = engine.database
        self._drafts = drafts
        self._jobs = jobs
        self._registry = RowReader(outlines)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the registry."""
        return [
            web.get("/api/v1/registry", self.state),
            web.get("/api/v1/registry/tables", self.tables),
            web.get("/api/v1/registry/versions", self.versions),
            web.post("/api/v1/registry/versions/{id}/restore", self.restore),
            web.get("/api/v1/registry/{table}", self.rows),
            web.get("/api/v1/registry/{table}/{key}/history", self.history),
        ]

    async def state(self, request: web.Request) -> web.Response:
        """``GET /api/v1/registry``."""
        reach = _reach(request)
        version, counts = await self._read(partial(self._counted, reach=reach))
        answer = http.RegistryState(version=0, at=None, by="", hash="", counts=counts)
        if version is not None:
            by = version.who if reach.is_everywhere else ""
            answer = http.RegistryState(
                version=version.number, at=version.at, by=by, hash=version.hash, counts=counts
            )
        return json_answer(answer)

    async def tables(self, _: web.Request) -> web.Response:
        """``GET /api/v1/registry/tables``: the same for everybody, for it has no row."""
        return json_answer(described_tables())

    async def rows(self, request: web.Request) -> web.Response:
        """``GET /api/v1/registry/{table}``."""
        asked = read_query(request.query, http.RowsQuery)
        wanted = RowsWanted(request.match_info["table"], asked.after, asked.limit, asked.premises)
        try:
            page = await self._read(partial(self._registry.page, reach=_reach(request), wanted=wanted))
        except NoSuchTable:
            return _not_found(NO_TABLE.format(", ".join(TABLES)))
        rows = [
            http.RegistryRow(key=key, premises=premises_in(sites), row=row)
            for key, sites, row in page.rows
        ]
        answer = http.RegistryRows(table=wanted.table, version=page.version, rows=rows, next=page.next)
        return json_answer(answer)

    async def history(self, request: web.Request) -> web.Response:
        """``GET /api/v1/registry/{table}/{key}/history``."""
        asked, reach = read_query(request.query, http.HistoryQuery), _reach(request)
        table, key = request.match_info["table"], request.match_info["key"]
        ask = partial(self._registry.history, reach=reach, table=table, key=key, limit=asked.limit)
        try:
            sites, found = await self._read(ask)
        except NoSuchTable:
            return _not_found(NO_TABLE.format(", ".join(TABLES)))
        except NoSuchRow:
            return _not_found(NO_ROW)
        changes = [_row_version(change, before) for change, before in found]
        answer = http.RowHistory(table=table, key=key, premises=premises_in(sites), changes=changes)
        return json_answer(answer)

    async def versions(self, request: web.Request) -> web.Response:
        """``GET /api/v1/registry/versions``: by whom and why, for whoever may see all of them."""
        asked, reach = read_query(request.query, http.VersionsQuery), _reach(request)
        found = await self._read(partial(versions_before, before=asked.before, limit=asked.limit))
        all_of_it = reach.is_everywhere
        versions = [
            http.VersionRecord(
                version=each.number,
                at=each.at,
                by=each.who if all_of_it else "",
                note=each.note if all_of_it else "",
            )
            for each in found
        ]
        return json_answer(http.RegistryVersions(versions=versions))

    async def restore(self, request: web.Request) -> web.Response:
        """``POST /api/v1/registry/versions/{id}/restore``: a draft of what that changes."""
        asked = read_body(await request.read(), http.RestoreRequest)
        asking, number = asking_of(request, by=asked.by), _number(request)
        report = await self._jobs.run(RestoreOrder(version=number))
        if isinstance(report, FailedReport):
            raise DraftRefused(report.reason, DraftRefusal.NO_VERSION, status=404)
        if not isinstance(report, RestoreReport):
            raise TypeError("the report is of another order")
        rows = await self._own(report.rows, asking)
        if not rows:
            raise DraftRefused(SAME, DraftRefusal.SAME_AS_ACTIVE)
        note = asked.note or f"version {number} restored"
        draft = await self._drafts.begin(asking, note=note, state=DraftState.PREPARING)
        await self._drafts.fill(draft, rows)
        return await self._drafts.answer(asking, draft.id, status=201)

    async def _own(self, rows: list[DraftRow], asking: Asking) -> list[DraftRow]:
        """Return those of *rows* that whoever asks may change."""
        if asking.access.propose.is_everywhere:
            return rows

        keys = {(each.table, each.key) for each in rows}

        def own(connection: DraftConnection) -> list[DraftRow]:
            elsewhere = set(outside(part_around(connection, keys).registry, rows, asking.access.propose))
            return [each for each in rows if (each.table, each.key) not in elsewhere]

        return await self._read(own)

    def _counted(
        self, connection: DraftConnection, *, reach: PermittedReach
    ) -> tuple[StoredVersion | None, dict[str, int]]:
        found = self._registry.version(connection, reach)
        return found.stored, found.counts

    async def _read(self, ask: Callable[[DraftConnection], T]) -> T:
        return await self._database.read(ask, purpose=ReadFor.WEB)


def _row_version(change: RowVersion, before: Row | None) -> http.RowHistoryEntry:
    return http.RowHistoryEntry(
        version=change.number,
        at=to_micros(change.at),
        by=change.who,
        note=change.note,
        change=change.event.value,
        fields=dict(compared_fields(before, change.row)),
    )


def _reach(request: web.Request) -> PermittedReach:
    return PermittedReach(rights_of(request), Permission.REGISTRY_READ)


def _number(request: web.Request) -> int:
    text = request.match_info["id"]
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise DraftRefused(NO_VERSION, DraftRefusal.NO_VERSION, status=404)
    return int(text)


def _not_found(text: str) -> web.Response:
    return json_answer(Error(error=text), status=404)
