"""Asks alerting in console's own name: for rows, sessions, and to report desks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import structlog

from console.adapters.metrics import Metrics
from console.settings import CenterSettings
from contract.http.request_header import REQUEST_HEADER

log = structlog.get_logger(__name__)

AT_ONCE = 3
"""Requests of console's own at once: sessions and rows are asked one after the other."""

LARGEST = 33_554_432
"""Bytes of an answer: a thousand rows with all of their first points are 4 MB."""


class CenterAway(Exception):
    """Alerting does not answer, or not as docs/protocol.md says; the text has the reason."""


class CenterClient:
    """Alerting, as console itself asks it over *http*."""

    def __init__(self, settings: CenterSettings, http: aiohttp.ClientSession, metrics: Metrics) -> None:
        self._url = settings.alerting
        self._http = http
        self._metrics = metrics
        self._timeout = aiohttp.ClientTimeout(total=settings.timeout_s)
        self._places = asyncio.Semaphore(AT_ONCE)
        self.headers = {REQUEST_HEADER: "1"}
        if (token := settings.secret()) is not None:
            self.headers["Authorization"] = f"Bearer {token}"

    async def get(self, path: str) -> bytes:
        """Return the answer to a request of *path*; raises CenterAway."""
        return await self._ask("GET", path, None)

    async def post(self, path: str, body: bytes) -> bytes:
        """Return the answer to *body* in JSON at *path*; raises CenterAway."""
        return await self._ask("POST", path, body)

    @asynccontextmanager
    async def stream(
        self, path: str, headers: dict[str, str], *, silence_s: float
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Yield the answer to *path*, which goes on; raises CenterAway if it is none."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=5.0, sock_read=silence_s)
        try:
            async with self._http.get(
                self._url + path, headers=self.headers | headers, timeout=timeout, allow_redirects=False
            ) as answer:
                if answer.status != 200:
                    raise CenterAway(await _why(answer))
                yield answer
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise CenterAway(_reason(error)) from error

    async def _ask(self, method: str, path: str, body: bytes | None) -> bytes:
        async with self._places:
            try:
                answer = await self._answer(method, path, body)
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                self._metrics.center.labels("away").inc()
                raise CenterAway(_reason(error)) from error
            except CenterAway:
                self._metrics.center.labels("refused").inc()
                raise
            self._metrics.center.labels("answered").inc()
            return answer

    async def _answer(self, method: str, path: str, body: bytes | None) -> bytes:
        headers = self.headers | ({} if body is None else {"Content-Type": "application/json"})
        async with self._http.request(
            method,
            self._url + path,
            data=body,
            headers=headers,
            timeout=self._timeout,
            allow_redirects=False,
        ) as answer:
            if answer.status not in {200, 201}:
                raise CenterAway(await _why(answer))
            return await read_bounded(answer.content, LARGEST)


async def read_bounded(content: aiohttp.StreamReader, most: int) -> bytes:
    """Return all of *content*; raises ValueError where it is more than *most* bytes."""
    body = bytearray()
    async for part in content.iter_chunked(65_536):
        body += part
        if len(body) > most:
            raise ValueError(f"an answer of more than {most} bytes")
    return bytes(body)


async def _why(answer: aiohttp.ClientResponse) -> str:
    text = (await answer.content.read(500)).decode(errors="replace")
    return f"status {answer.status}: {text}"


def _reason(error: BaseException) -> str:
    return str(error) or ("too slow" if isinstance(error, TimeoutError) else type(error).__name__)
