"""Addresses of contacts to which nothing was ever delivered: whether they reach anybody is not known."""

import asyncio
from collections.abc import Collection, Iterator
from functools import partial

from alerting.domain.notification.recipients import Destination
from alerting.engine.engine import Engine
from alerting.metrics import Metrics
from alerting.store.retry import DatabaseRetry
from alerting.store.store import CenterStore
from registry.model.contacts import ChannelKind, Contact

LOOK_S = 60.0
"""Seconds between two looks: a trial delivery counts within them."""

AT_ONCE = 50
"""Addresses that are looked up in one read: a millisecond, in which others wait."""


class UntriedAddresses:
    """Looks at the deliveries that were made, by the channels that are set up, *usable*."""

    def __init__(
        self,
        engine: Engine,
        *,
        command_center: Contact,
        usable: Collection[ChannelKind],
        metrics: Metrics,
        database_retry: DatabaseRetry,
    ) -> None:
        self._read = engine.transactions.read
        self._registry = engine.registry
        self._command_center = command_center
        self._usable = usable
        self._metrics = metrics
        self._database_retry = database_retry
        self._tried: set[Destination] = set()
        self._untried: list[Destination] = []

    @property
    def named(self) -> list[str]:
        """The addresses never delivered to, as ``contact:channel``."""
        return [f"{contact}:{channel}" for contact, channel in self._untried]

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self._database_retry.until_stored(self.look)
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Look once at all addresses that were not delivered to by the last look."""
        known = sorted(set(self._addresses()))
        left = [each for each in known if each not in self._tried]
        for first in range(0, len(left), AT_ONCE):
            some = left[first : first + AT_ONCE]
            self._tried |= await self._read(partial(_delivered, some))
        self._untried = [each for each in known if each not in self._tried]
        self._metrics.untried.set(len(self._untried))

    def _addresses(self) -> Iterator[Destination]:
        for contact in (*self._registry.current.index.contacts(), self._command_center):
            for channel in contact.addresses:
                if channel in self._usable:
                    yield Destination(contact.id, channel.value)


def _delivered(some: Collection[Destination], store: CenterStore) -> set[Destination]:
    return {each for each in some if store.deliveries.was_delivered(each)}
