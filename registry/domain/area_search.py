"""Finds areas by any name that people know: of today, another one, or that of a predecessor."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from registry.domain.area_history import AreaHistory, in_force
from registry.domain.search_text import searchable
from registry.model.areas import Area, SuccessionExtent

PREFIXES = (
    ("thanh", "pho"), ("thi", "tran"), ("thi", "xa"), ("tinh",), ("huyen",), ("quan",), ("phuong",),
    ("xa",), ("ap",), ("khom",), ("tp",), ("tt",), ("tx",), ("p",), ("x",), ("h",), ("q",),
)  # fmt: skip
"""Words of the kind of an area, which people write, shorten or leave out."""


class FoundBy(StrEnum):
    """The kind of name by which an area was found; the first ones are listed first."""

    NAME = "name"
    CODE = "code"
    OTHER_NAME = "other_name"
    PREDECESSOR = "predecessor"


@dataclass(frozen=True, slots=True)
class AreaMatch:
    """An *area* that has, or had, the *name*; of a predecessor *extent* says how much of that it has."""

    area: Area
    name: str
    by: FoundBy
    extent: SuccessionExtent | None = None
    predecessor: str | None = None


@dataclass(frozen=True, slots=True)
class _Name:
    match: AreaMatch
    words: tuple[str, ...]

    def is_known(self, known: Collection[str] | None) -> bool:
        """Return whether it is the name of an area in *known*."""
        match = self.match
        return known is None or (
            match.area.id in known and (match.predecessor or match.area.id) in known
        )

    def place(self, asked: tuple[str, ...], full: tuple[str, ...]) -> tuple[object, ...]:
        """Return the place in a list: whole names first, then as written, then by kind of name."""
        is_whole = self.words == asked
        is_as_written = tuple(searchable(self.match.name).split()) == full
        ways = list(FoundBy)
        return not is_whole, not is_as_written, ways.index(self.match.by), self.match.area.id


class AreaSearch:
    """The names of all areas of *history*, without diacritics, capitals and words of their kind."""

    def __init__(self, history: AreaHistory) -> None:
        self._history = history
        self._names = [name for each in history.areas.values() for name in self._names_of(each)]

    def find(self, asked: str, day: date, *, known: Collection[str] | None = None) -> list[AreaMatch]:
        """Return the areas in force on *day* that *asked* names, each once, by its best name.

        Where only some areas are *known* to whoever asks, neither others are found nor their names.
        """
        full = tuple(searchable(asked).split())
        words = without_prefix(full)
        found = [each for each in self._names if words and in_force(each.match.area, day)]
        found = [each for each in found if _fits(words, each.words) and each.is_known(known)]
        best: dict[str, AreaMatch] = {}
        for each in sorted(found, key=lambda one: one.place(words, full)):
            best.setdefault(each.match.area.id, each.match)
        return list(best.values())

    def _names_of(self, area: Area) -> Iterator[_Name]:
        yield _name(AreaMatch(area, area.name, FoundBy.NAME))
        if area.code is not None:
            yield _name(AreaMatch(area, area.code, FoundBy.CODE))
        for each in area.other_names:
            yield _name(AreaMatch(area, each, FoundBy.OTHER_NAME))
        yield from self._names_before(area, area, SuccessionExtent.WHOLE, {area.id})

    def _names_before(
        self, area: Area, later: Area, extent: SuccessionExtent, seen: set[str]
    ) -> Iterator[_Name]:
        """Yield the names of all that *area* received, by way of *later*, of which it has *extent*."""
        for each in self._history.predecessors(later.id):
            old = self._history.areas[each.old]
            if old.id in seen:
                continue
            seen.add(old.id)
            is_part = SuccessionExtent.PART in {extent, each.extent}
            how = SuccessionExtent.PART if is_part else SuccessionExtent.WHOLE
            for name in filter(None, (old.name, old.code, *old.other_names)):
                yield _name(AreaMatch(area, name, FoundBy.PREDECESSOR, how, old.id))
            yield from self._names_before(area, old, how, seen)


def without_prefix(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return *words* without those of the kind of an area at their begin, if any are left."""
    for prefix in PREFIXES:
        if words[: len(prefix)] == prefix and len(words) > len(prefix):
            return words[len(prefix) :]
    return words


def _name(match: AreaMatch) -> _Name:
    return _Name(match, without_prefix(tuple(searchable(match.name).split())))


def _fits(asked: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Return whether *asked* begins somewhere in *words*; its last word may be unfinished."""
    *whole, last = asked
    for start in range(len(words) - len(asked) + 1):
        end = start + len(whole)
        if list(words[start:end]) == whole and words[end].startswith(last):
            return True
    return False
