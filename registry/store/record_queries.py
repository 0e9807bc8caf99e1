"""Reads the records of a version, and what one version changed; each answer is one statement's."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from registry.domain.content_tree import bucket_digest, bucket_lines, bucket_of, content_root
from registry.domain.encoded_records import (
    PREMISES,
    EncodedRecord,
    RecordKey,
    content_digest,
)
from registry.domain.signed import RegistryRefused
from registry.store.tables import buckets, records, references

_VALID_NOW = records.c.until_version.is_(None)

NAMES_AT_ONCE = 500
"""Names that one statement asks for."""


RECORDS_IN_TURN = 50
"""Records after which whoever goes through all of them lets all other threads run."""

PAUSE_S = 0.001
"""Seconds of such a pause: the interpreter would let others run after 5 ms only."""


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as it is stored, valid *since* a version and *until* another one, None: still."""

    key: RecordKey
    since: int
    until: int | None
    hash: str
    content: bytes

    def is_valid_in(self, version: int) -> bool:
        """Return whether it is a record of *version*."""
        return self.since <= version and (self.until is None or self.until > version)

    @property
    def is_sound(self) -> bool:
        """Whether its content is that of which it has the hash."""
        try:
            return content_digest(self.content) == self.hash
        except ValueError:
            return False

    def checked(self) -> "StoredRecord":
        """Return it if it is sound; raises RegistryRefused."""
        if not self.is_sound:
            table, name = self.key
            text = f"the record {table} {name!r} of version {self.since} is damaged"
            raise RegistryRefused(f"{text}; import the registry again")
        return self


def valid_in(version: int) -> ColumnElement[bool]:
    """Return the condition of the records that are valid in *version*."""
    until = records.c.until_version
    return and_(records.c.since_version <= version, or_(until.is_(None), until > version))


def records_of(connection: Connection, version: int) -> Iterator[StoredRecord]:
    """Yield the records of *version*; one may be there twice where somebody wrote it by hand."""
    return map(_record, connection.execute(select(records).where(valid_in(version))))


def sound_records(connection: Connection, version: int) -> dict[RecordKey, StoredRecord]:
    """Return the records of *version*; raises RegistryRefused where one is damaged or there twice."""
    found: dict[RecordKey, StoredRecord] = {}
    for each in records_of(connection, version):
        if each.key in found:
            raise RegistryRefused(f"two records are {each.key.table} {each.key.name!r}; import it again")
        found[each.key] = each.checked()
    return found


def records_after(
    connection: Connection, version: int, after: RecordKey | None, most: int
) -> list[StoredRecord]:
    """Return at most *most* records of *version* that follow *after* in the order of names and kinds."""
    query = select(records).where(valid_in(version)).order_by(records.c.name, records.c.kind)
    if after is not None:
        query = query.where(tuple_(records.c.name, records.c.kind) > tuple_(after.name, after.table))
    return [_record(row) for row in connection.execute(query.limit(most))]


def records_stored_after(connection: Connection, row: int, most: int) -> list[tuple[int, StoredRecord]]:
    """Return at most *most* records of all versions behind the *row*, each with its own row."""
    query = select(records).where(records.c.id > row).order_by(records.c.id).limit(most)
    return [(found.id, _record(found)) for found in connection.execute(query)]


def root_by_hashes(connection: Connection, version: int) -> str:
    """Return the hash of *version* by the stored hashes of its records; raises RegistryRefused."""
    query = select(records.c.kind, records.c.name, records.c.hash).where(valid_in(version))
    found: dict[RecordKey, str] = {}
    for row in connection.execute(query):
        if (key := RecordKey(row.kind, row.name)) in found:
            raise RegistryRefused(f"two records are {key.table} {key.name!r}; import it again")
        found[key] = row.hash
    return content_root(found)


def _touched(older: int, newer: int) -> ColumnElement[bool]:
    since, until = records.c.since_version, records.c.until_version
    return or_(and_(since > older, since <= newer), and_(until > older, until <= newer))


def changes_between(connection: Connection, older: int, newer: int, most: int) -> list[StoredRecord]:
    """Return *most* records that became valid or ended after *older* and by *newer*, in every form."""
    touched = _touched(older, newer)
    return [_record(row) for row in connection.execute(select(records).where(touched).limit(most))]


def records_named(
    connection: Connection, versions: Collection[int], keys: Collection[RecordKey]
) -> Iterator[StoredRecord]:
    """Yield the forms of the records *keys* that are valid in any of *versions*."""
    wanted, valid = set(keys), or_(*map(valid_in, versions))
    for some in _batches({key.name for key in wanted}):
        query = select(records).where(records.c.name.in_(some), valid)
        yield from (each for each in map(_record, connection.execute(query)) if each.key in wanted)


def keys_after(
    connection: Connection, version: int, after: RecordKey | None, most: int
) -> list[RecordKey]:
    """Return the keys of at most *most* records of *version* after *after*, as ``records_after``."""
    columns = records.c.kind, records.c.name
    query = select(*columns).where(valid_in(version)).order_by(records.c.name, records.c.kind)
    if after is not None:
        query = query.where(tuple_(records.c.name, records.c.kind) > tuple_(after.name, after.table))
    return [RecordKey(row.kind, row.name) for row in connection.execute(query.limit(most))]


def keys_between(connection: Connection, older: int, newer: int) -> set[RecordKey]:
    """Return the keys of the records that became valid or ended after *older* and by *newer*."""
    query = select(records.c.kind, records.c.name).where(_touched(older, newer)).distinct()
    return {RecordKey(row.kind, row.name) for row in connection.execute(query)}


def current_records(connection: Connection, keys: Set[RecordKey]) -> dict[RecordKey, StoredRecord]:
    """Return those of *keys* that are valid in the latest version."""
    found = current_named(connection, {key.name for key in keys})
    return {key: each for key, each in found.items() if key in keys}


def current_named(connection: Connection, names: Set[str]) -> dict[RecordKey, StoredRecord]:
    """Return the records of the latest version that have one of *names*, in whichever table."""
    found: dict[RecordKey, StoredRecord] = {}
    for some in _batches(names):
        query = select(records).where(_VALID_NOW, records.c.name.in_(some))
        found |= {each.key: each for each in map(_record, connection.execute(query))}
    return found


def current_tables(connection: Connection, tables: Collection[str]) -> dict[RecordKey, StoredRecord]:
    """Return the records of *tables* in the latest version."""
    query = select(records).where(_VALID_NOW, records.c.kind.in_(list(tables)))
    return {each.key: each for each in map(_record, connection.execute(query))}


def current_names(connection: Connection, table: str) -> set[str]:
    """Return the names of the records of *table* in the latest version."""
    query = select(records.c.name).where(_VALID_NOW, records.c.kind == table)
    return set(connection.scalars(query))


def premises_naming(connection: Connection, contacts: Collection[str]) -> set[str]:
    """Return the premises of the latest version in whose record one of *contacts* stands."""
    found = set[str]()
    for some in _batches(set(contacts)):
        query = select(references.c.name).where(references.c.kind == PREMISES)
        found |= set(connection.scalars(query.where(references.c.named.in_(some))))
    return found


def current_naming(connection: Connection, names: Collection[str]) -> Iterator[StoredRecord]:
    """Yield the records of the latest version in which one of *names* stands."""
    referring = tuple_(records.c.name, records.c.kind)
    for some in _batches(set(names)):
        query = select(references.c.name, references.c.kind).where(references.c.named.in_(some))
        found = select(records).where(_VALID_NOW, referring.in_(query))
        yield from map(_record, connection.execute(found))


def replace_references(
    connection: Connection,
    gone: Iterable[RecordKey],
    found: Mapping[RecordKey, frozenset[str]],
) -> None:
    """Forget the names that the records *gone* refer to, and store those that *found* do.

    Names of *found* may be there already: where somebody deleted a record by hand, they stayed.
    """
    of_record = and_(references.c.kind == bindparam("kind_"), references.c.name == bindparam("name_"))
    if rows := [{"kind_": key.table, "name_": key.name} for key in {*gone, *found}]:
        connection.execute(delete(references).where(of_record), rows)
    new = [
        {"named": named, "kind": key.table, "name": key.name}
        for key, names in found.items()
        for named in names
    ]
    if new:
        connection.execute(insert(references), new)


def last_changes(connection: Connection, keys: Set[RecordKey]) -> dict[RecordKey, int]:
    """Return the version that changed or ended each of *keys* last."""
    found: dict[RecordKey, int] = {}
    columns = records.c.kind, records.c.name, records.c.since_version, records.c.until_version
    for some in _batches({key.name for key in keys}):
        for row in connection.execute(select(*columns).where(records.c.name.in_(some))):
            key = RecordKey(row.kind, row.name)
            found[key] = max(found.get(key, 0), row.until_version or row.since_version)
    return {key: found[key] for key in keys & found.keys()}


def history_of(connection: Connection, key: RecordKey) -> list[StoredRecord]:
    """Return every form of the record *key*, the earliest first."""
    query = select(records).where(records.c.kind == key.table, records.c.name == key.name)
    return [_record(row) for row in connection.execute(query.order_by(records.c.since_version))]


def root_of_records(connection: Connection, version: int) -> str:
    """Return the hash of *version* by the content of its records; raises ValueError."""
    found = sound_records(connection, version)
    return content_root({key: each.hash for key, each in found.items()})


def stored_digests(connection: Connection) -> dict[int, bytes]:
    """Return the hash of each bucket of the latest version as they are stored."""
    return {row.number: row.hash for row in connection.execute(select(buckets))}


def current_hashes(connection: Connection, numbers: Iterable[int]) -> dict[RecordKey, str]:
    """Return the hash of each record of the buckets *numbers* in the latest version."""
    query = select(records.c.kind, records.c.name, records.c.hash)
    some = query.where(_VALID_NOW, records.c.bucket.in_(list(numbers)))
    return {RecordKey(row.kind, row.name): row.hash for row in connection.execute(some)}


def forget_later_records(connection: Connection, version: int) -> None:
    """Take back what records say of *version*, which is not there yet, and of later ones.

    There is something only where somebody deleted a version by hand, and left its records.
    """
    connection.execute(delete(records).where(records.c.since_version >= version))
    ended = records.c.until_version >= version
    connection.execute(update(records).where(ended).values(until_version=None))


def end_records(connection: Connection, keys: Iterable[RecordKey], version: int) -> None:
    """Let the records *keys* end in *version*."""
    of_key = and_(_VALID_NOW, records.c.kind == bindparam("of_"), records.c.name == bindparam("called_"))
    rows = [{"of_": each.table, "called_": each.name} for each in keys]
    if rows:
        connection.execute(update(records).where(of_key).values(until_version=version), rows)


def insert_records(
    connection: Connection, found: Iterable[tuple[RecordKey, EncodedRecord]], version: int
) -> None:
    """Insert *found*, valid from *version* on."""
    rows = [_row(key, record, version) for key, record in found]
    if rows:
        connection.execute(insert(records), rows)


def replace_digests(connection: Connection, digests: dict[int, bytes]) -> None:
    """Store the hashes of those buckets that *digests* has."""
    if digests:
        connection.execute(delete(buckets).where(buckets.c.number.in_(list(digests))))
        rows = [{"number": number, "hash": found} for number, found in digests.items()]
        connection.execute(insert(buckets), rows)


def bucket_digests(hashes: dict[RecordKey, str], numbers: Iterable[int]) -> dict[int, bytes]:
    """Return the hash of each of the buckets *numbers*, whose records have *hashes*."""
    found: dict[int, list[tuple[RecordKey, str]]] = {number: [] for number in numbers}
    for key, hash_ in hashes.items():
        found[bucket_of(key)].append((key, hash_))
    return {number: bucket_digest(bucket_lines(each)) for number, each in found.items()}


def _row(key: RecordKey, record: EncodedRecord, version: int) -> dict[str, Any]:
    return {
        "kind": key.table,
        "name": key.name,
        "bucket": bucket_of(key),
        "since_version": version,
        "hash": record.hash,
        "content": record.content,
    }


def _record(row: Row[Any]) -> StoredRecord:
    # By place, because there are 40,000 of them.
    _, kind, name, _, since, until, found, content = tuple(row)
    if not isinstance(content, bytes):
        content = b""
    return StoredRecord(RecordKey(str(kind), str(name)), since, until, str(found), content)


def _batches(names: Set[str]) -> Iterator[list[str]]:
    ordered = sorted(names)
    for begin in range(0, len(ordered), NAMES_AT_ONCE):
        yield ordered[begin : begin + NAMES_AT_ONCE]
