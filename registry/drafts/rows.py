"""Reads rows of the registry, their history and its versions, for whoever may see some of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from registry.domain.scope import RegistryReach, RowSite, RowSites, is_within, visible
from registry.drafts.reading import part_of_registry
from registry.model.records import OF_PREMISES
from registry.model.registry import TABLES, Registry
from registry.model.rows import Row
from registry.store import RowVersion
from registry.store.row_history import row_history
from registry.store.stored_versions import StoredVersion, stored_versions


class NoSuchRow(Exception):
    """There is no such row, or not for whoever asks."""


class NoSuchTable(Exception):
    """The registry has no such table."""


@dataclass(frozen=True, slots=True)
class VisibleVersion:
    """The active version as far as somebody may see it: its *registry* has the rows."""

    number: int
    at: int | None
    who: str
    hash: str
    registry: Registry
    whole: Registry


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


def visible_version(
    connection: Connection, reach: RegistryReach, *, of: Collection[str] | None = None
) -> VisibleVersion:
    """Return the active version as whoever has *reach* sees it, with the premises *of* alone."""
    found = part_of_registry(connection, reach.named if of is None else of)
    shown = visible(found.registry, reach)
    return VisibleVersion(found.number, found.at, found.who, found.hash, shown, found.registry)


def page_of_rows(connection: Connection, reach: RegistryReach, wanted: RowsWanted) -> PageOfRows:
    """Return the rows that are *wanted*, in the order of keys; raises NoSuchTable."""
    if wanted.table not in TABLES:
        raise NoSuchTable(wanted.table)
    version = visible_version(connection, reach, of=_needed(wanted, reach))
    rows = sorted(_of(version.registry, wanted), key=lambda row: row.key)
    page, more = rows[: wanted.limit], len(rows) > wanted.limit
    sites = RowSites(version.whole)
    shown = tuple((row.key, sites.of(wanted.table, row), row.model_dump(mode="json")) for row in page)
    return PageOfRows(version.number, shown, page[-1].key if more else None)


def _needed(wanted: RowsWanted, reach: RegistryReach) -> Collection[str] | None:
    """Return the premises whose rows are needed, None for all that are there."""
    if wanted.premises:
        return (wanted.premises,)
    return () if reach.is_everywhere and wanted.table not in OF_PREMISES else None


def _of(found: Registry, wanted: RowsWanted) -> Iterable[Row]:
    rows = (row for row in getattr(found, wanted.table) if row.key > wanted.after)
    if not wanted.premises:
        return rows
    return (row for row in rows if _premises_of(wanted.table, row) == wanted.premises)


def _premises_of(table: str, row: Row) -> str | None:
    return row.id if table == "premises" else getattr(row, "premises", None)


def history_of_row(
    connection: Connection, reach: RegistryReach, table: str, key: str, *, limit: int
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
    version = visible_version(connection, reach)
    sites = RowSites(version.whole).of(table, last)
    is_there = any(row.key == key for row in getattr(version.registry, table))
    if not is_there and (_exists(version.whole, table, key) or not _all_within(sites, reach)):
        raise NoSuchRow(key)
    before = [*(each.row for each in changes[1:]), None]
    return sites, list(zip(changes, before, strict=True))[:limit]


def _exists(found: Registry, table: str, key: str) -> bool:
    return any(row.key == key for row in getattr(found, table))


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
