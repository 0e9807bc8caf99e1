"""Makes the pages of a snapshot and of deltas out of versions of the registry."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from registry.exchange.cursors import BadCursor, ExchangeCursor
from registry.exchange.items import EXCHANGED, Item, ItemKey, item_of, items_in, tombstone
from registry.model.registry import Registry
from registry.model.rows import Row

VERSION = 1
"""The version of the format; one that reads it ignores fields that it does not know."""

MOST_ITEMS = 1_000
"""Items of one page."""


@dataclass(frozen=True, slots=True)
class VersionHead:
    """A version without its rows: its number, its hash, and when it was made."""

    number: int
    hash: str
    at: int


@dataclass(frozen=True, slots=True)
class ExchangedVersion(VersionHead):
    """A version as far as a reader may see it, with its rows."""

    registry: Registry


VersionType = TypeVar("VersionType", bound=VersionHead)

ReadVersion = Callable[[int], ExchangedVersion | None]
"""Returns a version by its number; None where there is none."""


@dataclass(frozen=True, slots=True)
class Page:
    """Items that lead from the version *since* to *version*, and the *cursor* behind them.

    There is *more* of them unless the reader has *version* whole then.
    """

    since: int
    version: VersionHead
    items: tuple[Item, ...]
    cursor: ExchangeCursor
    more: bool


ANEW = "begin anew: GET /api/v1/exchange/snapshot"


def first_cursor(center: str, scope: str) -> ExchangeCursor:
    """Return the cursor of a reader that has nothing."""
    return ExchangeCursor(center=center, scope=scope, since=0)


def next_page(
    cursor: ExchangeCursor, *, active: int, read: ReadVersion, own: ExchangeCursor, limit: int
) -> Page:
    """Return the page behind *cursor*; raises BadCursor.

    *own* has the center and the scope of the reader as of now. A page leads to the version to which the
    pages before it lead, however many versions were made meanwhile.
    """
    check_cursor(cursor, own)
    until = known_version(cursor.until or active, cursor.until_hash, read)
    since = None if cursor.since == 0 else known_version(cursor.since, cursor.since_hash, read)
    return page_of(cursor, until, _items(since, until, cursor), limit=limit)


def page_of(
    cursor: ExchangeCursor, until: VersionHead, items: Iterable[tuple[ItemKey, Item]], *, limit: int
) -> Page:
    """Return the first of *items*, those behind *cursor* that lead to *until*, as a page."""
    found = list(islice(items, limit + 1))
    more, shown = len(found) > limit, found[:limit]
    behind = replace(
        cursor, since=until.number, since_hash=until.hash, until=0, until_hash="", after=None
    )
    if more:
        behind = replace(cursor, until=until.number, until_hash=until.hash, after=_named(shown[-1][0]))
    return Page(cursor.since, until, tuple(item for _, item in shown), behind, more)


def _named(place: ItemKey) -> tuple[str, str]:
    """Return *place* by the name of its table: a later program may have others between."""
    return EXCHANGED[place[0]], place[1]


def check_cursor(cursor: ExchangeCursor, own: ExchangeCursor) -> None:
    """Raise BadCursor unless *cursor* is of the center and the scope of *own*."""
    if cursor.center != own.center:
        raise BadCursor(f"the cursor is of the center {cursor.center!r}; {ANEW}")
    if cursor.scope != own.scope:
        raise BadCursor(f"what you may see is not what the cursor was made for; {ANEW}")


def known_version(number: int, known: str, read: Callable[[int], VersionType | None]) -> VersionType:
    """Return the version *number*, which has the hash *known* where that is given; raises BadCursor."""
    found = read(number)
    if found is None:
        raise BadCursor(f"the cursor names version {number}, which this center does not have; {ANEW}")
    if known and found.hash != known:
        text = f"version {number} is another one than the cursor names, as after a backup was restored"
        raise BadCursor(f"{text}; {ANEW}")
    return found


def _items(
    since: ExchangedVersion | None, until: ExchangedVersion, cursor: ExchangeCursor
) -> list[tuple[ItemKey, Item]]:
    before = {} if since is None else _rows(since.registry)
    after = _rows(until.registry)
    place, center = place_of(cursor), cursor.center
    keys = sorted(key for key in before.keys() | after.keys() if place is None or key > place)
    return [
        (key, item_between(before.get(key), after.get(key), center))
        for key in keys
        if before.get(key) != after.get(key)
    ]


def place_of(cursor: ExchangeCursor) -> ItemKey | None:
    """Return the place of the last item that the reader of *cursor* has; raises BadCursor."""
    if cursor.after is None:
        return None
    table, key = cursor.after
    if table not in EXCHANGED:
        raise BadCursor(f"the cursor names the table {table!r}, which is no longer handed over; {ANEW}")
    return EXCHANGED.index(table), key


def item_between(before: tuple[str, Row] | None, after: tuple[str, Row] | None, center: str) -> Item:
    """Return the item that leads from the row *before* to the one *after*, each with its table."""
    if after is not None:
        return item_of(*after, center)
    if before is None:
        raise ValueError("a row that neither version has")
    return tombstone(*before, center)


def _rows(registry: Registry) -> dict[ItemKey, tuple[str, Row]]:
    return {key: (table, row) for key, table, row in items_in(registry)}
