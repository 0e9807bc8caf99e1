"""Bounds the connections of an HTTP server, so that files are left for what alerts people.

A client without a complete request holds a place only until another needs it, and never for long.
"""

import asyncio
import ipaddress
import socket
from collections import Counter as CountOf
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import structlog
from prometheus_client import CollectorRegistry

from runtime.file_limits import files_for_clients
from runtime.http_metrics import HttpMetrics
from runtime.repeats import Repeats

log = structlog.get_logger(__name__)

HEADER_S = 15.0
"""Seconds in which a request's header must arrive after the connection or the request before."""

UNSENT_MS = 30_000
"""Milliseconds for which a client may leave an answer unread (TCP_USER_TIMEOUT, tcp(7))."""

RECENT_S = 60.0
"""Seconds for which a refusal is shown."""

FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\n"
    b"Content-Type: application/json; charset=utf-8\r\nContent-Length: 76\r\n\r\n"
    b'{"error": "too many connections; close some, or set web.connections higher"}'
)


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """The most connections at once, in total and by address; this machine's own has no bound by address.

    Where the process may open fewer than twice as many files, half of these files are the bound.
    """

    total: int = 1_000
    by_address: int = 250


class ConnectionPlaces:
    """The places of one server's connections; counted in *metrics*, if given."""

    def __init__(
        self, limits: ConnectionLimits | None = None, metrics: HttpMetrics | None = None
    ) -> None:
        limits = limits or ConnectionLimits()
        self._most = min(limits.total, files_for_clients())
        self._most_by_address = limits.by_address
        self._addresses: dict[asyncio.BaseTransport, str] = {}
        self._idle: dict[asyncio.BaseTransport, None] = {}  # in the order of their age
        self._by_address: CountOf[str] = CountOf()
        self._repeats = Repeats()
        self._refused_at: float | None = None
        self.metrics = metrics or HttpMetrics(CollectorRegistry())

    @property
    def trouble(self) -> str | None:
        """The reason why clients were refused within the last minute; None if none was."""
        if self._refused_at is None or _now() - self._refused_at > RECENT_S:
            return None
        return f"{len(self._addresses)} connections; further ones are refused"

    def protocol(self, serving: Callable[[], asyncio.Protocol]) -> asyncio.Protocol:
        """Return the protocol of a new connection, which *serving* answers if there is a place."""
        return _Connection(self, serving)

    def admit(self, transport: asyncio.BaseTransport, address: str) -> bool:
        """Give *transport* a place, if need be that of the oldest connection without a request."""
        if self._by_address[address] >= self._most_by_address and not _is_own(address):
            if not self._make_room(address):
                return self._refuse("address", address)
        elif len(self._addresses) >= self._most and not self._make_room(None):
            return self._refuse("full", address)
        self._addresses[transport] = address
        self._idle[transport] = None
        self._by_address[address] += 1
        self.metrics.connections.set(len(self._addresses))
        return True

    def leave(self, transport: asyncio.BaseTransport) -> None:
        """Take the place of *transport* back."""
        self._idle.pop(transport, None)
        address = self._addresses.pop(transport, None)
        if address is not None:
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]
        self.metrics.connections.set(len(self._addresses))

    def _make_room(self, address: str | None) -> bool:
        """End the oldest connection without a request, of *address* if given; False if there is none."""
        for transport in self._idle:
            if address is None or self._addresses[transport] == address:
                self.metrics.refused.labels("idle").inc()
                self.leave(transport)
                cast("asyncio.Transport", transport).abort()
                return True
        return False

    def _refuse(self, reason: str, address: str) -> bool:
        self.metrics.refused.labels(reason).inc()
        self._refused_at = _now()
        if self._repeats.is_due(reason, self._refused_at):
            log.warning(
                "HTTP connection refused; too many are open",
                reason=reason,
                address=address,
                connections=len(self._addresses),
            )
        return False

    @contextmanager
    def in_use(self, transport: asyncio.BaseTransport | None) -> Iterator[None]:
        """Keep the place of *transport* within the block: its request is being answered."""
        if transport is not None:
            self._idle.pop(transport, None)
        try:
            yield
        finally:
            if transport in self._addresses:
                self._idle[transport] = None


class _Connection(asyncio.Protocol):
    """One connection: handed on whole if it has a place, else refused and closed."""

    def __init__(self, places: ConnectionPlaces, serving: Callable[[], asyncio.Protocol]) -> None:
        self._places = places
        self._serving = serving
        self._inner: asyncio.Protocol | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        _drop_unread_answers(transport)
        if self._places.admit(transport, _address(transport)):
            self._inner = self._serving()
            self._inner.connection_made(transport)
        else:
            self._transport.write(FULL)
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._places.leave(self._transport)
        if self._inner is not None:
            self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._inner is not None:
            self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return None if self._inner is None else self._inner.eof_received()

    def pause_writing(self) -> None:
        if self._inner is not None:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._inner is not None:
            self._inner.resume_writing()


def _drop_unread_answers(transport: asyncio.BaseTransport) -> None:
    """Let the kernel end *transport* when its client leaves what was sent unread for too long."""
    sock = transport.get_extra_info("socket")
    if sock is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNSENT_MS)


def _address(transport: asyncio.BaseTransport) -> str:
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) else ""


def _is_own(address: str) -> bool:
    """Return whether *address* is of this machine, where a reverse proxy speaks for everybody."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _now() -> float:
    return asyncio.get_running_loop().time()
