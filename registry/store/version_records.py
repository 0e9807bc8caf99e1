"""Decodes some records of a version; the others stay as they are stored."""

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import Connection

from registry.domain.encoded_records import (
    PREMISES,
    RecordKey,
    decoded_premises,
    decoded_row,
    record_values,
)
from registry.model.records import OF_PREMISES, PremisesRecord
from registry.model.rows import RegistryValue, Row
from registry.store.earlier_versions import earlier_registry
from registry.store.outlines import in_turns
from registry.store.record_queries import StoredRecord, records_named
from registry.store.stored_versions import StoredVersion

RecordValue = RegistryValue
"""A row of a shared table, or one premises with all their rows."""


def version_records(
    connection: Connection, stored: StoredVersion | None, keys: Collection[RecordKey]
) -> Mapping[RecordKey, RecordValue]:
    """Return those of the records *keys* that *stored* has; raises ValueError."""
    if stored is None or not keys:
        return {}
    if stored.records is None:
        found = record_values(earlier_registry(connection, stored))
        return {key: value for key, value in found if key in set(keys)}
    named = in_turns(records_named(connection, [stored.number], keys))
    return {each.key: decoded_value(each) for each in named}


def decoded_value(stored: StoredRecord) -> RecordValue:
    """Return *stored* decoded; raises ValueError where it is damaged."""
    table, content = stored.key.table, stored.checked().content
    return decoded_premises(content) if table == PREMISES else decoded_row(table, content)


def rows_in(key: RecordKey, value: RecordValue) -> Iterator[tuple[str, Row]]:
    """Yield the rows of the record *key*, which is *value*, each with its table."""
    if isinstance(value, Row):
        yield key.table, value
    elif isinstance(value, PremisesRecord):
        if value.premises is not None:
            yield PREMISES, value.premises
        for table in OF_PREMISES[1:]:
            yield from ((table, row) for row in getattr(value, table))
