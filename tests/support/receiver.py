"""A service on the internet that takes JSON: it answers as it is told, and keeps what it took."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from runtime.web import serve


@dataclass
class Receiver:
    """*status* is its answer, beside *location*; *silent*, it gives none before it is closed.

    With a *secret* it believes what the library of Standard Webhooks does.
    """

    status: int = 200
    location: str | None = None
    silent: bool = False
    secret: str | None = None
    port: int = 0
    asked: int = 0
    taken: list[dict[str, Any]] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.secret is not None and not _is_believed(request, await request.read(), self.secret):
            return web.Response(status=401)
        body = await request.json()
        if self.silent:
            await self.closed.wait()
        elif self.status == 200:
            self.taken.append({"path": request.path, **body})
        headers = {} if self.location is None else {"Location": self.location}
        return web.Response(status=self.status, headers=headers)

    async def page(self, _request: web.Request) -> web.Response:
        """Answer as the page that a redirection leads to."""
        self.asked += 1
        return web.Response(text="<title>Please log in</title>", content_type="text/html")


def _is_believed(request: web.Request, body: bytes, secret: str) -> bool:
    try:
        Webhook(secret).verify(body, dict(request.headers))
    except WebhookVerificationError:
        return False
    return True


@asynccontextmanager
async def receiver(one: Receiver) -> AsyncIterator[Receiver]:
    """Serve *one* on a free loopback port within the block."""
    app = web.Application()
    app.add_routes([web.post("/{who}", one.take), web.get("/{who}", one.page)])
    async with serve(app, "127.0.0.1", 0) as one.port:
        try:
            yield one
        finally:
            one.closed.set()
