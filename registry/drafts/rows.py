"""Reads rows of the registry, their history and its versions, for whoever may see some of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from registry.domain.change_set import record_of
from registry.domain.encoded_records import PREMISES, RecordKey
from registry.domain.outline import RegistryOutline
from registry.domain.scope import RegistryReach, RowSite, RowSites, is_within
from registry.domain.visible_rows import VisibleRows, counted, visible_rows
from registry.model.records import LOCAL_TABLES
from registry.model.registry import TABLES
from registry.model.rows import Row
from registry.store import RowVersion
from registry.store.outlines import Outlines
from registry.store.row_history import row_history
from registry.store.stored_versions import StoredVersion, latest_stored, stored_versions
from registry.store.version_records import rows_in, version_records

RECORDS_AT_ONCE = 50
"""Records of premises that are decoded together."""


class NoSuchRow(Exception):
    """There is no such row, or not for whoever asks."""


class NoSuchTable(Exception):
    """The registry has no such table."""


@dataclass(frozen=True, slots=True)
class VisibleVersion:
    """The active version as it is *stored*, None: nothing, its *outline*, and the *rows* to be seen."""

    stored: StoredVersion | None
    outline: RegistryOutline
    rows: VisibleRows

    @property
    def counts(self) -> dict[str, int]:
        """The number of rows to be seen in each table."""
        return counted(self.outline, self.rows)


@dataclass(frozen=True, slots=True)
class PageOfRows:
    """Rows by their keys, each with its places; *next* is the key behind which the rest follows."""

    version: int
    rows: tuple[tuple[str, frozenset[RowSite], dict[str, Any]], ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class RowsWanted:
    """The rows of a *table* behind the key *after*, *limit* of them; of *premises* alone where named."""

    table: str
    after: str = ""
    limit: int = 100
    premises: str = ""


class RowReader:
    """Reads rows of the active version, of which *outlines* keeps the outline; decodes what it shows."""

    def __init__(self, outlines: Outlines) -> None:
        self._outlines = outlines

    def version(self, connection: Connection, reach: RegistryReach) -> VisibleVersion:
        """Return the active version as whoever has *reach* sees it."""
        stored = latest_stored(connection)
        outline = self._outlines.of(connection, stored)
        return VisibleVersion(stored, outline, visible_rows(outline, reach))

    def page(self, connection: Connection, reach: RegistryReach, wanted: RowsWanted) -> PageOfRows:
        """Return the rows that are *wanted*, in the order of keys; raises NoSuchTable."""
        if wanted.table not in TABLES:
            raise NoSuchTable(wanted.table)
        version = self.version(connection, reach)
        rows = list(islice(_rows(connection, version, wanted), wanted.limit + 1))
        page, more = rows[: wanted.limit], len(rows) > wanted.limit
        sites = RowSites(version.outline.registry)
        shown = tuple(
            (row.key, sites.of(wanted.table, row), row.model_dump(mode="json")) for row in page
        )
        return PageOfRows(version.outline.number, shown, page[-1].key if more else None)

    def history(
        self, connection: Connection, reach: RegistryReach, *, table: str, key: str, limit: int
    ) -> tuple[frozenset[RowSite], list[tuple[RowVersion, Row | None]]]:
        """Return the places of a row, and its latest changes with the row before each.

        Raises NoSuchTable, or NoSuchRow: a row that is gone is there for whoever may see where it was.
        """
        if table not in TABLES:
            raise NoSuchTable(table)
        changes = row_history(connection, table, key)
        last = next((each.row for each in changes if each.row is not None), None)
        if last is None:
            raise NoSuchRow(key)
        version = self.version(connection, reach)
        sites = RowSites(version.outline.registry).of(table, last)
        is_there = changes[0].row is not None
        record = RecordKey(*record_of(table, key))
        if not (version.rows.has(record) if is_there else _all_within(sites, reach)):
            raise NoSuchRow(key)
        before = [*(each.row for each in changes[1:]), None]
        return sites, list(zip(changes, before, strict=True))[:limit]


def _rows(connection: Connection, version: VisibleVersion, wanted: RowsWanted) -> Iterator[Row]:
    """Yield the rows that are *wanted* in the order of keys, decoded a few records at a time."""
    keys = (each for each in _keys(version.outline, wanted) if version.rows.has(each))
    while some := list(islice(keys, min(wanted.limit + 1, RECORDS_AT_ONCE))):
        found = version_records(connection, version.stored, some)
        for key in some:
            rows = (row for table, row in rows_in(key, found[key]) if table == wanted.table)
            yield from (row for row in sorted(rows, key=_key) if row.key > wanted.after)


def _keys(outline: RegistryOutline, wanted: RowsWanted) -> Iterator[RecordKey]:
    """Yield the keys of records that may have rows that are *wanted*, in the order of their rows."""
    table, after = wanted.table, wanted.after
    if table in LOCAL_TABLES:
        names = _those_of(outline.ordered_places, wanted)
        first = after.partition("/")[0]
        there = (each for each in names if f"{each}/" > after or each == first)
        return (RecordKey(PREMISES, each) for each in there if outline.rows_in(table, each))
    if table == PREMISES:
        names = _those_of(sorted(outline.places), wanted)
        return (RecordKey(PREMISES, each) for each in names if each > after)
    rows = outline.shared.rows[table]
    if wanted.premises:
        rows = {k: row for k, row in rows.items() if getattr(row, "premises", None) == wanted.premises}
    return (RecordKey(table, each) for each in sorted(rows) if each > after)


def _those_of(names: Sequence[str], wanted: RowsWanted) -> Sequence[str]:
    return [each for each in names if each == wanted.premises] if wanted.premises else names


def _key(row: Row) -> str:
    return row.key


def _all_within(sites: Iterable[RowSite], reach: RegistryReach) -> bool:
    return all(is_within(each, reach) for each in sites)


def compared_fields(before: Row | None, after: Row | None) -> Mapping[str, list[Any]]:
    """Return the fields that a change of a row made other ones, each before and after."""
    old = {} if before is None else before.model_dump(mode="json")
    new = {} if after is None else after.model_dump(mode="json")
    return {
        name: [old.get(name), new.get(name)]
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    }


def versions_before(connection: Connection, before: int | None, limit: int) -> list[StoredVersion]:
    """Return at most *limit* versions, the newest first, those before a number where one is given."""
    found = (each for each in stored_versions(connection) if before is None or each.number < before)
    return [each for each, _ in zip(found, range(limit), strict=False)]
