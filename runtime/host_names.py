"""Finds the addresses of hosts in bounded time, and with a mute name server those that worked last."""

import asyncio
import json
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog

from runtime.hosts_file import HostsFile, is_address
from runtime.own_files import open_fresh, read_own
from runtime.own_thread import PurposeThreads, start_in_own_thread
from runtime.repeats import Repeats

log = structlog.get_logger(__name__)

LookUp = Callable[[str], Sequence[str]]
"""Returns the addresses of a host; may block for a minute; raises OSError."""

FRESH_S = 10.0
"""Seconds for which an address is used without another look-up."""

UNKNOWN_WAIT_S = 3.0
"""Seconds that a name is waited for which was never looked up before: an attempt to notify has 5 s."""

KNOWN_WAIT_S = 0.25
"""Seconds that the name server has to confirm a known address, before that is used as it is."""

MOST_AT_ONCE = 256
"""Look-ups under way, each in a thread of its own that ends when the system's resolver gives up."""

MOST_REMEMBERED = 10_000
"""Names with their last addresses; beyond it the oldest is forgotten."""


class NameUnknown(OSError):
    """No address is known for a name; the text names it and the reason."""

    def __init__(self, text: str) -> None:
        super().__init__(socket.EAI_NONAME, text)  # libraries show the text of the system's errors

    def __str__(self) -> str:
        return str(self.strerror)


@dataclass(frozen=True, slots=True)
class KnownHost:
    """The *addresses* of a host, found *at* a moment of the monotonic clock; None before this start."""

    addresses: tuple[str, ...]
    at: float | None


def system_look_up(host: str) -> tuple[str, ...]:
    """Return the addresses of *host* as the system resolves it; raises OSError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


class HostNames:
    """The addresses of hosts: one look-up a host at a time, none of which delays another.

    IP addresses and names in the hosts file never wait. Names and addresses are kept in *file*, so that
    they are known after a restart too.
    """

    def __init__(
        self,
        file: Path | None = None,
        *,
        look_up: LookUp = system_look_up,
        hosts: HostsFile | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._file = file
        self._look_up = look_up
        self._hosts = HostsFile() if hosts is None else hosts
        self._monotonic = monotonic
        self._known = {} if file is None else _read_known(file)
        self._under_way: dict[str, asyncio.Future[tuple[str, ...]]] = {}
        self._repeats = Repeats()
        self._saving = PurposeThreads("host names")

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Return the addresses of *host*, those that were found last if it cannot be looked up now.

        Raises NameUnknown.
        """
        host = host.strip("[]")
        if is_address(host):
            return (host,)
        if listed := self._hosts.addresses(host):
            return listed
        known = self._known.get(host)
        if known is not None and self._is_fresh(known):
            return known.addresses
        return await self._ask(host, known)

    def doubt(self, host: str) -> None:
        """Look *host* up again the next time: no connection could be made to its address."""
        if (known := self._known.get(host)) is not None:
            self._known[host] = KnownHost(known.addresses, None)

    def _is_fresh(self, known: KnownHost) -> bool:
        return known.at is not None and self._monotonic() - known.at < FRESH_S

    async def _ask(self, host: str, known: KnownHost | None) -> tuple[str, ...]:
        """Return the answer of a look-up in good time, else that of *known*; raises NameUnknown."""
        wait_s = UNKNOWN_WAIT_S if known is None else KNOWN_WAIT_S
        try:
            async with asyncio.timeout(wait_s):
                return await asyncio.shield(self._start_or_join(host))
        except TimeoutError:
            reason = f"no answer of the name server within {wait_s:g} s"
        except OSError as error:
            reason = error.strerror or str(error)
        except ValueError as error:  # a text that is no name, of which UnicodeError is one
            reason = str(error)
        if known is None:
            raise NameUnknown(f"{host}: name resolution failed ({reason})")
        if self._repeats.is_due(f"{host}: {reason}", self._monotonic()):
            log.warning("name not resolved; last address used", host=host, reason=reason)
        return known.addresses

    def _start_or_join(self, host: str) -> asyncio.Future[tuple[str, ...]]:
        under_way = self._under_way.get(host)
        if under_way is not None:
            return under_way
        if len(self._under_way) >= MOST_AT_ONCE:
            raise NameUnknown(f"{MOST_AT_ONCE} other look-ups are under way")
        started = start_in_own_thread(lambda: tuple(self._look_up(host)), f"name {host}")
        self._under_way[host] = started
        started.add_done_callback(lambda done: self._note(host, done))
        return started

    def _note(self, host: str, done: asyncio.Future[tuple[str, ...]]) -> None:
        """Keep what was found of *host*, also if nobody waits for it any longer."""
        self._under_way.pop(host, None)
        if done.cancelled() or done.exception() is not None or not done.result():
            return
        before = self._known.pop(host, None)
        self._known[host] = KnownHost(done.result(), self._monotonic())
        if len(self._known) > MOST_REMEMBERED:
            del self._known[next(iter(self._known))]
        if self._file is not None and (before is None or before.addresses != done.result()):
            self._save(self._file)

    def _save(self, file: Path) -> None:
        content = {host: known.addresses for host, known in self._known.items()}
        saving = asyncio.ensure_future(self._saving.run(lambda: _write_known(file, content)))
        self._unsaved = saving  # a task that nobody refers to may be collected


def _read_known(file: Path) -> dict[str, KnownHost]:
    """Return what *file* remembers; nothing if it is missing or damaged."""
    with suppress(OSError, msgspec.DecodeError):
        found = msgspec.json.decode(read_own(file), type=dict[str, tuple[str, ...]])
        return {
            host: KnownHost(addresses, None)
            for host, addresses in found.items()
            if addresses and all(map(is_address, addresses))
        }
    return {}


def _write_known(file: Path, content: Mapping[str, tuple[str, ...]]) -> None:
    """Write *content* to *file*; a disk that refuses it costs the names after a restart, no more."""
    fresh = file.with_suffix(".new")
    try:
        with open_fresh(fresh) as written:
            written.write(json.dumps(content).encode())
        fresh.replace(file)
    except OSError as error:
        log.warning("addresses of hosts not saved", file=str(file), reason=str(error))
