"""A recount of the daily sheet, entry after entry: it shares no code with the package reports."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tests.support.recount import Days, Told, incidents


@dataclass(frozen=True)
class Entered:
    """A person enters *value* for *line*; the empty area stands for the whole center."""

    area: str
    day: date
    line: int
    value: int | None


def genuine(entries: Sequence[Told], days: Days, places: Collection[str]) -> int:
    """Return how many real fires of *days* at *places* somebody closed as genuine."""
    fires = [each for each in incidents(entries) if each.is_real_fire and days.has(each.opened)]
    return sum(each.outcome == "genuine" and each.entries[0].premises in places for each in fires)


def sums(
    entered: Sequence[Entered], days: Days, *, area: str, parents: Mapping[str, str]
) -> dict[int, tuple[int, int]]:
    """Return the sum of each line for *area*, and on how many days there was any of it.

    An entry counts unless it was entered anew, or its day has one for an area around it.
    """
    last = {(each.line, each.day, each.area): each.value for each in entered}
    known = {key: value for key, value in last.items() if value is not None}
    counted: dict[int, list[tuple[date, int]]] = {}
    for (line, day, name), value in known.items():
        around = list(_around(name, area, parents))
        is_whole = not any((line, day, each) in known for each in around[1:])
        if area in around and is_whole and days.first <= day < days.end:
            counted.setdefault(line, []).append((day, value))
    return {
        line: (sum(value for _, value in some), len({day for day, _ in some}))
        for line, some in counted.items()
    }


def _around(name: str, area: str, parents: Mapping[str, str]) -> Iterator[str]:
    """Yield *name* and the areas around it, up to *area*; nothing of an area that is not known."""
    while name in parents or not name:
        yield name
        if name == area or not name:
            return
        name = parents[name]
