"""Hands the registry over to another system: a snapshot, then what changed (docs/exchange.md)."""

import hashlib
import json
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, TypeVar

from aiohttp import web

from accounts.domain.rights import Rights
from alerting.engine.engine import Engine
from alerting.http.access import rights_of
from alerting.http.areas import tree_of
from alerting.http.personal import masked_outside
from alerting.http.registry_reach import PermittedReach
from audit.center_key import CenterKey
from contract.http.checking import read_query
from contract.http.common import Error
from contract.http.exchange import DeltasQuery, SnapshotQuery
from contract.http.permissions import Permission
from registry.domain.outline import RegistryOutline
from registry.drafts.store import DraftConnection
from registry.exchange.cursors import BadCursor, ExchangeCursor, decoded
from registry.exchange.documents import document, etag, signed
from registry.exchange.pages import first_cursor
from registry.exchange.reading import ExchangeReading
from registry.store.outlines import Outlines
from runtime.database import ReadFor
from runtime.json_answers import json_answer

T = TypeVar("T")

GONE = 410
"""The status of a cursor that cannot be continued."""


class ExchangeApi:
    """Answers readers of the registry in the database of *engine*, signed with *key*."""

    def __init__(
        self, engine: Engine, *, key: CenterKey | None, center: str, outlines: Outlines
    ) -> None:
        self._database = engine.database
        self._registry = engine.registry
        self._key = key
        self._center = center
        self._reading = ExchangeReading(outlines)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the exchange."""
        return [
            web.get("/api/v1/exchange/snapshot", self.snapshot),
            web.get("/api/v1/exchange/deltas", self.deltas),
        ]

    async def snapshot(self, request: web.Request) -> web.Response:
        """``GET /api/v1/exchange/snapshot``."""
        asked = read_query(request.query, SnapshotQuery)
        return await self._page(request, asked.cursor, asked.limit)

    async def deltas(self, request: web.Request) -> web.Response:
        """``GET /api/v1/exchange/deltas``."""
        asked = read_query(request.query, DeltasQuery)
        return await self._page(request, asked.cursor, asked.limit)

    async def _page(self, request: web.Request, cursor: str | None, limit: int) -> web.Response:
        rights = rights_of(request)
        own = first_cursor(self._center, self._scope(rights))
        try:
            asked = own if cursor is None else decoded(cursor)
            sent = await self._read(
                partial(self._sent, own=own, asked=asked, limit=limit, rights=rights)
            )
        except BadCursor as error:
            return json_answer(Error(error=str(error)), status=GONE)
        return _answer(request, sent)

    def _sent(
        self,
        connection: DraftConnection,
        *,
        own: ExchangeCursor,
        asked: ExchangeCursor,
        limit: int,
        rights: Rights,
    ) -> bytes:
        """Return the page as it is sent: made and signed in the thread that reads."""
        everywhere = rights.everywhere(Permission.REGISTRY_READ)
        reach_of = None if everywhere else partial(_reach_of, rights=rights)
        page = self._reading.page(connection, cursor=asked, own=own, reach_of=reach_of, limit=limit)
        said: dict[str, Any] = document(
            page, center=self._center, scope="everything" if everywhere else "limited"
        )
        clear = rights.visible(Permission.PHONES_READ)
        if clear.named is not None:
            said["items"] = masked_outside(said["items"], clear)
        return signed(said, self._key)

    def _scope(self, rights: Rights) -> str:
        """Return a text that is another one when *rights*, or the areas in force, are others."""
        wanted = (Permission.REGISTRY_READ, Permission.PHONES_READ)
        if all(rights.everywhere(each) for each in wanted):
            return "all"
        turns = () if rights.everywhere(wanted[0]) else tuple(self._turns(rights.day))
        said = json.dumps([rights.places(each) for each in wanted] + [list(turns)])
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def _turns(self, day: date) -> list[str]:
        """Return the days up to *day* on which an area came into force, or no longer was."""
        areas = self._registry.current.index.areas()
        days = {each for area in areas for each in (area.valid_from, area.valid_to) if each is not None}
        return sorted(each.isoformat() for each in days if each <= day)

    async def _read(self, ask: Callable[[DraftConnection], T]) -> T:
        return await self._database.read(ask, purpose=ReadFor.WEB)


def _reach_of(outline: RegistryOutline, *, rights: Rights) -> PermittedReach:
    """Return the places of *rights* by the areas of *outline*, which may be of an old version."""
    at_that_time = Rights(rights.actor, tree_of(outline.index), rights.day)
    return PermittedReach(at_that_time, Permission.REGISTRY_READ)


def _answer(request: web.Request, sent: bytes) -> web.Response:
    tag = etag(sent)
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers={"ETag": tag})
    return web.Response(
        body=sent, content_type="application/json", charset="utf-8", headers={"ETag": tag}
    )
