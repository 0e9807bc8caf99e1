"""A value that cannot be true puts its point in fault, and never in alarm."""

from enum import StrEnum

from contract.quantities import QUANTITIES
from gateway.domain.changes import Reason

# One unusable sample is noise, two are a fault; three sound ones in a row end it.
_BAD_TO_RAISE = 2
_GOOD_TO_RESTORE = 3


class Trust(StrEnum):
    """What a sample is worth."""

    SOUND = "sound"
    PROVEN = "proven"  # the first one believed after a jump: what was before it says nothing
    DOUBTFUL = "doubtful"
    UNUSABLE = "unusable"


class Steadiness:
    """Doubts a sample that jumped until those after it bear it out.

    Air does not change by *jump* between two samples, but a room may while no sample came, and a
    fire may begin beside the detector. So a jump is believed after three samples that agree with it,
    and at once when it returns to what was believed before. Rising further agrees with a rise. A
    sensor that jumps three times within ten samples is broken: it is believed again after thirty that
    agree. So the first samples of all must agree as well, before any is believed.
    """

    _WITHIN = 10
    _JUMPS_OF_A_BROKEN_ONE = 3
    _PROOF = 3
    _PROOF_OF_A_BROKEN_ONE = 30

    def __init__(self, jump: float) -> None:
        self._jump = jump
        self._last: float | None = None
        self._believed: float | None = None
        self._run = 0
        self._doubt = True
        self._upward = False
        self._recent = 0  # one bit a sample, newest lowest: did it jump?
        self.broken = False

    def take(self, value: float) -> Trust:
        """What *value* is worth after all those before it."""
        if self._last is None:
            self._last = value
            return Trust.DOUBTFUL
        step = value - self._last
        self._last = value
        if self._jumped(step):
            self._doubt_it(step)
        else:
            self._run += 1
        return self._worth(value)

    def _jumped(self, step: float) -> bool:
        rises_on = self._doubt and self._upward and step > 0
        jumped = abs(step) > self._jump and not rises_on
        self._recent = (self._recent << 1 | jumped) & ((1 << self._WITHIN) - 1)
        return jumped

    def _doubt_it(self, step: float) -> None:
        self._doubt = True
        self._run = 0
        self._upward = step > 0
        if self._recent.bit_count() >= self._JUMPS_OF_A_BROKEN_ONE:
            self.broken = True

    def _worth(self, value: float) -> Trust:
        if not self._doubt:
            self._believed = value
            return Trust.SOUND
        needed = self._PROOF_OF_A_BROKEN_ONE if self.broken else self._PROOF
        returned = self._believed is not None and abs(value - self._believed) <= self._jump
        if self._run < needed and (self.broken or not returned):
            return Trust.DOUBTFUL
        self._doubt = self.broken = False
        self._believed = value
        return Trust.SOUND if returned else Trust.PROVEN


class Plausibility:
    """Watches the values of one quantity of one point.

    *fault* is why they cannot be believed, None while they can. It says nothing on alarms that stand
    already: a fire that destroys its detector remains a fire.
    """

    def __init__(self, quantity: str, *, jump: float | None = None, stuck_after_s: float = 0.0) -> None:
        known = QUANTITIES.get(quantity)
        self._low = known.low if known else float("-inf")
        self._high = known.high if known else float("inf")
        self._steadiness = Steadiness(jump) if jump is not None else None
        self._stuck_after_s = stuck_after_s
        self._bad = 0
        self._good = 0
        self._same_since: tuple[float, float] | None = None
        self.fault: Reason | None = None

    def take(self, value: float | None, t: float) -> Trust:
        """What *value* is worth; afterwards *fault* is up to date."""
        if value is None:
            return self._unusable(Reason.NO_VALUE)
        if not self._low <= value <= self._high:  # so written, it refuses NaN too
            return self._unusable(Reason.OUT_OF_RANGE)
        trust = self._steadiness.take(value) if self._steadiness else Trust.SOUND
        self._bad = 0
        if self._steadiness and self._steadiness.broken:
            self.fault, self._good = Reason.JUMPING, 0
        elif self._stuck_after_s and self._is_stuck(value, t):
            self.fault, self._good = Reason.STUCK, 0
        elif self.fault is not None:
            self._recover()
        return trust

    def _unusable(self, reason: Reason) -> Trust:
        self._bad += 1
        self._good = 0
        if self._bad >= _BAD_TO_RAISE:
            self.fault = reason
        return Trust.UNUSABLE

    def _recover(self) -> None:
        self._good += 1
        if self._good >= _GOOD_TO_RESTORE:
            self.fault = None

    def _is_stuck(self, value: float, t: float) -> bool:
        if self._same_since is None or self._same_since[0] != value:
            self._same_since = (value, t)
        return t - self._same_since[1] >= self._stuck_after_s
