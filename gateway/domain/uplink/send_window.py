"""The send window: entries without a receipt, and when each is to be sent again."""

import heapq
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from runtime.backoff import Backoff

# Seconds since its last sending after which an entry that a receipt leaves out is taken as lost on the
# way; a receipt that merely crossed it, or speaks of the group before, is younger.
CROSSED_RECEIPT_S = 3.0

# Seconds between two such sendings, so that repeated receipts make no flood.
RETRY_NOW_EVERY_S = 5.0


@dataclass(slots=True)
class _UnreceiptedEntry:
    body: bytes
    attempts: int = 0  # since the connection came back
    sendings: int = 0  # in all
    due: float | None = None  # None: as soon as possible
    sent: float = 0.0


class SendWindow:
    """Up to *limit* numbered entries without a receipt; those that were never sent go first.

    *resending* gives the seconds to wait for a receipt before an entry is sent again.

    All times are seconds of a clock that only goes forward.
    """

    def __init__(self, limit: int, resending: Backoff) -> None:
        self._limit = limit
        self._resending = resending
        self._entries: dict[int, _UnreceiptedEntry] = {}
        self._unsent: deque[int] = deque()
        self._resends: list[tuple[float, int]] = []
        self._retried_at: float | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, seq: int) -> bool:
        return seq in self._entries

    @property
    def room(self) -> int:
        """Number of further entries that fit."""
        return self._limit - len(self._entries)

    def offer_entry(self, seq: int, body: bytes) -> bool:
        """Add an entry; return False if there is no room."""
        if seq in self._entries:
            return True
        if self.room <= 0:
            return False
        self._entries[seq] = _UnreceiptedEntry(body)
        self._unsent.append(seq)
        return True

    def force_entry(self, seq: int, body: bytes) -> bool:
        """Add an entry in any case; return False if another one had to leave."""
        fits = self.room > 0 or seq in self._entries
        if not fits:
            del self._entries[next(iter(self._entries))]
        self.offer_entry(seq, body)
        return fits

    def due_entries(self, now: float, limit: int) -> list[tuple[int, bytes]]:
        """Return up to *limit* entries that are due, and count them as sent."""
        taken: list[tuple[int, bytes]] = []
        while len(taken) < limit:
            seq = self._next_due(now)
            if seq is None:
                break
            held = self._entries[seq]
            held.attempts += 1
            held.sendings += 1
            held.sent, held.due = now, now + self._resending.delay(held.attempts)
            heapq.heappush(self._resends, (held.due, seq))
            taken.append((seq, held.body))
        return taken

    def first_entries(self, limit: int) -> list[tuple[int, bytes]]:
        """Return up to *limit* entries, those that were never sent first, as if none was due."""
        order = sorted(self._entries.items(), key=lambda item: (item[1].sendings > 0, item[0]))
        return [(seq, held.body) for seq, held in order[:limit]]

    def was_sent_before(self, seq: int) -> bool:
        """Return whether the last sending of *seq* was not its first."""
        held = self._entries.get(seq)
        return held is not None and held.sendings > 1

    def next_due(self, now: float) -> float | None:
        """Return when the next entry is due: *now* if at once, None if none waits."""
        self._drop_stale()
        if self._unsent:
            return now
        return self._resends[0][0] if self._resends else None

    def body(self, seq: int) -> bytes | None:
        """Return the bytes of *seq*; None if it is not in the window."""
        held = self._entries.get(seq)
        return None if held is None else held.body

    def remove_entries(self, seqs: Iterable[int]) -> int:
        """Remove *seqs*; return how many were in the window."""
        return sum(self._entries.pop(seq, None) is not None for seq in seqs)

    def retry_now(self, now: float) -> bool:
        """Make entries due that a receipt leaves out and that were sent long before; False if none."""
        if self._retried_at is not None and now - self._retried_at < RETRY_NOW_EVERY_S:
            return False
        lost = [
            seq
            for seq, held in self._entries.items()
            if held.due is not None and held.due > now and now - held.sent >= CROSSED_RECEIPT_S
        ]
        for seq in lost:
            self._entries[seq].due = now
            heapq.heappush(self._resends, (now, seq))
        if lost:
            self._retried_at = now
        return bool(lost)

    def resend_everything(self) -> None:
        """Make everything due after a reconnection, unsent entries first, then by number."""
        never = [seq for seq, held in self._entries.items() if not held.attempts]
        sent = sorted(seq for seq, held in self._entries.items() if held.attempts)
        for held in self._entries.values():
            held.attempts, held.due = 0, None
        self._unsent = deque([*never, *sent])
        self._resends = []

    def _next_due(self, now: float) -> int | None:
        self._drop_stale()
        if self._unsent:
            return self._unsent.popleft()
        if self._resends and self._resends[0][0] <= now:
            return heapq.heappop(self._resends)[1]
        return None

    def _drop_stale(self) -> None:
        """Drop queue marks of entries that were removed or sent again meanwhile."""
        while self._unsent and self._is_stale(self._unsent[0], None):
            self._unsent.popleft()
        while self._resends and self._is_stale(self._resends[0][1], self._resends[0][0]):
            heapq.heappop(self._resends)

    def _is_stale(self, seq: int, due: float | None) -> bool:
        held = self._entries.get(seq)
        return held is None or held.due != due
