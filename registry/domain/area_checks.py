"""Checks that areas fit together over time: codes, parents, successions, and the premises in them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeVar

from registry.domain.area_history import AreaHistory, UnitReason, in_force
from registry.domain.sourced import Sourced
from registry.model.areas import Area, Membership, Succession, SuccessionExtent
from registry.model.places import Premises

FEWEST_PARTS = 2
"""The parts of an area that was split."""


def area_problems(sourced: Sourced) -> Iterator[str]:
    """Yield every error of areas and successions, one sentence each.

    What could not be read is reported already; an area that names it is not reported as well.
    """
    found = _Areas(sourced)
    for where, row in sourced.rows("areas"):
        if isinstance(row, Area):
            yield from _own_days(where, row)
            yield from found.of_parent(where, row)
            yield from found.of_end(where, row)
    yield from found.of_codes()
    for where, row in sourced.rows("successions"):
        if isinstance(row, Succession):
            yield from found.of_succession(where, row)
    yield from found.of_premises()


class _Areas:
    def __init__(self, sourced: Sourced) -> None:
        registry = sourced.registry
        self._sourced = sourced
        self._history = AreaHistory(registry.areas, registry.successions)
        self._all_read = not any(table in {"areas", "successions"} for table, _ in sourced.broken)

    def of_codes(self) -> Iterator[str]:
        """Check that on each day a code names one area."""
        rows = defaultdict[str, list[tuple[str, Area]]](list)
        for where, row in self._sourced.rows("areas"):
            if isinstance(row, Area) and row.code is not None:
                rows[row.code].append((where, row))
        for code, named in rows.items():
            for before, after in _overlapping(named):
                text = f"code {code!r} is that of {before[0]} on the same days"
                yield f"{after[0]}: {text}; set valid_to of the earlier one, or correct a code"

    def of_parent(self, where: str, row: Area) -> Iterator[str]:
        """Check that the parent of *row* is there on its first day, and somebody after the parent."""
        parent = self._history.areas.get(row.parent or "")
        if parent is None or (row.valid_from is not None and _is_empty(row)):
            return
        first = row.valid_from or date.min
        if not in_force(parent, first):
            text = f"its parent {parent.id!r} is in force {days_of(parent)}, not on {_from(row)}"
            yield f"{where}: {text}; name the parent of that day, or correct the days of one of them"
        elif _ends_before(parent, row) and self._all_read and not self._history.successors(parent.id):
            text = f"its parent {parent.id!r} ends on {parent.valid_to} and has no successor"
            yield f"{where}: {text}; add [[successions]] with old = {parent.id!r}, or set valid_to"

    def of_end(self, where: str, row: Area) -> Iterator[str]:
        """Check that no territory of *row* is lost when it ends."""
        after = self._history.successors(row.id)
        if row.valid_to is not None and not after and self._all_read:
            text = f"it ends on {row.valid_to} and has no successor: its territory is lost"
            yield f"{where}: {text}; add [[successions]] with old = {row.id!r}, or remove valid_to"
        parts = {each.new for each in after if each.extent is SuccessionExtent.PART}
        wholes = {each.new for each in after if each.extent is SuccessionExtent.WHOLE}
        if wholes and len(after) > 1:
            news = ", ".join(each.new for each in after)
            yield f'{where}: {news} succeed it, one of them as a whole; write extent = "part" in each'
        elif parts and len(parts) < FEWEST_PARTS and self._all_read:
            text = f"only a part of it has a successor ({', '.join(parts)}): the rest is lost"
            yield f'{where}: {text}; add the other parts, or write extent = "whole"'

    def of_succession(self, where: str, row: Succession) -> Iterator[str]:
        """Check that the old area of *row* ends on its day, and the new one is in force then."""
        old, new = self._history.areas.get(row.old), self._history.areas.get(row.new)
        if row.old == row.new:
            yield f"{where}: {row.old!r} cannot succeed itself; name a new area with days of its own"
            return
        if old is not None and old.valid_to != row.day:
            ends = "has no end" if old.valid_to is None else f"ends on {old.valid_to}"
            text = f"{row.old!r} {ends}, not on {row.day}"
            yield f"{where}: {text}; set its valid_to = {row.day}, or correct day"
        if new is not None and not in_force(new, row.day):
            text = f"{row.new!r} is in force {days_of(new)}, not on {row.day}: there is a gap"
            yield f"{where}: {text}; set its valid_from = {row.day}, or correct day"

    def of_premises(self) -> Iterator[str]:
        """Check that premises are in an area that goes on, and their memberships on one side a day."""
        for where, row in self._sourced.rows("premises"):
            if isinstance(row, Premises) and row.area is not None and self._all_read:
                found = self._history.on_day(row.area, date.max)
                if found.reason is UnitReason.AREA_ENDED:
                    text = f"its area {found.areas[0]!r} has ended without a successor"
                    yield f"{where}: {text}; add [[successions]], or name another area"
        rows = defaultdict[str, list[tuple[str, Membership]]](list)
        for where, row in self._sourced.rows("memberships"):
            if isinstance(row, Membership):
                yield from _own_days(where, row)
                rows[row.premises].append((where, row))
        for named in rows.values():
            for before, after in _overlapping(named):
                text = f"{before[0]} names an area for the same days"
                yield f"{after[0]}: {text}; end one before the other begins (valid_to)"


def _own_days(where: str, row: Area | Membership) -> Iterator[str]:
    if _is_empty(row):
        text = f"valid_to {row.valid_to} is not after valid_from {row.valid_from}"
        yield f"{where}: {text}; correct one: valid_to is the first day on which it no longer holds"


def _is_empty(row: Area | Membership) -> bool:
    return row.valid_from is not None and row.valid_to is not None and row.valid_to <= row.valid_from


def _ends_before(parent: Area, row: Area) -> bool:
    return _end(parent) < _end(row)


_Dated = TypeVar("_Dated", Area, Membership)
_Placed = tuple[str, _Dated]


def _overlapping(named: Iterable[_Placed[_Dated]]) -> Iterator[tuple[_Placed[_Dated], _Placed[_Dated]]]:
    """Yield each of *named* whose days overlap with those of one that begins before, with that one."""
    longest: _Placed[_Dated] | None = None
    for each in sorted(named, key=lambda one: _begin(one[1])):
        if longest is not None and _begin(each[1]) < _end(longest[1]):
            yield longest, each
        if longest is None or _end(longest[1]) < _end(each[1]):
            longest = each


def _begin(row: Area | Membership) -> date:
    return row.valid_from or date.min


def _end(row: Area | Membership) -> date:
    return row.valid_to or date.max


def days_of(row: Area) -> str:
    """Return the days of *row* for a person."""
    begin = f"from {row.valid_from}" if row.valid_from else "always"
    return begin if row.valid_to is None else f"{begin} until before {row.valid_to}"


def _from(row: Area) -> str:
    return "all days" if row.valid_from is None else str(row.valid_from)
