"""The time of a measurement decides whether a message tells of now; its arrival only without one."""

from collections import OrderedDict
from dataclasses import dataclass, replace

from gateway.domain.changes import Moment
from gateway.domain.level import Age

_LATEST_S = 60.0
"""Mesh networks and bridges hold a message back for seconds, never for a minute."""

PROVEN_AFTER_S = 120.0
"""Times that go forward as fast as they arrive prove another clock after so long: what a bridge
remembers may be written anew a few times, and it does not go on ageing."""

_LEAST_APART_S = 1.0
"""Seconds between two arrivals; what arrives closer together may come out of a queue, with times that go
forward all the same."""

_MOST_DETECTORS = 10_000


@dataclass(frozen=True, slots=True)
class Told:
    """Verdict on a message: whether it tells of now, the seconds since it was measured, if it is new."""

    age: Age
    since_s: float = 0.0
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class _Last:
    measured_at: int
    t: float
    retained: bool
    # Since when its times have gone forward as fast as they arrived.
    since_t: float


class SourceTimes:
    """Judges the times that one source's messages carry.

    They are those of the bridge's clock, which may differ from the gateway's. A detector whose times
    go forward as fast as they arrive, for two minutes, lives whatever they are: how far that clock is
    off is then known, for all detectors of the source. A time that comes again and again is memory.
    """

    def __init__(self) -> None:
        self._last: OrderedDict[str, _Last] = OrderedDict()
        self._skew_s = 0.0

    def judge(
        self,
        address: str,
        measured_at: int | None,
        *,
        retained: bool,
        reporting_time_s: float,
        moment: Moment,
    ) -> Told:
        """Return what a message is worth that *address* measured at *measured_at* microseconds."""
        if measured_at is None:
            return Told(Age.UNKNOWN if retained else Age.LIVE)
        before = self._last.get(address)
        now = _Last(measured_at, moment.t, retained, moment.t)
        if before is not None and _goes_on(before, now):
            now = replace(now, since_t=before.since_t)
        self._remember(address, now)
        behind_s = (moment.at - measured_at) / 1e6
        is_new = before is None or measured_at != before.measured_at
        if now.t - now.since_t >= PROVEN_AFTER_S:
            self._skew_s = behind_s
        for since_s in (behind_s, behind_s - self._skew_s):
            if abs(since_s) <= reporting_time_s:
                age = Age.CONFIRMED if retained else Age.LIVE
                return Told(age, max(0.0, since_s), is_new)
        # What is newer than all before and lies in the future is no memory, but another clock.
        is_newest = before is None or measured_at > before.measured_at
        if is_newest and behind_s < 0 and not retained:
            return Told(Age.LIVE)
        return Told(Age.UNKNOWN, max(0.0, behind_s), is_new)

    def _remember(self, address: str, now: _Last) -> None:
        self._last[address] = now
        self._last.move_to_end(address)
        if len(self._last) > _MOST_DETECTORS:
            self._last.popitem(last=False)


def _goes_on(before: _Last, now: _Last) -> bool:
    """Return whether two messages were measured as far apart as they arrived."""
    if before.retained or now.retained or now.measured_at <= before.measured_at:
        return False
    measured_s = (now.measured_at - before.measured_at) / 1e6
    arrived_s = now.t - before.t
    return arrived_s >= _LEAST_APART_S and abs(measured_s - arrived_s) <= min(_LATEST_S, arrived_s)
