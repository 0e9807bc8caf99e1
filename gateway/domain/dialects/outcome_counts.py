"""Counts of a source's messages by outcome: every message is counted."""

from collections import Counter
from collections.abc import Iterable

_MOST_NAMES = 100
_LONGEST_NAME = 60
_OTHERS = "(others)"


class OutcomeCounts:
    """Counts the messages of one source by outcome and reason, and its unknown fields by name."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self.unknown_fields: Counter[str] = Counter()

    def count_messages(self, fate: str, reason: str, number: int) -> None:
        """Count *number* messages."""
        self._counts[fate, reason] += number

    def note_unknown(self, names: Iterable[str]) -> list[str]:
        """Count unknown fields; return the names that they are counted by."""
        counted = [self._name(each[:_LONGEST_NAME]) for each in names]
        self.unknown_fields.update(counted)
        return counted

    def counts_of(self, fate: str) -> dict[str, int]:
        """Return the number of messages with *outcome*, by reason."""
        return {reason: number for (own, reason), number in self._counts.items() if own == fate}

    def _name(self, name: str) -> str:
        known = name in self.unknown_fields or len(self.unknown_fields) < _MOST_NAMES
        return name if known else _OTHERS
