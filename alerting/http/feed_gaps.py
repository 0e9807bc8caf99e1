"""Holds entries back behind a gap of ids, which a transaction of another process may still fill."""

from collections.abc import Sequence

from contract.timeline import Entry

GAP_S = 5.0
"""Seconds until a gap is believed to stay: a transaction that was rolled back leaves one for good.

A commit takes milliseconds; one that took longer than this would be passed over by readers.
"""


class Gaps:
    """The gap that is waited for, if any.

    PostgreSQL numbers an entry when it is inserted and shows it when it is committed, so of two
    processes the later number may be seen first.
    """

    def __init__(self) -> None:
        self._seen: tuple[int, float] | None = None  # the newest id beyond the gap, and since when

    @property
    def waiting(self) -> bool:
        """Whether entries are held back."""
        return self._seen is not None

    def settled(self, entries: Sequence[Entry], after: int, *, now: float) -> Sequence[Entry]:
        """Return those first *entries* that follow *after* without a gap, or with one that stays."""
        believed = self._believed(now)
        for place, entry in enumerate(entries):
            if entry.id != after + 1 and entry.id > believed:
                self._seen = self._seen or (entries[-1].id, now)
                return entries[:place]
            after = entry.id
        self._seen = None
        return entries

    def _believed(self, now: float) -> int:
        """Return the id through which every gap has been there long enough."""
        if self._seen is None or now - self._seen[1] < GAP_S:
            return 0
        through, self._seen = self._seen[0], None
        return through
