"""Addresses that were just delivered to, until a job has stored them: no attempt waits for that."""

import asyncio

from alerting.domain.notification.recipients import Destination
from alerting.domain.notification.tried import NamedAddress, fingerprint_of


class DeliveredAddresses:
    """The latest fingerprint of each destination; those that changed wait to be stored.

    They live in memory, so that an alarm costs no write. Where the process dies before they are stored,
    the address counts as untried until the next delivery.
    """

    def __init__(self) -> None:
        self._known: dict[Destination, str] = {}
        self._new: dict[Destination, str] = {}
        self._news = asyncio.Event()

    def note_delivered(self, delivered: NamedAddress) -> None:
        """Note *delivered*; news only where another address, or none, was delivered to before."""
        destination, found = delivered.destination, fingerprint_of(delivered.address)
        if self._known.get(destination) != found:
            self._known[destination] = self._new[destination] = found
            self._news.set()

    def is_tried(self, named: NamedAddress) -> bool:
        """Return whether *named* is the address that was delivered to last."""
        return named.is_tried(self._known)

    def note_stored(self, stored: dict[Destination, str]) -> None:
        """Note what is *stored*; what was delivered to since then is newer."""
        self._known |= {each: found for each, found in stored.items() if each not in self._new}

    def unstored(self) -> dict[Destination, str]:
        """Return the fingerprints that wait to be stored."""
        self._news.clear()
        return dict(self._new)

    def drop_unstored(self, stored: dict[Destination, str]) -> None:
        """Drop those of *stored* that did not change since."""
        for destination, found in stored.items():
            if self._new.get(destination) == found:
                del self._new[destination]

    async def wait(self, timeout_s: float) -> None:
        """Wait for news, but not longer than *timeout_s*."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._news.wait()
        except TimeoutError:
            return
