"""Reads of the active version only the records that a question is about, within a caller's transaction.

A version of before there were records is read whole: its next change puts records.
"""

from collections.abc import Iterable, Set
from enum import Enum

import msgspec
from sqlalchemy import Connection

from registry.domain.encoded_records import PREMISES, RecordKey, record_json, registry_of
from registry.model.registry import Registry
from registry.store.reading import latest
from registry.store.record_queries import (
    StoredRecord,
    current_names,
    current_records,
    current_tables,
)
from registry.store.stored_versions import latest_stored


def shared_tables(connection: Connection, tables: Set[str]) -> Registry:
    """Return the active version with the shared *tables* alone; raises ValueError."""
    match _form(connection):
        case _Form.NONE:
            return Registry()
        case _Form.WHOLE:
            return latest(connection).registry
        case _Form.RECORDS:
            return _registry(current_tables(connection, tables).values())


def names_of(connection: Connection, table: str) -> set[str]:
    """Return the keys of the rows of *table*: of premises, or of a table that these share."""
    match _form(connection):
        case _Form.NONE:
            return set()
        case _Form.WHOLE:
            return {row.key for row in getattr(latest(connection).registry, table)}
        case _Form.RECORDS:
            return current_names(connection, table)


def one_premises(connection: Connection, premises: str) -> Registry:
    """Return of the active version *premises* and its own rows; raises ValueError."""
    match _form(connection):
        case _Form.NONE:
            return Registry()
        case _Form.WHOLE:
            return latest(connection).registry
        case _Form.RECORDS:
            return _registry(current_records(connection, {RecordKey(PREMISES, premises)}).values())


def gateways(connection: Connection) -> list[tuple[str, str]]:
    """Return the premises and the id of each gateway of the active version; raises ValueError."""
    form = _form(connection)
    if form is _Form.NONE:
        return []
    if form is _Form.WHOLE:
        return [(each.premises, each.id) for each in latest(connection).registry.gateways]
    found = current_tables(connection, {PREMISES})
    return [
        (each.premises, each.id)
        for key in sorted(found)
        for each in _decode_gateways(record_json(found[key].content)).gateways
    ]


class _Gateway(msgspec.Struct, frozen=True, gc=False):
    premises: str
    id: str


class _Gateways(msgspec.Struct, frozen=True, gc=False):
    """Of a record of premises the gateways alone: the rest is skipped, and costs nothing."""

    gateways: tuple[_Gateway, ...] = ()


_decode_gateways = msgspec.json.Decoder(_Gateways).decode


class _Form(Enum):
    """The form in which the active version is stored."""

    NONE = "there is none, whatever records may be left of one"
    WHOLE = "as one document: it is of before there were records"
    RECORDS = "as records"


def _form(connection: Connection) -> _Form:
    stored = latest_stored(connection)
    if stored is None:
        return _Form.NONE
    return _Form.WHOLE if stored.records is None else _Form.RECORDS


def _registry(found: Iterable[StoredRecord]) -> Registry:
    return registry_of((each.key, each.content) for each in found)
