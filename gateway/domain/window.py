"""What has been sent and has no receipt yet, and when it is to be sent again."""

import heapq
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from runtime.backoff import Backoff

# Seconds since its last sending after which an entry that a receipt leaves out is taken as lost on the
# way; a receipt that merely crossed it, or speaks of the group before, is younger.
CROSSED_S = 3.0

# Seconds between two such sendings, so that repeated receipts make no flood.
HURRY_S = 5.0


@dataclass(slots=True)
class _Held:
    body: bytes
    attempts: int = 0  # since the connection came back
    sendings: int = 0  # in all
    due: float | None = None  # None: as soon as possible
    sent: float = 0.0


class Window:
    """At most *limit* numbered entries without a receipt. What was never sent goes first.

    *resending* gives the seconds to wait for a receipt before an entry is sent again.

    All times are seconds of a clock that only goes forward.
    """

    def __init__(self, limit: int, resending: Backoff) -> None:
        self._limit = limit
        self._resending = resending
        self._held: dict[int, _Held] = {}
        self._fresh: deque[int] = deque()
        self._again: list[tuple[float, int]] = []
        self._hurried: float | None = None

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, seq: int) -> bool:
        return seq in self._held

    @property
    def room(self) -> int:
        """How many more entries it takes."""
        return self._limit - len(self._held)

    def offer(self, seq: int, body: bytes) -> bool:
        """Hold an entry, or answer False if there is no room."""
        if seq in self._held:
            return True
        if self.room <= 0:
            return False
        self._held[seq] = _Held(body)
        self._fresh.append(seq)
        return True

    def push(self, seq: int, body: bytes) -> bool:
        """Hold an entry whatever the room; False if another one had to leave for it."""
        fits = self.room > 0 or seq in self._held
        if not fits:
            del self._held[next(iter(self._held))]
        self.offer(seq, body)
        return fits

    def take_due(self, now: float, limit: int) -> list[tuple[int, bytes]]:
        """Up to *limit* entries that are to be sent now, which counts as sent."""
        taken: list[tuple[int, bytes]] = []
        while len(taken) < limit:
            seq = self._next_due(now)
            if seq is None:
                break
            held = self._held[seq]
            held.attempts += 1
            held.sendings += 1
            held.sent, held.due = now, now + self._resending.delay(held.attempts)
            heapq.heappush(self._again, (held.due, seq))
            taken.append((seq, held.body))
        return taken

    def was_sent_before(self, seq: int) -> bool:
        """Whether the last sending of *seq* was not its first."""
        held = self._held.get(seq)
        return held is not None and held.sendings > 1

    def next_due(self, now: float) -> float | None:
        """When the next entry is to be sent: *now* if at once, None if none waits."""
        self._drop_stale()
        if self._fresh:
            return now
        return self._again[0][0] if self._again else None

    def body(self, seq: int) -> bytes | None:
        """The bytes of *seq*; None if it is not held."""
        held = self._held.get(seq)
        return None if held is None else held.body

    def cover(self, seqs: Iterable[int]) -> int:
        """Forget *seqs*, which are proven or given up; answers how many were held."""
        return sum(self._held.pop(seq, None) is not None for seq in seqs)

    def hurry(self, now: float) -> bool:
        """Make due at once what a receipt leaves out and was sent long before; False if nothing is."""
        if self._hurried is not None and now - self._hurried < HURRY_S:
            return False
        lost = [
            seq
            for seq, held in self._held.items()
            if held.due is not None and held.due > now and now - held.sent >= CROSSED_S
        ]
        for seq in lost:
            self._held[seq].due = now
            heapq.heappush(self._again, (now, seq))
        if lost:
            self._hurried = now
        return bool(lost)

    def everything_is_due(self) -> None:
        """After a reconnection: all is to be sent again, the unsent first, then by number."""
        never = [seq for seq, held in self._held.items() if not held.attempts]
        sent = sorted(seq for seq, held in self._held.items() if held.attempts)
        for held in self._held.values():
            held.attempts, held.due = 0, None
        self._fresh = deque([*never, *sent])
        self._again = []

    def _next_due(self, now: float) -> int | None:
        self._drop_stale()
        if self._fresh:
            return self._fresh.popleft()
        if self._again and self._again[0][0] <= now:
            return heapq.heappop(self._again)[1]
        return None

    def _drop_stale(self) -> None:
        """Forget marks of entries that have been covered since, or were sent again meanwhile."""
        while self._fresh and self._is_stale(self._fresh[0], None):
            self._fresh.popleft()
        while self._again and self._is_stale(self._again[0][1], self._again[0][0]):
            heapq.heappop(self._again)

    def _is_stale(self, seq: int, due: float | None) -> bool:
        held = self._held.get(seq)
        return held is None or held.due != due
