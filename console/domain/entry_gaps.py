"""Counts entries of the feed that were passed over, until they came or are known not to exist.

Ids of entries have no gaps, but for transactions of a shared database that were rolled back. So a gap is
told while the rows are read anew, and for as long as another process may take to commit what is missing.
"""

from dataclasses import dataclass, field

SETTLED_S = 10.0
"""Seconds after which what is missing is known not to exist: twice those that the feed waits for it."""


@dataclass(slots=True)
class EntryGaps:
    """The ids that are missing, with the moments at which they were passed over."""

    last: int | None = None
    _missing: list[tuple[float, int]] = field(default_factory=list)

    def note(self, entry_id: int, now: float) -> bool:
        """Note that *entry_id* came; return whether entries before it were passed over."""
        passed = 0 if self.last is None else entry_id - self.last - 1
        self.last = max(entry_id, self.last or 0)
        if passed > 0:
            self._missing.append((now, passed))
        return passed > 0

    def begin_anew(self) -> None:
        """Forget all: the entries of another database follow, with ids of its own."""
        self.last = None
        self._missing = []

    def count(self, now: float) -> int:
        """Return how many are missing *now*."""
        self._missing = [(at, count) for at, count in self._missing if now - at < SETTLED_S]
        return sum(count for _, count in self._missing)
