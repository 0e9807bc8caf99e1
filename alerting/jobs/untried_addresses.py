"""Addresses of contacts that nothing was delivered to: whether they reach anybody is not known."""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain

from alerting.domain.notification.recipients import Destination
from alerting.domain.notification.tried import NamedAddress, addresses_of
from alerting.engine.delivered_addresses import DeliveredAddresses
from alerting.engine.engine import Engine
from alerting.engine.unit_of_work import UnitOfWork
from alerting.jobs.steps import in_steps
from alerting.metrics import Metrics
from alerting.store.retry import DatabaseRetry
from alerting.store.store import CenterStore
from registry.domain.index import Unregistered
from registry.model.contacts import ChannelKind, Contact
from runtime.clock import Clock

LOOK_S = 60.0
"""Seconds between two looks: another process of the center may have delivered meanwhile."""

AT_ONCE = 50
"""Addresses of one read or write: a millisecond, in which others wait."""


class UntriedAddresses:
    """Stores the addresses that were *delivered* to, and names the others.

    Only channels that are set up, *usable*, count. The names are for people alone: an untried address
    is sent to like any other.
    """

    def __init__(
        self,
        engine: Engine,
        delivered: DeliveredAddresses,
        *,
        command_center: Contact,
        usable: Collection[ChannelKind],
        metrics: Metrics,
        clock: Clock,
        database_retry: DatabaseRetry,
    ) -> None:
        self._read = engine.transactions.read
        self._write = engine.transactions.run
        self._registry = engine.registry
        self._delivered = delivered
        self._command_center = command_center
        self._usable = usable
        self._metrics = metrics
        self._clock = clock
        self._database_retry = database_retry
        self._untried: list[Destination] = []
        self._contacts: list[str] = []

    @property
    def named(self) -> list[str]:
        """The addresses never delivered to, as ``contact:channel``."""
        return [f"{contact}:{channel}" for contact, channel in self._untried]

    @property
    def contacts(self) -> list[str]:
        """The contacts that nothing was delivered to at any of their addresses."""
        return self._contacts

    async def run(self) -> None:
        """Look until cancelled; in between store what is delivered to."""
        while True:
            await self._database_retry.until_stored(self.look)
            await self._store_for(LOOK_S)

    async def _store_for(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while (left := end - loop.time()) > 0:
            await self._delivered.wait(left)
            await self._database_retry.until_stored(self.store_delivered)

    async def look(self) -> None:
        """Store what was delivered to, and look once at all addresses that were not, so far."""
        await self._store()
        await self._read_stored()
        untried, contacts = list[Destination](), list[str]()
        async for contact in in_steps(self._all_contacts()):
            known = list(addresses_of(contact, self._usable))
            left = self._left(known)
            untried += left
            if left and len(left) == len(known):
                contacts.append(contact.id)
        self._show(sorted(untried), sorted(contacts))

    async def store_delivered(self) -> None:
        """Store what was delivered to, and name it no longer."""
        tried = {each.contact for each in await self._store()}
        if tried:
            left = [each for name in tried for each in self._left(self._addresses(name))]
            others = [each for each in self._untried if each.contact not in tried]
            self._show(sorted([*others, *left]), [each for each in self._contacts if each not in tried])

    async def _store(self) -> list[Destination]:
        """Store what waits; return the destinations."""
        waiting = list(self._delivered.unstored().items())
        for first in range(0, len(waiting), AT_ONCE):
            some = dict(waiting[first : first + AT_ONCE])
            await self._write(partial(_keep, some), self._clock())
            self._delivered.drop_unstored(some)
        return [destination for destination, _ in waiting]

    async def _read_stored(self) -> None:
        """Read what is stored of the addresses that this process has not delivered to."""
        some = list[Destination]()
        async for contact in in_steps(self._all_contacts()):
            some += self._left(addresses_of(contact, self._usable))
            if len(some) >= AT_ONCE:
                self._delivered.note_stored(await self._read(partial(_kept, some)))
                some = []
        self._delivered.note_stored(await self._read(partial(_kept, some)))

    def _left(self, known: Iterable[NamedAddress]) -> list[Destination]:
        return [each.destination for each in known if not self._delivered.is_tried(each)]

    def _show(self, untried: list[Destination], contacts: list[str]) -> None:
        self._untried, self._contacts = untried, contacts
        self._metrics.untried.set(len(untried))

    def _addresses(self, name: str) -> Iterator[NamedAddress]:
        found = self._registry.current.index.contact(name)
        contact = self._command_center if name == self._command_center.id else found
        return iter(()) if isinstance(contact, Unregistered) else addresses_of(contact, self._usable)

    def _all_contacts(self) -> Iterator[Contact]:
        registered = self._registry.current.index.contacts()
        return chain((self._command_center,), registered)


def _keep(some: Mapping[Destination, str], unit: UnitOfWork) -> None:
    unit.store.tried.put(some, unit.now)


def _kept(some: Collection[Destination], store: CenterStore) -> dict[Destination, str]:
    return store.tried.of(some)
