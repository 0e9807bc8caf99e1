"""The history of one row: each version that changed it, with the fields that changed, who and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from contract.times import from_micros
from registry.domain.change_set import record_of
from registry.domain.changes import differing_fields
from registry.domain.encoded_records import RecordKey, registry_of, row_in
from registry.model.registry import TABLES
from registry.model.rows import Row
from registry.store.earlier_versions import earlier_registry
from registry.store.errors import ChangeRefused
from registry.store.record_queries import StoredRecord, history_of
from registry.store.stored_versions import StoredVersion, stored_version, stored_versions


class RowEvent(StrEnum):
    """The change of a row by a version."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class RowVersion:
    """The change of a row by version *number*: the *fields* that changed, and the row from then on."""

    number: int
    at: datetime
    who: str
    note: str
    event: RowEvent
    fields: tuple[str, ...]
    row: Row | None


class UnknownTable(ChangeRefused):
    """A table that the registry does not have."""

    def __init__(self, table: str) -> None:
        super().__init__(f"the registry has no table {table!r}; it has {', '.join(TABLES)}")


def row_history(connection: Connection, table: str, key: str) -> list[RowVersion]:
    """Return each version that changed the row *key* of *table*, the latest first."""
    if table not in TABLES:
        raise UnknownTable(table)
    found, before = list[RowVersion](), None
    for stored, row in _forms(connection, table, key):
        if row != before:
            found.append(_change(stored, before, row))
        before = row
    return found[::-1]


def _change(stored: StoredVersion, before: Row | None, row: Row | None) -> RowVersion:
    event, fields = RowEvent.CHANGED, tuple[str, ...]()
    if before is None:
        event = RowEvent.ADDED
    elif row is None:
        event = RowEvent.REMOVED
    else:
        fields = differing_fields(before, row)
    by = from_micros(stored.at), stored.who, stored.note
    return RowVersion(stored.number, *by, event, fields, row)


def _forms(connection: Connection, table: str, key: str) -> Iterator[tuple[StoredVersion, Row | None]]:
    """Yield the row in each version that may have changed it, the earliest first."""
    for each in reversed(list(stored_versions(connection))):
        if each.records is None and (whole := stored_version(connection, each.number)) is not None:
            yield each, row_in(earlier_registry(connection, whole), table, key)
    forms = history_of(connection, RecordKey(*record_of(table, key)))
    for number in sorted(_turns(forms)):
        stored = stored_version(connection, number)
        if stored is not None:
            yield stored, _row_at(forms, number, table=table, key=key)


def _turns(forms: list[StoredRecord]) -> set[int]:
    return {turn for each in forms for turn in (each.since, each.until) if turn is not None}


def _row_at(forms: list[StoredRecord], number: int, *, table: str, key: str) -> Row | None:
    for each in forms:
        if each.since <= number and (each.until is None or each.until > number):
            return row_in(registry_of([(each.key, each.checked().content)]), table, key)
    return None
