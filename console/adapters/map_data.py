"""``/map/...``: areas, premises and tiles, all of them from this server."""

import asyncio
import os
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import aiohttp
import msgspec
from aiohttp import web

from console.adapters.asking import no_session, session_of
from console.adapters.center import CenterAway, read_bounded
from console.adapters.live import AWAY
from console.adapters.passing_on import CenterAnswer
from console.adapters.session_checks import KnownSession, Sessions
from console.domain.byte_ranges import byte_range
from console.domain.desk_rows import OpenRows
from console.domain.map_features import areas_on_map, premises_on_map
from console.settings import MapFiles
from contract.http.areas import Areas
from contract.http.console import MapSettings, MapTiles
from contract.http.permissions import Permission
from contract.http.premises import ListedPremises, PremisesList
from contract.http.routes import GEOJSON, OCTETS
from runtime.json_answers import json_answer
from runtime.own_thread import PurposeThreads

PAGE = 1_000
BELIEVED_S = 60.0
"""Seconds for which the premises of a session are believed; the state of each is of the moment."""

MOST_KEPT = 50
"""Sessions whose premises are kept."""

MOST_PREMISES = 50_000

LARGEST_TILE = 4_194_304
TILE_S = 10.0
NUMBERS = 8
"""Digits of a number of a tile."""

S = TypeVar("S", bound=msgspec.Struct)

GetAs = Callable[[web.Request, str], Awaitable[CenterAnswer]]
"""Asks alerting as whoever sent a request: at a path."""

TILE_HEADERS = ("Content-Type", "Content-Encoding", "ETag", "Last-Modified")


class MapApi:
    """Answers from the operator's *files*, and from what alerting lists for whoever asks."""

    def __init__(
        self,
        files: MapFiles,
        rows: OpenRows,
        sessions: Sessions,
        http: aiohttp.ClientSession,
        *,
        get_as: GetAs,
    ) -> None:
        self._files = files
        self._rows = rows
        self._sessions = sessions
        self._http = http
        self._get_as = get_as
        self._threads = PurposeThreads("map files", 2)
        self._premises: OrderedDict[str, tuple[float, list[ListedPremises]]] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the map."""
        return [
            web.get("/map/settings", self._guarded(self.settings)),
            web.get("/map/areas.geojson", self._guarded(self.areas, Permission.REGISTRY_READ)),
            web.get("/map/premises.geojson", self._guarded(self.premises, Permission.REGISTRY_READ)),
            web.get("/map/tiles.pmtiles", self._guarded(self.archive)),
            web.get("/map/tiles/{z}/{x}/{y}", self._guarded(self.tile)),
        ]

    def _guarded(
        self,
        handler: Callable[[web.Request, KnownSession], Awaitable[web.StreamResponse]],
        needed: Permission = Permission.SIGNED_IN,
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def guarded(request: web.Request) -> web.StreamResponse:
            if (session := session_of(request)) is None:
                return no_session()
            try:
                known = await self._sessions.find(session)
                if known is None:
                    return no_session()
                if needed not in known.who.permissions:
                    text = f"no permission {needed.value!r}; ask an administrator for a role"
                    return json_answer({"error": text}, status=403)
                return await handler(request, known)
            except CenterAway:
                return json_answer({"error": AWAY}, status=503, headers={"Retry-After": "2"})

        return guarded

    async def settings(self, _: web.Request, __: KnownSession) -> web.Response:
        """``GET /map/settings``."""
        tiles, url = MapTiles.NONE, None
        if self._files.pmtiles is not None:
            tiles, url = MapTiles.PMTILES, "/map/tiles.pmtiles"
        elif self._files.tiles_url is not None:
            tiles, url = MapTiles.SERVER, "/map/tiles/{z}/{x}/{y}"
        return json_answer(
            MapSettings(
                tiles=tiles,
                url=url,
                attribution=self._files.attribution,
                boundaries=self._files.areas is not None,
            )
        )

    async def areas(self, request: web.Request, _: KnownSession) -> web.StreamResponse:
        """``GET /map/areas.geojson``."""
        if self._files.areas is not None:
            return await self._file(self._files.areas, "map.areas")
        listed = _read(await self._get_as(request, "/api/v1/areas?limit=5000"), Areas)
        return _geojson(areas_on_map(listed.areas))

    async def premises(self, request: web.Request, known: KnownSession) -> web.StreamResponse:
        """``GET /map/premises.geojson``."""
        found = await self._premises_of(request, known)
        worst = self._rows.worst()
        states = {name: state for name, state in worst.items() if name in known.sight.incidents}
        return _geojson(premises_on_map(found, states))

    async def archive(self, request: web.Request, _: KnownSession) -> web.StreamResponse:
        """``GET /map/tiles.pmtiles``."""
        if (path := self._files.pmtiles) is None:
            raise web.HTTPNotFound(text="no archive of tiles is set up: map.pmtiles")
        size = await self._threads.run(partial(_size, path))
        wanted = byte_range(request.headers.get("Range", "bytes=0-"), size)
        if wanted is None:
            headers = {"Content-Range": f"bytes */{size}"}
            return web.Response(status=416, headers=headers)
        part = await self._threads.run(partial(_part, path, wanted.start, wanted.end))
        headers = {
            "Content-Range": f"bytes {wanted.start}-{wanted.start + len(part) - 1}/{size}",
            "Accept-Ranges": "bytes",
            "Content-Type": OCTETS,
        }
        return web.Response(status=206, body=part, headers=headers)

    async def tile(self, request: web.Request, _: KnownSession) -> web.StreamResponse:
        """``GET /map/tiles/{z}/{x}/{y}``."""
        numbers = {name: request.match_info[name] for name in ("z", "x", "y")}
        if self._files.tiles_url is None or not all(map(_is_number, numbers.values())):
            raise web.HTTPNotFound(text="no server of tiles is set up, or no such tile: map.tiles_url")
        url = self._files.tiles_url.format(**numbers)
        try:
            timeout = aiohttp.ClientTimeout(total=TILE_S)
            async with self._http.get(url, timeout=timeout, allow_redirects=False) as answer:
                if answer.status != 200:
                    raise web.HTTPNotFound(text="the server of tiles has no such tile")
                headers = {name: answer.headers[name] for name in TILE_HEADERS if name in answer.headers}
                return web.Response(
                    body=await read_bounded(answer.content, LARGEST_TILE), headers=headers
                )
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            reason = type(error).__name__
            text = f"map.tiles_url: the server of tiles does not answer ({reason}); look at it"
            raise web.HTTPBadGateway(text=text) from error

    async def _premises_of(self, request: web.Request, known: KnownSession) -> list[ListedPremises]:
        """Return the premises that whoever asks may see; raises CenterAway."""
        now = asyncio.get_running_loop().time()
        kept = self._premises.get(known.stamp)
        if kept is not None and now - kept[0] < BELIEVED_S:
            return kept[1]
        found, after = list[ListedPremises](), ""
        while len(found) < MOST_PREMISES:
            page = _read(
                await self._get_as(request, f"/api/v1/premises?limit={PAGE}{after}"), PremisesList
            )
            found += page.premises
            if page.next is None:
                break
            after = f"&after={page.next}"
        self._premises[known.stamp] = now, found
        while len(self._premises) > MOST_KEPT:
            self._premises.popitem(last=False)
        return found

    async def _file(self, path: Path, key: str) -> web.Response:
        try:
            return _geojson(await self._threads.run(path.read_bytes))
        except OSError as error:
            text = f"{key}: {path.name} cannot be read ({error.strerror}); correct the setting"
            raise web.HTTPInternalServerError(text=text) from error


def _size(path: Path) -> int:
    return path.stat().st_size


def _part(path: Path, start: int, end: int) -> bytes:
    with path.open("rb", buffering=0) as file:
        return os.pread(file.fileno(), end - start, start)


def _is_number(text: str) -> bool:
    plain = text.partition(".")[0]
    return plain.isascii() and plain.isdigit() and len(plain) <= NUMBERS and plain == text


def _geojson(body: bytes) -> web.Response:
    return web.Response(body=body, content_type=GEOJSON)


def _read(answer: CenterAnswer, kind: type[S]) -> S:
    if answer.status != 200:
        raise CenterAway(f"status {answer.status}")
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except msgspec.MsgspecError as error:
        raise CenterAway(str(error)) from error
