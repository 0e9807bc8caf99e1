"""Judges rounds of the synthetic fire: which hops an alarm would still pass, and where its way ends.

A round is a trial alarm that the center sends itself through its own machinery (docs/adr/0072). It
proves that an alarm would travel, and notifies nobody. Times are seconds of a clock that nobody sets,
but for the moment at which a round began.
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from contract.times import Micros


class Hop(StrEnum):
    """The hops of a round, in their order; the last three follow the commit side by side."""

    BROKER = "broker"
    """The broker took the message and sent it back, as it sends the alarms of gateways."""
    QUEUE = "queue"
    """The message had its turn among those of gateways, and was read."""
    DECISION = "decision"
    """The decision by the registry in use, made in memory: a fire is confirmed, and somebody told."""
    STORED = "stored"
    """The database committed the round."""
    RECEIPT = "receipt"
    """The receipt of the round came back over the broker."""
    RELAY = "relay"
    """The sender of notifications passed it on to the loop-back, which is no person."""
    FEED = "feed"
    """The feed of the duty desks passed it."""


BEFORE: Mapping[Hop, Hop] = {
    Hop.QUEUE: Hop.BROKER,
    Hop.DECISION: Hop.QUEUE,
    Hop.STORED: Hop.DECISION,
    Hop.RECEIPT: Hop.STORED,
    Hop.RELAY: Hop.STORED,
    Hop.FEED: Hop.STORED,
}
"""The hop that each other one follows."""

LOST_IN_A_ROW = 2
"""Rounds in a row that are lost before that is a fault: one may meet the restart of a broker."""

AGAIN_S = 20.0
"""Seconds at the most until a lost round is followed by another one."""

MISSED = 3
"""Intervals without a complete round after which that is a fault, whatever the reason."""

REMEMBERED = 288
"""Rounds that are remembered: a day at the usual interval."""

PERCENT = 95
"""Of the complete rounds, so many passed a hop within the time that is shown for it."""


@dataclass(frozen=True, slots=True)
class Round:
    """A round that began *at* that time; *passed* is when it passed each hop, in seconds since then."""

    at: Micros
    passed: Mapping[Hop, float] = field(default_factory=dict)

    @property
    def lost_at(self) -> Hop | None:
        """The hop at which the round ended; None of one that passed them all."""
        return next((each for each in Hop if each not in self.passed), None)

    @property
    def seconds(self) -> float | None:
        """The seconds until the last hop was passed; None of a round that was lost."""
        return None if self.lost_at is not None else max(self.passed.values())

    def hop_seconds(self, hop: Hop) -> float | None:
        """The seconds that *hop* took after the one before; None where it was not passed."""
        passed = self.passed.get(hop)
        if passed is None:
            return None
        return max(0.0, passed - self.passed.get(BEFORE[hop], 0.0)) if hop in BEFORE else passed


class RoundWatch:
    """Watches rounds, one every *every_s* seconds, since *t*; it says when the next one is due."""

    def __init__(self, every_s: float, t: float) -> None:
        self._every_s = every_s
        self._completed_at = t
        self._lost: deque[Hop] = deque(maxlen=LOST_IN_A_ROW)
        self._rounds: deque[Round] = deque(maxlen=REMEMBERED)

    @property
    def last(self) -> Round | None:
        """The last round, complete or lost; None before the first."""
        return self._rounds[-1] if self._rounds else None

    @property
    def last_complete(self) -> Round | None:
        """The last round that passed all hops, of those that are remembered."""
        return next((each for each in reversed(self._rounds) if each.lost_at is None), None)

    @property
    def lost(self) -> Counter[Hop]:
        """Count of the remembered rounds that were lost, by hop."""
        return Counter(each.lost_at for each in self._rounds if each.lost_at is not None)

    def __len__(self) -> int:
        return len(self._rounds)

    def note_round(self, ended: Round, t: float) -> None:
        """Note the round that *ended* at *t*."""
        self._rounds.append(ended)
        lost_at = ended.lost_at
        if lost_at is None:
            self._completed_at = t
            self._lost.clear()
        else:
            self._lost.append(lost_at)

    def pause_s(self) -> float:
        """Return the seconds until the next round."""
        return min(AGAIN_S, self._every_s) if self._lost else self._every_s

    @property
    def missing_from(self) -> float:
        """The time from which on a complete round is missing, if none comes until then."""
        return self._completed_at + MISSED * self._every_s

    def fault(self, t: float) -> Hop | None:
        """Return the hop at which the way of alarms ends at *t*; None while rounds come through."""
        if len(self._lost) == LOST_IN_A_ROW:
            return self._lost[-1]
        if t < self.missing_from:
            return None
        return self._lost[-1] if self._lost else Hop.BROKER

    def usual_s(self, hop: Hop) -> float | None:
        """Return the seconds within which PERCENT of the complete rounds passed *hop*."""
        complete = (each for each in self._rounds if each.lost_at is None)
        return percentile(each.hop_seconds(hop) or 0.0 for each in complete)


def percentile(values: Iterable[float]) -> float | None:
    """Return the value that PERCENT of *values* do not exceed; None of no values."""
    ordered = sorted(values)
    if not ordered:
        return None
    return ordered[-(-len(ordered) * PERCENT // 100) - 1]
