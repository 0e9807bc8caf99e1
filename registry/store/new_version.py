"""Prepares the records of a new version before its transaction, which only inserts.

An alarm of a running center may wait for that transaction, however large the registry is.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert

from audit.center_key import CenterKey
from registry.domain.content_tree import BUCKETS, EMPTY_BUCKET, ContentTree, bucket_of, root_hash
from registry.domain.encoded_records import EncodedRecord, RecordKey
from registry.domain.references import references_of
from registry.domain.signed import VersionStatement
from registry.store.record_queries import (
    StoredRecord,
    bucket_digests,
    current_hashes,
    end_records,
    forget_later_records,
    insert_records,
    replace_digests,
    replace_references,
    stored_digests,
)
from registry.store.stored_versions import StoredVersion, latest_number
from registry.store.tables import versions


@dataclass(frozen=True, slots=True)
class Author:
    """The maker of a version, the time in microseconds, and the reason."""

    who: str
    at: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version that is ready to be stored: the records it *puts* and *ends*, and its hash."""

    author: Author
    number: int
    put: Mapping[RecordKey, EncodedRecord]
    ended: Collection[RecordKey]
    records: int
    digests: dict[int, bytes] = field(repr=False)
    root: str
    references: Mapping[RecordKey, frozenset[str]] = field(repr=False)

    def signature(self, key: CenterKey | None) -> str:
        """Return the signature of *key* over it; none where there is no key."""
        by = self.author
        said = VersionStatement(self.number, by.at, by.who, self.root, self.root, by.note)
        return "" if key is None else key.sign(said.message())


def whole_version(
    author: Author,
    number: int,
    wanted: Mapping[RecordKey, EncodedRecord],
    stored: Iterable[StoredRecord],
) -> NewVersion:
    """Return the version with the records *wanted*; of those *stored*, the sound ones may stay."""
    there: dict[RecordKey, str] = {}
    for each in stored:
        there[each.key] = each.hash if each.is_sound and each.key not in there else ""
    put = {key: record for key, record in wanted.items() if there.get(key) != record.hash}
    ended = [key for key in there if key in put or key not in wanted]
    tree = ContentTree().changed({key: record.hash for key, record in wanted.items()})
    digests = dict(enumerate(tree.digests))
    referred = references_of(put)
    return NewVersion(author, number, put, ended, len(wanted), digests, tree.root, referred)


def next_version(
    connection: Connection,
    author: Author,
    before: StoredVersion,
    changed: Mapping[RecordKey, EncodedRecord | None],
) -> NewVersion | None:
    """Return the version after *before* in which the records *changed* differ; None: they are gone.

    Reads only the buckets of these records; returns None where they do not fit the hash of *before*.
    """
    touched = sorted({bucket_of(key) for key in changed})
    known, hashes = _digests(connection), current_hashes(connection, touched)
    if root_hash(known.values()) != before.content_hash:
        return None
    if bucket_digests(hashes, touched) != {number: known[number] for number in touched}:
        return None
    after = hashes | {key: each.hash for key, each in changed.items() if each is not None}
    gone = [key for key, each in changed.items() if each is None]
    new = bucket_digests({key: each for key, each in after.items() if key not in gone}, touched)
    put = {key: each for key, each in changed.items() if each is not None}
    count = (before.records or 0) + len(after) - len(hashes) - len(gone)
    ended = [key for key in changed if key in hashes]
    root, referred = root_hash((known | new).values()), references_of(put)
    return NewVersion(author, before.number + 1, put, ended, count, new, root, referred)


def digests_fit(connection: Connection, stored: StoredVersion | None) -> bool:
    """Whether the stored hashes of buckets are those of *stored*, the latest version, if it has them."""
    if stored is None or stored.records is None:
        return True
    return root_hash(_digests(connection).values()) == stored.content_hash


def _digests(connection: Connection) -> dict[int, bytes]:
    found = stored_digests(connection)
    return {number: found.get(number, EMPTY_BUCKET) for number in range(BUCKETS)}


def insert_version(connection: Connection, *, new: NewVersion, key: CenterKey | None) -> bool:
    """Insert *new*, signed with *key*; return False where another import was faster."""
    if latest_number(connection) != new.number - 1:
        return False
    by = new.author
    row = {"id": new.number, "at": by.at, "who": by.who, "note": by.note, "document": "", "parts": 0}
    signed = {"hash": new.root, "content_hash": new.root, "signature": new.signature(key)}
    connection.execute(insert(versions).values(**row, **signed, records=new.records))
    forget_later_records(connection, new.number)
    end_records(connection, new.ended, new.number)
    insert_records(connection, new.put.items(), new.number)
    replace_digests(connection, new.digests)
    replace_references(connection, new.ended, new.references)
    return True
