"""The hash of all records of a version, which follows a change without a look at all the others.

Records are sorted into buckets by the hash of their keys; the hash of a version is over the hashes of
its buckets. A record that changes makes its bucket's hash anew, and that of the version.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from registry.domain.encoded_records import RecordKey, encoded_registry
from registry.model.registry import Registry

BUCKETS = 256
"""Buckets of a version: of 45,000 records about 180 are in each."""

CONTEXT = b"tocsin-registry-records-1\n"

_SEPARATOR = "\0"


def bucket_of(key: RecordKey) -> int:
    """Return the number of the bucket of *key*."""
    return hashlib.sha256(_SEPARATOR.join(key).encode()).digest()[0]


def root_hash(digests: Iterable[bytes]) -> str:
    """Return the hash of a version whose buckets have *digests*, in hexadecimal."""
    return hashlib.sha256(CONTEXT + b"".join(digests)).hexdigest()


def bucket_lines(hashes: Iterable[tuple[RecordKey, str]]) -> bytes:
    """Return the lines of a bucket whose records have *hashes*."""
    lines = sorted(_SEPARATOR.join((*key, found)) for key, found in hashes)
    return "\n".join(lines).encode()


def bucket_digest(lines: bytes) -> bytes:
    """Return the hash of the *lines* of a bucket."""
    return hashlib.sha256(lines).digest()


EMPTY_BUCKET = bucket_digest(b"")
"""The hash of a bucket without records."""


@dataclass(frozen=True, slots=True)
class ContentTree:
    """The lines of each bucket of a version, and their hashes."""

    lines: tuple[bytes, ...] = (b"",) * BUCKETS
    digests: tuple[bytes, ...] = (EMPTY_BUCKET,) * BUCKETS

    @property
    def root(self) -> str:
        """The hash of the version."""
        return root_hash(self.digests)

    def changed(self, changes: Mapping[RecordKey, str | None]) -> "ContentTree":
        """Return the tree in which the records in *changes* have these hashes; None: they are gone."""
        by_bucket: dict[int, dict[RecordKey, str | None]] = defaultdict(dict)
        for key, found in changes.items():
            by_bucket[bucket_of(key)][key] = found
        lines, digests = list(self.lines), list(self.digests)
        for bucket, changed in by_bucket.items():
            lines[bucket] = _changed_lines(lines[bucket], changed)
            digests[bucket] = bucket_digest(lines[bucket])
        return ContentTree(tuple(lines), tuple(digests))


class TreeBuilder:
    """Builds the tree of many records, a bucket at a time."""

    def __init__(self) -> None:
        self._found: list[list[tuple[RecordKey, str]]] = [[] for _ in range(BUCKETS)]
        self._lines: list[bytes] = []

    def add(self, key: RecordKey, found: str) -> None:
        """Add the record *key*, whose hash was *found*."""
        self._found[bucket_of(key)].append((key, found))

    def steps(self) -> Iterator[None]:
        """Make the lines of one bucket after the other; yield after each."""
        for each in self._found:
            self._lines.append(bucket_lines(each))
            yield

    def tree(self) -> ContentTree:
        """Return the tree, all of whose buckets are made."""
        return ContentTree(tuple(self._lines), tuple(map(bucket_digest, self._lines)))


def content_root(hashes: Mapping[RecordKey, str]) -> str:
    """Return the hash of the version whose records have *hashes*."""
    return ContentTree().changed(hashes).root


def registry_root(registry: Registry) -> str:
    """Return the hash of the version whose content is *registry*."""
    return content_root({key: each.hash for key, each in encoded_registry(registry).items()})


def _changed_lines(lines: bytes, changed: Mapping[RecordKey, str | None]) -> bytes:
    found: dict[RecordKey, str | None] = {}
    for line in lines.decode().split("\n") if lines else ():
        table, name, hash_ = line.split(_SEPARATOR)
        found[RecordKey(table, name)] = hash_
    found |= changed
    return bucket_lines((key, hash_) for key, hash_ in found.items() if hash_ is not None)
