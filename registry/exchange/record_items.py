"""Yields the items between two versions record by record, in the order of the records' names.

Only the records of a page are decoded: whatever the size of the registry, a page costs what it shows.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection

from registry.domain.change_set import record_of
from registry.domain.encoded_records import PREMISES, RecordKey
from registry.domain.visible_rows import VisibleRows
from registry.exchange.items import EXCHANGED, Item, ItemKey
from registry.exchange.pages import item_between
from registry.model.rows import Row
from registry.store.record_queries import keys_after, keys_between
from registry.store.stored_versions import StoredVersion
from registry.store.version_records import RecordValue, rows_in, version_records

RECORDS_AT_ONCE = 25
"""Records that are decoded together: some hundred items."""

KEYS_AT_ONCE = 500
"""Keys of records that one statement returns."""

_KINDS = frozenset({*EXCHANGED, PREMISES})


@dataclass(frozen=True, slots=True)
class SeenVersion:
    """A version of which a reader may see *rows*; all of them where that is None."""

    stored: StoredVersion | None
    rows: VisibleRows | None = None

    @property
    def number(self) -> int:
        """The number of the version; 0 is the empty one."""
        return 0 if self.stored is None else self.stored.number

    def has(self, key: RecordKey) -> bool:
        """Return whether the record *key* may be seen."""
        return self.rows is None or self.rows.has(key)


NOTHING = SeenVersion(None)
"""The empty version, which a reader has who begins."""


@dataclass(frozen=True, slots=True)
class RecordItems:
    """The items that lead from *since* to *until* at *center*, read on *connection*."""

    connection: Connection
    since: SeenVersion
    until: SeenVersion
    center: str

    def behind(self, place: ItemKey | None) -> Iterator[tuple[ItemKey, Item]]:
        """Yield the items that follow the one at *place*, each with its own place."""
        start = None if place is None else RecordKey(*record_of(EXCHANGED[place[0]], place[1]))
        for some in _some(self._keys(start)):
            old, new = self._values(self.since, some), self._values(self.until, some)
            for key in some:
                items = self._items(_rows(key, old), _rows(key, new))
                yield from (each for each in items if key != start or place is None or each[0] > place)

    def _keys(self, start: RecordKey | None) -> Iterator[RecordKey]:
        """Yield the keys of the records that may differ, from *start* on."""
        if self.since.number == 0:
            return self._all_keys(start)
        found = keys_between(self.connection, *sorted((self.since.number, self.until.number)))
        if self.since.rows is not None and self.until.rows is not None:
            found.update(self.since.rows.difference(self.until.rows))
        in_order = sorted(_by_name(each) for each in found if each.table in _KINDS)
        first = None if start is None else _by_name(start)
        return (
            RecordKey(table, name) for name, table in in_order if not first or (name, table) >= first
        )

    def _all_keys(self, start: RecordKey | None) -> Iterator[RecordKey]:
        after = start
        if start is not None:
            yield start
        while page := keys_after(self.connection, self.until.number, after, KEYS_AT_ONCE):
            yield from (key for key in page if key.table in _KINDS)
            after = page[-1]

    def _values(
        self, version: SeenVersion, keys: Iterable[RecordKey]
    ) -> Mapping[RecordKey, RecordValue]:
        seen = [key for key in keys if version.has(key)]
        return version_records(self.connection, version.stored, seen)

    def _items(
        self, before: dict[ItemKey, tuple[str, Row]], after: dict[ItemKey, tuple[str, Row]]
    ) -> Iterator[tuple[ItemKey, Item]]:
        for place in sorted(before.keys() | after.keys()):
            old, new = before.get(place), after.get(place)
            if old != new:
                yield place, item_between(old, new, self.center)


def _rows(key: RecordKey, found: Mapping[RecordKey, RecordValue]) -> dict[ItemKey, tuple[str, Row]]:
    value = found.get(key)
    if value is None:
        return {}
    rows = (each for each in rows_in(key, value) if each[0] in EXCHANGED)
    return {(EXCHANGED.index(table), row.key): (table, row) for table, row in rows}


def _some(keys: Iterator[RecordKey]) -> Iterator[list[RecordKey]]:
    while found := list(islice(keys, RECORDS_AT_ONCE)):
        yield found


def _by_name(key: RecordKey) -> tuple[str, str]:
    return key.name, key.table
