"""Finds premises by words of their own and of the areas that hold them, by names of today and before."""

from datetime import date

from registry.domain.index import Index
from registry.domain.place_outline import PremisesLabel
from registry.domain.search_text import lacking


class PremisesSearch:
    """A search for premises with all words of *text*, as of *day*.

    Areas are looked at only for words that the premises themselves lack, and their names once for all
    premises of the same area.
    """

    def __init__(self, index: Index, text: str, day: date) -> None:
        self._index = index
        self._day = day
        self._words = lacking(text)
        self._own = {each.id: (each.name, *each.other_names) for each in index.areas()}
        self._of_areas: dict[tuple[str, ...], tuple[str, ...]] = {}

    def finds(self, premises: str, label: PremisesLabel) -> bool:
        """Return whether *premises*, which are called as *label* says, have all words."""
        words = lacking(self._words, premises, label.name, label.address)
        return not words or not lacking(words, *self._names_of(premises))

    def _names_of(self, premises: str) -> tuple[str, ...]:
        areas = self._index.unit_of(premises, self._day).areas
        if areas not in self._of_areas:
            self._of_areas[areas] = tuple(self._names_above(areas))
        return self._of_areas[areas]

    def _names_above(self, areas: tuple[str, ...]) -> list[str]:
        """Return the names of *areas* and those above, and of the areas that these received."""
        history = self._index.area_history
        above = list(history.upwards(areas, self._day))
        return [name for each in history.with_predecessors(above) for name in self._own.get(each, ())]
