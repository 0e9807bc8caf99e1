"""Reads the versions that an exchange is about, within a transaction of the caller."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from registry.domain.outline import RegistryOutline
from registry.domain.scope import RegistryReach, visible
from registry.domain.visible_rows import VisibleRows, visible_rows
from registry.exchange.cursors import ExchangeCursor
from registry.exchange.pages import (
    ExchangedVersion,
    Page,
    VersionHead,
    check_cursor,
    known_version,
    next_page,
    page_of,
    place_of,
)
from registry.exchange.record_items import NOTHING, RecordItems, SeenVersion
from registry.store.outlines import Outlines
from registry.store.reading import numbered
from registry.store.stored_versions import StoredVersion, latest_number, stored_version

ReachOf = Callable[[RegistryOutline], RegistryReach]
"""Returns the places that a reader may see, as the areas of a version say."""

SEEN_KEPT = 8
"""Answers of which rows of a version somebody may see that are kept: for each reader two of them."""


class ExchangeReading:
    """Reads pages for readers in any threads; *outlines* are those of the versions."""

    def __init__(self, outlines: Outlines) -> None:
        self._outlines = outlines
        self._seen: dict[tuple[int, str, str], VisibleRows] = {}

    def page(
        self,
        connection: Connection,
        *,
        cursor: ExchangeCursor,
        own: ExchangeCursor,
        reach_of: ReachOf | None,
        limit: int,
    ) -> Page:
        """Return the page behind *cursor* for the reader of *own*; raises BadCursor.

        Without *reach_of* the reader sees all.
        """
        check_cursor(cursor, own)
        read = partial(_stored, connection)
        until = known_version(cursor.until or latest_number(connection), cursor.until_hash, read)
        since = None if cursor.since == 0 else known_version(cursor.since, cursor.since_hash, read)
        if any(each is not None and each.is_whole for each in (since, until)):
            whole = partial(self._whole, connection, reach_of=reach_of)
            return next_page(cursor, active=until.number, read=whole, own=own, limit=limit)
        seen = partial(self._seen_version, connection, reach_of=reach_of, scope=own.scope)
        before = NOTHING if since is None else seen(since)
        found = RecordItems(connection, before, seen(until), cursor.center)
        return page_of(cursor, until, found.behind(place_of(cursor)), limit=limit)

    def _seen_version(
        self, connection: Connection, head: "_Head", *, reach_of: ReachOf | None, scope: str
    ) -> SeenVersion:
        if head.stored is None or reach_of is None:
            return SeenVersion(head.stored)
        key = head.number, head.hash, scope
        rows = self._seen.get(key)
        if rows is None:
            outline = self._outlines.of(connection, head.stored)
            rows = self._seen[key] = visible_rows(outline, reach_of(outline))
            while len(self._seen) > SEEN_KEPT:
                self._seen.pop(next(iter(self._seen)), None)
        return SeenVersion(head.stored, rows)

    def _whole(
        self, connection: Connection, number: int, *, reach_of: ReachOf | None
    ) -> ExchangedVersion | None:
        """Return a version of which an earlier program stored no records."""
        head = _stored(connection, number)
        if head is None:
            return None
        shown = numbered(connection, number).registry
        if reach_of is not None:
            shown = visible(shown, reach_of(self._outlines.of(connection, head.stored)))
        return ExchangedVersion(head.number, head.hash, head.at, shown)


@dataclass(frozen=True, slots=True)
class _Head(VersionHead):
    """A version as it is *stored*; None: the empty one."""

    stored: StoredVersion | None

    @property
    def is_whole(self) -> bool:
        """Whether it has no records, as one of an earlier program."""
        return self.stored is not None and self.stored.records is None


def _stored(connection: Connection, number: int) -> _Head | None:
    if number == 0:
        return _Head(0, "", 0, None)
    found = stored_version(connection, number)
    return None if found is None else _Head(number, found.hash[:16], found.at, found)
