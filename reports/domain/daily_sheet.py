"""Adds up what people entered in the daily sheet; what nobody entered is never 0."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

WHOLE_CENTER = ""
"""The area of entries that stand for the whole of the center."""


@dataclass(frozen=True, slots=True)
class DailyEntry:
    """The last entry of a *line* on a *day* for an *area*; *value* is None where it was taken back."""

    area: str
    day: int
    line: int
    value: int | None
    note: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class DailyValue:
    """The value of a line over a period: the sum of *days* days on which any of it was entered."""

    value: int
    days: int


@dataclass(frozen=True, slots=True)
class AreaForest:
    """The areas that are reported, by their *children*; *roots* are the topmost ones."""

    roots: Sequence[str]
    children: Mapping[str, Sequence[str]] = field(default_factory=dict)


def latest(entries: Iterable[DailyEntry]) -> list[DailyEntry]:
    """Return the last of *entries*, which come in their order, for each area, day and line."""
    found = {(each.area, each.day, each.line): each for each in entries}
    return [each for each in found.values() if each.value is not None]


def daily_values(entries: Iterable[DailyEntry], forest: AreaForest) -> dict[int, DailyValue]:
    """Return the value of each line that was entered.

    An entry for an area stands for all of it; without one the areas that it holds are added up.
    """
    by_day: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    for each in latest(entries):
        by_day[each.line, each.day][each.area] = each.value or 0
    found: dict[int, DailyValue] = {}
    for (line, _day), values in sorted(by_day.items()):
        total = _total(values, forest)
        if total is not None:
            before = found.get(line, DailyValue(0, 0))
            found[line] = DailyValue(before.value + total, before.days + 1)
    return found


def _total(values: Mapping[str, int], forest: AreaForest) -> int | None:
    """Return the sum of one day; None where nothing of it was entered."""
    return _sum(_below(each, values, forest, frozenset()) for each in forest.roots)


def _below(
    area: str, values: Mapping[str, int], forest: AreaForest, above: frozenset[str]
) -> int | None:
    if area in values:
        return values[area]
    if area in above:  # a circle of parents, which an import refuses
        return None
    under = above | {area}
    return _sum(_below(each, values, forest, under) for each in forest.children.get(area, ()))


def _sum(values: Iterable[int | None]) -> int | None:
    known = [each for each in values if each is not None]
    return sum(known) if known else None
