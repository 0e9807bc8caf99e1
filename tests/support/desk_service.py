"""The service of the duty desk in this process, before a served center of the tests."""

import asyncio
import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from console.app import run
from console.settings import CenterSettings, ConsoleWeb, LiveSettings, MapFiles, Settings
from contract.http.request_header import SESSION_COOKIE
from tests.support.communes import LOCAL_TOKEN, Answered, Province
from tests.support.servers import free_port
from tests.support.waiting import eventually


@dataclass(frozen=True, slots=True)
class DeskService:
    """A running console at *port*."""

    port: int
    http: aiohttp.ClientSession

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    async def ask(
        self,
        session: str | None,
        path: str,
        *,
        method: str = "GET",
        body: object = None,
        headers: Mapping[str, str | None] | None = None,
        data: bytes | io.BytesIO | None = None,
        url: str | None = None,
    ) -> Answered:
        """Return the answer at the raw *path* to a page in *session*, or that of another *url*."""
        own: dict[str, str | None] = {"X-Tocsin-Request": "1"}
        if session is not None:
            own["Cookie"] = f"{SESSION_COOKIE}={session}"
        sent = {name: text for name, text in (own | dict(headers or {})).items() if text is not None}
        given: dict[str, Any] = {"data": data} if data is not None else {"json": body}
        async with self.http.request(
            method,
            URL((url or self.url) + path, encoded=True),
            headers=sent,
            allow_redirects=False,
            **given,
        ) as answer:
            text = (await answer.read()).decode(errors="replace")
            is_json = answer.content_type == "application/json" and bool(text)
            return Answered(answer.status, text, await answer.json() if is_json else None)


@asynccontextmanager
async def desk_service(
    one: Province,
    *,
    live: LiveSettings | None = None,
    on_map: MapFiles | None = None,
    center: Mapping[str, Any] | None = None,
) -> AsyncIterator[DeskService]:
    """Serve the desk of *one* within the block."""
    port = free_port()
    settings = Settings(
        web=ConsoleWeb(port=port),
        center=CenterSettings(
            **{"alerting": one.url, "ingest": one.url, "token": LOCAL_TOKEN, **(center or {})}
        ),
        live=live or LiveSettings(),
        map=on_map or MapFiles(),
    )
    running = asyncio.create_task(run(settings))
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            desk = DeskService(port, http)

            async def is_well() -> bool:
                assert not running.done(), running.exception()
                try:
                    return (await desk.ask(None, "/healthz")).status == 200
                except aiohttp.ClientError:
                    return False

            await eventually(is_well, within=20)
            yield desk
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
