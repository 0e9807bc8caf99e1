"""A mapping that only grows, as a value: each change makes a new one that shares all but a small part.

An incident may have ten thousand points. A decision about one of them must neither copy nor look through
all others, and the incident as it was before must stay as it was: a message tells of it, and a
transaction that is rolled back returns to it.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

CHUNK = 64
"""Items that a change copies; a map of ten thousand has 157 chunks, of which it copies the list."""

BUCKETS = 256
"""Parts of the index of keys; a new key copies one of them, and the list of them."""

_NOTHING: Mapping[object, int] = {}


class GrowingMap(Mapping[K, V], Generic[K, V]):
    """Values by their keys, in the order in which the keys came."""

    __slots__ = ("_chunks", "_places", "_size")

    def __init__(self) -> None:
        self._chunks: tuple[tuple[tuple[K, V], ...], ...] = ()
        self._places: Mapping[int, Mapping[K, int]] = {}
        self._size = 0

    @classmethod
    def of(cls, items: Iterable[tuple[K, V]]) -> "GrowingMap[K, V]":
        """Return a map of *items*; the last of equal keys counts, at the place of the first."""
        made: GrowingMap[K, V] = cls()
        every = tuple(dict(items).items())
        made._size = len(every)
        made._chunks = tuple(every[at : at + CHUNK] for at in range(0, len(every), CHUNK))
        places: dict[int, dict[K, int]] = {}
        for place, (key, _) in enumerate(every):
            places.setdefault(_bucket(key), {})[key] = place
        made._places = places
        return made

    def having(self, key: K, value: V) -> "GrowingMap[K, V]":
        """Return the map with *value* at *key*; a known key keeps its place."""
        place = self.place_of(key)
        made: GrowingMap[K, V] = GrowingMap()
        if place is None:
            made._size, made._places = self._size + 1, self._indexing(key)
            full = self._size % CHUNK == 0
            last = () if full else self._chunks[-1]
            made._chunks = (*(self._chunks if full else self._chunks[:-1]), (*last, (key, value)))
        else:
            made._size, made._places = self._size, self._places
            chunk, at = divmod(place, CHUNK)
            old = self._chunks[chunk]
            new = (*old[:at], (key, value), *old[at + 1 :])
            made._chunks = (*self._chunks[:chunk], new, *self._chunks[chunk + 1 :])
        return made

    def _indexing(self, key: K) -> Mapping[int, Mapping[K, int]]:
        bucket = _bucket(key)
        return {**self._places, bucket: {**self._places.get(bucket, _nothing()), key: self._size}}

    def place_of(self, key: K) -> int | None:
        """Return the place of *key* in the order of the keys, from 0; None of an unknown one."""
        return self._places.get(_bucket(key), _nothing()).get(key)

    def changes_since(self, earlier: "GrowingMap[K, V]") -> Iterator[tuple[int, V]]:
        """Yield the place and the value of all that *earlier* does not have as it is here.

        Only what the two maps do not share is looked at.
        """
        for number, chunk in enumerate(self._chunks):
            before = earlier._chunks[number] if number < len(earlier._chunks) else ()
            if chunk is not before:
                for at, (_, value) in enumerate(chunk):
                    if at >= len(before) or before[at][1] is not value:
                        yield number * CHUNK + at, value

    def __getitem__(self, key: K) -> V:
        place = self.place_of(key)
        if place is None:
            raise KeyError(key)
        return self._chunks[place // CHUNK][place % CHUNK][1]

    def __iter__(self) -> Iterator[K]:
        return (key for key, _ in chain.from_iterable(self._chunks))

    def __reversed__(self) -> Iterator[K]:
        return (key for chunk in reversed(self._chunks) for key, _ in reversed(chunk))

    def in_order(self) -> Iterator[V]:
        """Yield the values in the order of their keys."""
        return (value for _, value in chain.from_iterable(self._chunks))

    def __len__(self) -> int:
        return self._size


def _bucket(key: object) -> int:
    return hash(key) % BUCKETS


def _nothing() -> Mapping[K, int]:
    return _NOTHING  # type: ignore[return-value] # it has no key of any type
