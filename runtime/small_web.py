"""A small HTTP server for a few answers to GET, where one of a library would be half of the process.

It answers one request for each connection and closes it. Every connection has a deadline and a place
(runtime/connection_places.py): who holds one open costs nothing else.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from runtime.connection_places import HEADER_S, ConnectionPlaces
from runtime.process import CannotStart
from runtime.refused_requests import RefusedRequests
from runtime.web_origin import REMEDY, STATUS, Asked, why_refused

MOST_HEADER = 8_192
"""Bytes of a request's line and headers."""

DEADLINE_S = 2 * HEADER_S
"""Seconds for a request to come, and for its answer to go."""

_JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """An answer; *header* holds further lines of its head."""

    body: bytes
    kind: str = _JSON
    status: HTTPStatus = HTTPStatus.OK
    header: str = ""


Route = Callable[[], WebAnswer]


def json_body(value: object, *, status: HTTPStatus = HTTPStatus.OK, header: str = "") -> WebAnswer:
    """Return *value*, which msgspec can encode, as an answer."""
    return WebAnswer(msgspec.json.encode(value), status=status, header=header)


def health_answer(state: Mapping[str, object]) -> WebAnswer:
    """Return *state*, with 200 while it has ``"ok": true`` and 503 otherwise."""
    return json_body(state, status=HTTPStatus.OK if state["ok"] else HTTPStatus.SERVICE_UNAVAILABLE)


def metrics_answer(metrics: CollectorRegistry) -> WebAnswer:
    """Return *metrics* as Prometheus reads them."""
    return WebAnswer(generate_latest(metrics), kind=CONTENT_TYPE_LATEST)


class SmallWeb:
    """Answers requests by their path; those in *guarded* need *token*, if there is one."""

    def __init__(
        self,
        routes: Mapping[str, Route],
        *,
        guarded: frozenset[str],
        token: str | None,
        hosts: frozenset[str] = frozenset(),
        places: ConnectionPlaces | None = None,
    ) -> None:
        self._places = places or ConnectionPlaces()
        self._routes = routes
        self._guarded = guarded
        self._token = token
        self._hosts = hosts
        self._refused = RefusedRequests(self._places.metrics.refused_requests)
        self._open: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def serving(self, host: str, port: int, *, port_named: str = "web.port") -> AsyncIterator[int]:
        """Serve within the block; yield the port, which differs from *port* where that is 0.

        Raises CannotStart where the address cannot be used; *port_named* is the setting to change.
        """
        try:
            server = await asyncio.get_running_loop().create_server(
                lambda: self._places.protocol(self._protocol), host, port
            )
        except OSError as error:
            text = (
                f"{host}:{port}: {error.strerror}; end what listens there, or set another {port_named}"
            )
            raise CannotStart(text) from error
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for task in self._open:
                task.cancel()
            if self._open:
                await asyncio.wait(self._open)

    def _protocol(self) -> asyncio.StreamReaderProtocol:
        return asyncio.StreamReaderProtocol(asyncio.StreamReader(MOST_HEADER), self._connected)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._attend(reader, writer), name="web connection")
        # Not in a task group: a fault in an answer is logged, and stops no alarm.
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(TimeoutError, OSError, asyncio.IncompleteReadError):
                async with asyncio.timeout(DEADLINE_S):
                    await self._serve(reader, writer)
        finally:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            answer, method = _error(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "send fewer headers"), ""
        else:
            request, *headers = head.decode("latin-1").split("\r\n")
            method, target, *_ = [*request.split(" "), "", ""]
            answer = self._answer(method, target.partition("?")[0], _named(headers))
        with self._places.in_use(writer.transport):
            writer.write(_encoded(answer, with_body=method != "HEAD"))
            writer.write_eof()
            await writer.drain()
        # Until the other end has it all and closes: an end with unread bytes would take it back.
        while await reader.read(MOST_HEADER):
            pass

    def _answer(self, method: str, path: str, headers: Mapping[str, str]) -> WebAnswer:
        route = self._routes.get(path)
        # A reading method: whatever changes something is refused below, for everybody.
        if (reason := why_refused(_asked("GET", headers), self._hosts)) is not None:
            self._refused.note(reason)
            return _error(HTTPStatus(STATUS[reason]), REMEDY[reason])
        if route is None:
            return _error(HTTPStatus.NOT_FOUND, f"no such path; there are {', '.join(self._routes)}")
        if method not in {"GET", "HEAD"}:
            return _error(HTTPStatus.METHOD_NOT_ALLOWED, "use GET", header="Allow: GET, HEAD\r\n")
        if path in self._guarded and not self._is_allowed(headers.get("authorization", "")):
            self._refused.note("no token or a wrong one")
            text = "send the header 'Authorization: Bearer <token>' with the token of the settings"
            return _error(HTTPStatus.UNAUTHORIZED, text, header="WWW-Authenticate: Bearer\r\n")
        return route()

    def _is_allowed(self, authorization: str) -> bool:
        expected = f"Bearer {self._token}"
        return not self._token or hmac.compare_digest(authorization.encode(), expected.encode())


def _named(headers: list[str]) -> dict[str, str]:
    """Return *headers* by their names in small letters; of several of one name, the first."""
    pairs = (line.partition(":") for line in reversed(headers))
    return {name.lower(): value.strip() for name, _, value in pairs}


def _asked(method: str, headers: Mapping[str, str]) -> Asked:
    return Asked(
        method=method,
        host=headers.get("host", ""),
        origin=headers.get("origin", ""),
        site=headers.get("sec-fetch-site", ""),
    )


def _error(status: HTTPStatus, text: str, *, header: str = "") -> WebAnswer:
    return json_body({"error": text}, status=status, header=header)


def _encoded(answer: WebAnswer, *, with_body: bool) -> bytes:
    head = (
        f"HTTP/1.1 {answer.status.value} {answer.status.phrase}\r\nContent-Type: {answer.kind}\r\n"
        f"Content-Length: {len(answer.body)}\r\n{answer.header}Connection: close\r\n\r\n"
    )
    return head.encode("latin-1") + (answer.body if with_body else b"")
