"""Decide by the time of measurement whether a message is current; by its arrival if it has none."""

from collections import OrderedDict
from dataclasses import dataclass, replace

from gateway.domain.model.detector_state import StateAge
from gateway.domain.model.moment import Moment

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
class MessageAge:
    """The age of a message, the seconds since its measurement, and whether it is new."""

    age: StateAge
    since_s: float = 0.0
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class _LastMessage:
    measured_at: int
    t: float
    retained: bool
    # Since when its times have gone forward as fast as they arrived.
    since_t: float


class MeasurementTimes:
    """Judges the measurement times in one source's messages.

    They are those of the bridge's clock, which may differ from the gateway's. A detector whose times
    go forward as fast as they arrive, for two minutes, lives whatever they are: how far that clock is
    off is then known, for all detectors of the source. A time that comes again and again is memory.
    """

    def __init__(self) -> None:
        self._last: OrderedDict[str, _LastMessage] = OrderedDict()
        self._skew_s = 0.0

    def judge_age(
        self,
        address: str,
        measured_at: int | None,
        *,
        retained: bool,
        reporting_time_s: float,
        moment: Moment,
    ) -> MessageAge:
        """Return the age of a message of *address*, measured at *measured_at* microseconds."""
        if measured_at is None:
            return MessageAge(StateAge.UNKNOWN if retained else StateAge.LIVE)
        before = self._last.get(address)
        now = _LastMessage(measured_at, moment.t, retained, moment.t)
        if before is not None and _goes_on(before, now):
            now = replace(now, since_t=before.since_t)
        self._remember(address, now)
        behind_s = (moment.at - measured_at) / 1e6
        is_new = before is None or measured_at != before.measured_at
        if now.t - now.since_t >= PROVEN_AFTER_S:
            self._skew_s = behind_s
        for since_s in (behind_s, behind_s - self._skew_s):
            if abs(since_s) <= reporting_time_s:
                age = StateAge.CONFIRMED if retained else StateAge.LIVE
                return MessageAge(age, max(0.0, since_s), is_new)
        # What is newer than all before and lies in the future is no memory, but another clock.
        is_newest = before is None or measured_at > before.measured_at
        if is_newest and behind_s < 0 and not retained:
            return MessageAge(StateAge.LIVE)
        return MessageAge(StateAge.UNKNOWN, max(0.0, behind_s), is_new)

    def _remember(self, address: str, now: _LastMessage) -> None:
        self._last[address] = now
        self._last.move_to_end(address)
        if len(self._last) > _MOST_DETECTORS:
            self._last.popitem(last=False)


def _goes_on(before: _LastMessage, now: _LastMessage) -> bool:
    """Return whether two messages were measured as far apart as they arrived."""
    if before.retained or now.retained or now.measured_at <= before.measured_at:
        return False
    measured_s = (now.measured_at - before.measured_at) / 1e6
    arrived_s = now.t - before.t
    return arrived_s >= _LEAST_APART_S and abs(measured_s - arrived_s) <= min(_LATEST_S, arrived_s)
