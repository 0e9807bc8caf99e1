"""Addresses of contacts that nothing was delivered to: whether they reach anybody is not known."""

from collections.abc import Collection, Iterator, Mapping
from functools import partial

from alerting.domain.notification.recipients import Destination
from alerting.domain.notification.tried import NamedAddress, addresses_of, contacts_untried
from alerting.engine.delivered_addresses import DeliveredAddresses
from alerting.engine.engine import Engine
from alerting.engine.unit_of_work import UnitOfWork
from alerting.metrics import Metrics
from alerting.store.retry import DatabaseRetry
from alerting.store.store import CenterStore
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
        """Look until cancelled."""
        while True:
            await self._database_retry.until_stored(self.look)
            await self._delivered.wait(LOOK_S)

    async def look(self) -> None:
        """Store what was delivered to, and look once at all addresses that were not, so far."""
        await self._store()
        known = list(self._addresses())
        await self._read_stored([each for each in known if not self._delivered.is_tried(each)])
        left = [each.destination for each in known if not self._delivered.is_tried(each)]
        self._untried, self._contacts = sorted(left), contacts_untried(known, left)
        self._metrics.untried.set(len(self._untried))

    async def _store(self) -> None:
        waiting = list(self._delivered.unstored().items())
        for first in range(0, len(waiting), AT_ONCE):
            some = dict(waiting[first : first + AT_ONCE])
            await self._write(partial(_keep, some), self._clock())
            self._delivered.drop_unstored(some)

    async def _read_stored(self, left: list[NamedAddress]) -> None:
        for first in range(0, len(left), AT_ONCE):
            some = [each.destination for each in left[first : first + AT_ONCE]]
            self._delivered.note_stored(await self._read(partial(_kept, some)))

    def _addresses(self) -> Iterator[NamedAddress]:
        registered = self._registry.current.index.contacts()
        contacts = {each.id: each for each in (self._command_center, *registered)}
        for contact in contacts.values():
            yield from addresses_of(contact, self._usable)


def _keep(some: Mapping[Destination, str], unit: UnitOfWork) -> None:
    unit.store.tried.put(some, unit.now)


def _kept(some: Collection[Destination], store: CenterStore) -> dict[Destination, str]:
    return store.tried.of(some)
