"""The areas that somebody may know of who has a role in some of them."""

from collections.abc import Collection, Iterator
from datetime import date

from registry.domain.area_history import AreaHistory


def areas_within(history: AreaHistory, held: Collection[str], day: date) -> frozenset[str]:
    """Return the areas that on *day* are in one of *held*, those that hold these, and those before.

    An area that ended counts as what received it: its name and days are known where its people are now.
    """
    above = _above(history, held, day)
    return frozenset(above | {each for each in history.areas if _is_within(history, each, held, day)})


def _above(history: AreaHistory, held: Collection[str], day: date) -> set[str]:
    standing = (name for each in held for name in history.on_day(each, day).areas)
    return set(history.upwards(standing, day))


def _is_within(history: AreaHistory, area: str, held: Collection[str], day: date) -> bool:
    return any(each in held for each in _upwards(history, area, day))


def _upwards(history: AreaHistory, area: str, day: date) -> Iterator[str]:
    return history.upwards(history.on_day(area, day).areas, day)
