"""Areas as of a day: which area stands for another one, and which areas hold it, by successions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from registry.model.areas import Area, Membership, Succession


class UnitReason(StrEnum):
    """The reason why premises belong to an area on a day, or why that cannot be told."""

    NAMED = "named"
    """A row of memberships names the area for that day."""
    OWN_AREA = "own_area"
    """The area of the premises is in force on that day."""
    SUCCEEDED = "succeeded"
    """The area of the premises ended, and one area received all of it."""
    PRECEDED = "preceded"
    """The area of the premises came later, and one area was there before it."""
    AREA_SPLIT = "area_split"
    """The area was split, and nothing says in which part the premises are."""
    AREA_MERGED = "area_merged"
    """Several areas were merged, and nothing says in which of them the premises were."""
    AREA_ENDED = "area_ended"
    """The area ended without a successor; its last day's rights and team go on."""
    AREA_NOT_YET = "area_not_yet"
    """The area came later, and no area was there before it."""
    NO_AREA = "no_area"
    """The premises name no area."""
    UNKNOWN_AREA = "unknown_area"
    """The premises name an area that is not registered."""


DECIDED = frozenset({UnitReason.NAMED, UnitReason.OWN_AREA, UnitReason.SUCCEEDED, UnitReason.PRECEDED})
"""The reasons by which exactly one area is known."""


@dataclass(frozen=True, slots=True)
class UnitOfDay:
    """The *areas* that premises may belong to on a day, and the *reason*; one alone where it is decided.

    Where it is not, each of *areas* sees the premises and is notified: nobody loses an alarm.
    """

    areas: tuple[str, ...]
    reason: UnitReason

    @property
    def is_decided(self) -> bool:
        """Whether exactly one area is known."""
        return self.reason in DECIDED

    @property
    def area(self) -> str | None:
        """The area, where it is decided."""
        return self.areas[0] if self.is_decided else None


NOWHERE = UnitOfDay((), UnitReason.NO_AREA)
"""The answer for premises without an area."""


def in_force(row: Area | Membership, day: date) -> bool:
    """Return whether *row* is in force on *day*: from its first day on, and before its end."""
    begun = row.valid_from is None or row.valid_from <= day
    return begun and (row.valid_to is None or day < row.valid_to)


MOST_KEPT = 20_000
"""Answers about an area on a day that are kept: those of all areas of the country on today."""


class AreaHistory:
    """The *areas* and the *successions* between them, for lookups as of a day."""

    def __init__(self, areas: Iterable[Area], successions: Iterable[Succession] = ()) -> None:
        self.areas: Mapping[str, Area] = {each.id: each for each in areas}
        days = {day for each in self.areas.values() for day in (each.valid_from, each.valid_to)}
        # The days on which any area begins or ends, in their order.
        self.changes: Sequence[date] = sorted(each for each in days if each is not None)
        # Threads may ask at the same time: what is lost or made twice is only made again.
        self._known: dict[tuple[str, date], UnitOfDay] = {}
        self._after: dict[str, list[Succession]] = defaultdict(list)
        self._before: dict[str, list[Succession]] = defaultdict(list)
        for each in successions:
            if {each.old, each.new} <= self.areas.keys():
                self._after[each.old].append(each)
                self._before[each.new].append(each)

    def unit_of(self, area: str | None, day: date, memberships: Sequence[Membership] = ()) -> UnitOfDay:
        """Return the area on *day* of premises that name *area*, and *memberships* of some days.

        Memberships of the day come first, the latest before others. An area in force goes before one
        that must be followed, and what decides before what does not.
        """
        if not memberships:
            return NOWHERE if area is None else self.on_day(area, day)
        named = [each for each in memberships if in_force(each, day)]
        named.sort(key=lambda each: each.valid_from or date.min, reverse=True)
        found = [_named(self.on_day(each.area, day)) for each in named]
        if area is not None:
            found.append(self.on_day(area, day))
        return min(found, key=_rank, default=NOWHERE)

    def on_day(self, name: str, day: date) -> UnitOfDay:
        """Return what stands on *day* for the area *name*: itself, its successors or predecessors."""
        known = self._known.get((name, day))
        if known is None:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            known = self._known[name, day] = self._on_day(name, day)
        return known

    def _on_day(self, name: str, day: date) -> UnitOfDay:
        area = self.areas.get(name)
        if area is None:
            return UnitOfDay((), UnitReason.UNKNOWN_AREA)
        if in_force(area, day):
            return UnitOfDay((name,), UnitReason.OWN_AREA)
        return self._followed(area, day) if _has_ended(area, day) else self._traced_back(area, day)

    def successors(self, name: str) -> tuple[Succession, ...]:
        """Return the successions in which the area *name* is the old one."""
        return tuple(self._after.get(name, ()))

    def predecessors(self, name: str) -> tuple[Succession, ...]:
        """Return the successions in which the area *name* is the new one."""
        return tuple(self._before.get(name, ()))

    def with_predecessors(self, names: Iterable[str]) -> list[str]:
        """Return the areas *names*, and all that these received, however long ago: each once."""
        found = list(dict.fromkeys(names))
        known = set(found)
        for each in found:  # which grows meanwhile
            older = (row.old for row in self.predecessors(each))
            new = [name for name in dict.fromkeys(older) if name not in known]
            found += new
            known.update(new)
        return found

    def days_since(self, name: str | None) -> list[date]:
        """Return the days on which an area begins or ends, from the first one of the area *name* on.

        Between two of them nothing changes; the first is date.min where that area has no first day.
        """
        area = self.areas.get(name or "")
        first = (area and area.valid_from) or date.min
        return [first, *(each for each in self.changes if first < each)]

    def parents(self, name: str, day: date) -> tuple[str, ...]:
        """Return the areas that hold the area *name* on *day*: several where its parent was split."""
        area = self.areas.get(name)
        return () if area is None or area.parent is None else self.on_day(area.parent, day).areas

    def upwards(self, names: Iterable[str], day: date) -> Iterator[str]:
        """Yield the areas *names* and all that hold them on *day*, the nearest first, each once."""
        seen, level = set[str](), tuple(names)
        while level:
            new = [each for each in dict.fromkeys(level) if each not in seen]
            seen.update(new)
            yield from new
            level = tuple(parent for each in new for parent in self.parents(each, day))

    def team_of(self, names: Iterable[str], day: date) -> tuple[str, ...]:
        """Return the teams on *day* of the areas *names*, or of the nearest above that have one."""
        return tuple(dict.fromkeys(self._teams(names, day, set())))

    def _teams(self, names: Iterable[str], day: date, seen: set[str]) -> Iterator[str]:
        for name in names:
            if name in self.areas and name not in seen:
                seen.add(name)
                own = self.areas[name].team
                yield from own or self._teams(self.parents(name, day), day, seen)

    def _followed(self, area: Area, day: date) -> UnitOfDay:
        found = tuple(dict.fromkeys(self._forwards(area, day, set())))
        ended = [each for each in found if not in_force(self.areas[each], day)]
        return UnitOfDay(found, _reason(found, ended, forwards=True))

    def _forwards(self, area: Area, day: date, seen: set[str]) -> Iterator[str]:
        """Yield the areas on *day* that received *area*; one without successor stands for itself."""
        if area.id in seen:
            return
        seen.add(area.id)
        after = [each for each in self._after.get(area.id, ()) if each.day <= day]
        if not _has_ended(area, day) or not after:
            yield area.id
            return
        for each in after:
            yield from self._forwards(self.areas[each.new], day, seen)

    def _traced_back(self, area: Area, day: date) -> UnitOfDay:
        found = tuple(dict.fromkeys(self._backwards(area, day, set())))
        missing = [each for each in found if not in_force(self.areas[each], day)]
        return UnitOfDay(found, _reason(found, missing, forwards=False))

    def _backwards(self, area: Area, day: date, seen: set[str]) -> Iterator[str]:
        if area.id in seen:
            return
        seen.add(area.id)
        before = [each for each in self._before.get(area.id, ()) if day < each.day]
        if not _comes_later(area, day) or not before:
            yield area.id
            return
        for each in before:
            yield from self._backwards(self.areas[each.old], day, seen)


def _named(unit: UnitOfDay) -> UnitOfDay:
    return replace(unit, reason=UnitReason.NAMED) if unit.reason is UnitReason.OWN_AREA else unit


def _rank(unit: UnitOfDay) -> int:
    """Return the place of *unit* among several answers: smaller ones are better."""
    if unit.reason in {UnitReason.NAMED, UnitReason.OWN_AREA}:
        return 0
    return 1 if unit.is_decided else 2


def _reason(found: tuple[str, ...], missing: list[str], *, forwards: bool) -> UnitReason:
    if len(found) == 1 and not missing:
        return UnitReason.SUCCEEDED if forwards else UnitReason.PRECEDED
    if len(found) > 1:
        return UnitReason.AREA_SPLIT if forwards else UnitReason.AREA_MERGED
    return UnitReason.AREA_ENDED if forwards else UnitReason.AREA_NOT_YET


def _has_ended(area: Area, day: date) -> bool:
    return area.valid_to is not None and area.valid_to <= day


def _comes_later(area: Area, day: date) -> bool:
    return area.valid_from is not None and day < area.valid_from
