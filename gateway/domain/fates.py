"""Count what became of the messages of a source: nothing that arrives vanishes uncounted."""

from collections import Counter
from collections.abc import Iterable

_MOST_NAMES = 100
_LONGEST_NAME = 60
_OTHERS = "(others)"


class Fates:
    """Counts the messages of one source by fate and reason, and the unknown fields by name."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self.unknown_fields: Counter[str] = Counter()

    def count(self, fate: str, reason: str, number: int) -> None:
        """Count *number* messages."""
        self._counts[fate, reason] += number

    def note_unknown(self, names: Iterable[str]) -> list[str]:
        """Count unknown fields; return the names that they are counted by."""
        counted = [self._name(each[:_LONGEST_NAME]) for each in names]
        self.unknown_fields.update(counted)
        return counted

    def of(self, fate: str) -> dict[str, int]:
        """Return how many messages had *fate*, by reason."""
        return {reason: number for (own, reason), number in self._counts.items() if own == fate}

    def _name(self, name: str) -> str:
        known = name in self.unknown_fields or len(self.unknown_fields) < _MOST_NAMES
        return name if known else _OTHERS
