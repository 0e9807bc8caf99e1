"""Tells the speakers of one gateway apart by their heartbeats, and old heartbeats from new ones.

A start of a gateway's program is a run, whose heartbeats are numbered. A run that speaks again after
another one spoke is a second speaker under the same name: a restart goes only forward.
"""

from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum

from alerting.domain.watch.last_values import last_of
from contract.messages import Heartbeat
from contract.times import SECOND, Micros

MOST_RUNS = 8
"""Runs of a gateway that are remembered."""

MOST_AHEAD = 100_000
"""Numbers that may be missing between two heartbeats of a run: eleven days. More is no gap but a lie,
and must not silence the true gateway."""

RETURNS = 2
"""Times that a run speaks again after another one, within RETURNS_WITHIN_S: once, a heartbeat may have
been late on another path while the gateway restarted."""

RETURNS_WITHIN_S = 600.0
"""Seconds; and for as long after the last return there are two speakers."""

CURRENT_S = 600.0
"""Seconds that the clock of a gateway may be off for the first signed heartbeat of a run to count; one
of a later time than the last run's counts in any case."""


class HeartbeatVerdict(StrEnum):
    """The reason to believe a heartbeat, or to ignore it."""

    CURRENT = "current"
    REPLAYED = "replayed"
    OLD_RUN = "old_run"
    NUMBER_LEAPT = "number_leapt"


@dataclass(frozen=True, slots=True)
class _Run:
    """A start of the gateway's program; an older program is known by the epochs of its lanes."""

    name: str
    key_id: str = ""


class Speakers:
    """The runs of one gateway by its heartbeats."""

    def __init__(self) -> None:
        self._numbers: OrderedDict[_Run, int] = OrderedDict()
        self._speaking: str | None = None
        self._spoke: OrderedDict[str, None] = OrderedDict()
        self._latest: Micros | None = None
        self._returned: tuple[float, ...] = ()

    def judge(
        self, beat: Heartbeat, t: float, *, received_at: Micros, key_id: str | None
    ) -> HeartbeatVerdict:
        """Return whether *beat* counts, and note it; *key_id* is of the key that signed it, if any did.

        Numbers that nobody signed are not believed: anybody could make them leap.
        """
        name = beat.run or f"{beat.alarm.epoch} {beat.telemetry.epoch}"
        run = _Run(name, key_id or "")
        verdict = HeartbeatVerdict.CURRENT
        if key_id is not None:
            verdict = self._judge_signed(run, beat, received_at)
        if verdict is HeartbeatVerdict.CURRENT or verdict is HeartbeatVerdict.NUMBER_LEAPT:
            self._note_speaker(name, t)
        if verdict is HeartbeatVerdict.CURRENT:
            self._note(run, beat)
        return verdict

    def are_two(self, t: float) -> bool:
        """Return whether two speak under the name of the gateway at *t*."""
        returned = self._returned
        return (
            len(returned) == RETURNS
            and returned[0] + RETURNS_WITHIN_S >= returned[-1]
            and (t < returned[-1] + RETURNS_WITHIN_S)
        )

    @property
    def two_until(self) -> float:
        """The moment from which there are two speakers no more, if none returns until then."""
        return self._returned[-1] + RETURNS_WITHIN_S if self._returned else 0.0

    def _judge_signed(self, run: _Run, beat: Heartbeat, received_at: Micros) -> HeartbeatVerdict:
        known = self._numbers.get(run)
        if known is not None and beat.number <= known:
            return HeartbeatVerdict.REPLAYED
        if known is not None and beat.number > known + MOST_AHEAD:
            return HeartbeatVerdict.NUMBER_LEAPT
        if run.name == self._speaking:
            return HeartbeatVerdict.CURRENT
        is_now = abs(received_at - beat.at) <= CURRENT_S * SECOND
        is_later = self._latest is not None and beat.at > self._latest
        return HeartbeatVerdict.CURRENT if is_now or is_later else HeartbeatVerdict.OLD_RUN

    def _note_speaker(self, name: str, t: float) -> None:
        if name != self._speaking and name in self._spoke:
            self._returned = last_of(RETURNS, *self._returned, t)
        self._speaking = name
        self._spoke[name] = None
        self._spoke.move_to_end(name)
        if len(self._spoke) > MOST_RUNS:
            self._spoke.popitem(last=False)

    def _note(self, run: _Run, beat: Heartbeat) -> None:
        self._latest = beat.at
        self._numbers[run] = beat.number
        self._numbers.move_to_end(run)
        if len(self._numbers) > MOST_RUNS:
            self._numbers.popitem(last=False)
