"""Prepares a change of a few records: finds them and what they touch, checks it, and encodes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from registry.domain.change_checks import change_problems, names_in, sentences, tables_compared
from registry.domain.change_set import ChangeSet, record_of
from registry.domain.changes import RegistryChanges, difference
from registry.domain.encoded_records import (
    PREMISES,
    EncodedRecord,
    RecordKey,
    encoded_registry,
    registry_of,
)
from registry.domain.local_days import local_day_at
from registry.domain.references import names_referred
from registry.domain.signed import RegistryRefused
from registry.model.registry import Registry
from registry.store.errors import ConflictingChange, InvalidChange, UnknownVersion, UnsoundVersion
from registry.store.new_version import Author, NewVersion, next_version, whole_version
from registry.store.reading import latest
from registry.store.record_queries import (
    StoredRecord,
    current_named,
    current_naming,
    current_records,
    current_tables,
    last_changes,
)
from registry.store.stored_versions import StoredVersion, latest_stored


@dataclass(frozen=True, slots=True)
class PreparedChange:
    """A change that was checked: what it changes, and the version to store; None: nothing differs."""

    active: int
    changes: RegistryChanges
    version: NewVersion | None


def prepare_change(
    connection: Connection,
    changes: ChangeSet,
    *,
    author: Author,
    based_on: int,
    public_key: bytes | None,
) -> PreparedChange:
    """Return *changes*, made on version *based_on*, ready to be stored; raises ChangeRefused."""
    if faults := changes.faults():
        raise InvalidChange(faults)
    stored = latest_stored(connection)
    touched = touched_records(changes)
    _check_base(connection, touched, based_on=based_on, active=0 if stored is None else stored.number)
    if stored is None or stored.records is None:
        return _on_whole(connection, changes, author=author, public_key=public_key)
    _check_signature(stored, public_key)
    return _on_records(connection, changes, touched, author=author, stored=stored)


def touched_records(changes: ChangeSet) -> frozenset[RecordKey]:
    """Return the keys of the records that *changes* put rows in, or remove rows from."""
    keys = {(table, row.key) for table, rows in changes.put.items() for row in rows}
    keys |= {(table, key) for table, gone in changes.remove.items() for key in gone}
    return frozenset(RecordKey(*record_of(*each)) for each in keys)


def _check_base(
    connection: Connection, touched: frozenset[RecordKey], *, based_on: int, active: int
) -> None:
    if based_on > active or based_on < 0:
        raise UnknownVersion(based_on)
    if based_on < active:
        found = last_changes(connection, touched)
        newer = [f"{key.table} {key.name!r}" for key, last in found.items() if last > based_on]
        if newer:
            raise ConflictingChange(based_on, active, newer)


def _check_signature(stored: StoredVersion, public_key: bytes | None) -> None:
    try:
        if public_key is not None and stored.signature:
            stored.check_signature(public_key)
    except RegistryRefused as error:
        raise UnsoundVersion(stored.number) from error


def _on_whole(
    connection: Connection, changes: ChangeSet, *, author: Author, public_key: bytes | None
) -> PreparedChange:
    """Prepare the first version of records, on an empty database or a version of before."""
    before = latest(connection, public_key)
    if not before.is_sound:
        raise UnsoundVersion(before.number)
    _check_removed(changes, before.registry)
    after = changes.applied_to(before.registry)
    if errors := sentences(after, today=local_day_at(author.at)):
        raise InvalidChange(errors)
    made = difference(before.registry, after)
    if made.nothing:
        return PreparedChange(before.number, made, None)
    new = whole_version(author, before.number + 1, encoded_registry(after), ())
    return PreparedChange(before.number, made, new)


def _on_records(
    connection: Connection,
    changes: ChangeSet,
    touched: frozenset[RecordKey],
    *,
    author: Author,
    stored: StoredVersion,
) -> PreparedChange:
    own = current_records(connection, touched)
    before = _registry(own, stored)
    _check_removed(changes, before)
    after = changes.applied_to(before)
    new = encoded_registry(after)
    changed = {
        key: new.get(key)
        for key in touched
        if (own[key].hash if key in own else None) != (new[key].hash if key in new else None)
    }
    made = difference(before, after)
    if not changed:
        return PreparedChange(stored.number, made, None)
    today = local_day_at(author.at)
    _check_change(connection, changes, own=own, new=new, stored=stored, today=today)
    version = next_version(connection, author, stored, changed)
    if version is None:
        raise UnsoundVersion(stored.number)
    return PreparedChange(stored.number, made, version)


def _check_removed(changes: ChangeSet, before: Registry) -> None:
    errors = [
        f"{table} {key!r}: there is no such row to remove; look at the active version"
        for table, gone in changes.remove.items()
        for key in sorted(gone - {row.key for row in getattr(before, table)})
    ]
    if errors:
        raise InvalidChange(errors)


def _check_change(
    connection: Connection,
    changes: ChangeSet,
    *,
    own: Mapping[RecordKey, StoredRecord],
    new: Mapping[RecordKey, EncodedRecord],
    stored: StoredVersion,
    today: date,
) -> None:
    """Raise InvalidChange unless the registry can be used after *changes*, by all that they touch."""
    touched = touched_records(changes)
    around = dict(own)
    if compared := tables_compared(touched):
        around |= current_tables(connection, compared)
    if named := {key.name for key in own if key.table != PREMISES or key not in new}:
        around |= {each.key: each for each in current_naming(connection, named)}
    before = _with_named(connection, around, changes, stored)
    if errors := change_problems(before, changes.applied_to(before), touched, today=today):
        raise InvalidChange(errors)


def _with_named(
    connection: Connection,
    around: dict[RecordKey, StoredRecord],
    changes: ChangeSet,
    stored: StoredVersion,
) -> Registry:
    """Return the records *around*, and all that these and the rows of *changes* name, by any steps."""
    put = [row for rows in changes.put.values() for row in rows]
    looked = set[str]()
    wanted = {name for row in put for name in names_in(row)}
    wanted |= _names_of(around, stored)
    while wanted:
        looked |= wanted
        found = current_named(connection, wanted)
        further = {key: each for key, each in found.items() if key not in around}
        around |= further
        wanted = _names_of(further, stored) - looked
    return _registry(around, stored)


def _names_of(found: Mapping[RecordKey, StoredRecord], stored: StoredVersion) -> set[str]:
    try:
        names = (names_referred(key, each.checked().content) for key, each in found.items())
        return set[str]().union(*names)
    except ValueError as error:
        raise UnsoundVersion(stored.number) from error


def _registry(found: Mapping[RecordKey, StoredRecord], stored: StoredVersion) -> Registry:
    try:
        return registry_of((key, each.checked().content) for key, each in found.items())
    except ValueError as error:
        raise UnsoundVersion(stored.number) from error
