"""The rights of readers of the feed while they read: premises move, and roles begin and end."""

import asyncio
from datetime import date

from accounts.domain.areas import AreaTree
from accounts.domain.rights import Rights
from alerting.http.access import LaterRights
from alerting.http.feed_reader import FeedReader
from alerting.http.feed_ring import FeedFilter
from contract.http.feed import FeedQuery
from contract.http.permissions import Permission

AGAIN_S = 1.0
"""Seconds between two looks: within two of them a premises that moved is sent to its new area."""

AT_ONCE = 50
"""Readers that are looked at before whatever else is ready has its turn."""


def feed_filter(rights: Rights, asked: FeedQuery) -> FeedFilter:
    """Return what a reader with *rights* is sent of what it *asked* for."""
    visible, clear = rights.visible(Permission.FEED_READ), rights.visible(Permission.PHONES_READ)
    return FeedFilter(asked.premises, asked.kind, visible, clear)


class FeedRights:
    """The readers, each with what it asked for and the registry and day that its filter is of.

    An account that changes ends its readers (``LongRequests``), so that only these can differ.
    """

    def __init__(self) -> None:
        self._readers: dict[FeedReader, tuple[LaterRights, FeedQuery]] = {}
        self._as_of: dict[FeedReader, tuple[AreaTree, date]] = {}

    def add(self, reader: FeedReader, later: LaterRights, asked: FeedQuery) -> None:
        """Look at the rights of *reader* from now on."""
        self._readers[reader] = later, asked

    def remove(self, reader: FeedReader) -> None:
        """Forget *reader*."""
        self._readers.pop(reader, None)
        self._as_of.pop(reader, None)

    async def watch_forever(self) -> None:
        """Look at all readers now and then until cancelled."""
        while True:
            await asyncio.sleep(AGAIN_S)
            for number, reader in enumerate(list(self._readers)):
                self._look_at(reader)
                if number % AT_ONCE == AT_ONCE - 1:
                    await asyncio.sleep(0)

    def _look_at(self, reader: FeedReader) -> None:
        """Give *reader* the rights of now, where the registry or the day is another one."""
        if (found := self._readers.get(reader)) is None:
            return
        rights = found[0].now()
        as_of = rights.tree, rights.day
        if self._as_of.get(reader) != as_of:
            self._as_of[reader] = as_of
            reader.wanted = feed_filter(rights, found[1])
