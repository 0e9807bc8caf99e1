"""A sample that jumped is doubted until those after it bear it out."""

from enum import StrEnum


class Trust(StrEnum):
    """What a sample is worth."""

    SOUND = "sound"
    PROVEN = "proven"  # the first one believed after a jump: what was before it says nothing
    ESTIMATED = "estimated"  # not itself, but the estimate that is certain in spite of it
    DOUBTFUL = "doubtful"
    UNUSABLE = "unusable"


class Steadiness:
    """Doubts a sample that jumped until those after it bear it out.

    Air does not change by *jump* between two samples, but a room may while no sample came, and a
    fire may begin beside the detector. So a jump is believed

    - at once when it returns to what was believed before: that was a spike;
    - after three samples, and 0.4 s, that agree with it; rising further agrees with a rise;
    - after six samples that stay away without agreeing, as far as the lowest of three: flames
      flicker, and what flickers above an alarm is one.

    A sensor that jumps away from calm air, or back there, three times within ten samples is broken,
    as no room cools like that. It is believed again after thirty samples that agree, or after 120
    that all stay away. So the first samples of all must agree as well, before any is believed.
    """

    __slots__ = (
        "_agreeing",
        "_away",
        "_believed",
        "_doubted",
        "_home",
        "_jump",
        "_jumps",
        "_last_two",
        "_since",
        "_up",
        "broken",
    )

    _WITHIN = 10
    _JUMPS_OF_A_BROKEN_ONE = 3
    _PROOF = 3
    _PROOF_S = 0.4
    _PROOF_AWAY = 6
    _PROOF_OF_A_BROKEN_ONE = 30
    _PROOF_AWAY_OF_A_BROKEN_ONE = 120

    def __init__(self, jump: float, calm: float) -> None:
        self._jump = jump
        self._home = calm + jump / 2  # calm air, or near it
        self._believed: float | None = None  # before it jumped
        self._jumps: tuple[int, ...] = ()
        self._last_two = (0.0, 0.0)
        self.broken = False
        self._begin(0.0, 0.0, up=False)

    @property
    def has_jumped(self) -> bool:
        """Whether it ever left calm air, or came back."""
        return bool(self._jumps)

    def first(self, value: float, t: float) -> None:
        """Doubt the first sample of all, which comes from nowhere."""
        self._begin(value, t, up=False)

    def doubt(self, value: float, step: float, t: float, number: int) -> None:
        """Begin to doubt: *value*, the *number*-th sample, came with a *step* from what was believed."""
        self._believed = value - step
        self._begin(value, t, up=step > 0)
        self._count_jump(value, step, number)

    def weigh(self, value: float, step: float, t: float, number: int) -> tuple[Trust, float]:
        """What *value* is worth while there is doubt, and what may be believed."""
        self._note(value, step, number)
        lowest = min(*self._last_two, value)
        self._last_two = (self._last_two[1], value)
        if not self.broken and self._has_returned(value):
            # After a spike all is as before; after long doubt what was before says nothing.
            return (Trust.SOUND if self._doubted <= self._PROOF else Trust.PROVEN), value
        if t - self._since < self._PROOF_S:
            return Trust.DOUBTFUL, value
        if self._agreeing >= (self._PROOF_OF_A_BROKEN_ONE if self.broken else self._PROOF):
            self.broken = False
            return Trust.PROVEN, value
        if self._away >= (self._PROOF_AWAY_OF_A_BROKEN_ONE if self.broken else self._PROOF_AWAY):
            self.broken = False
            return Trust.ESTIMATED, lowest
        return Trust.DOUBTFUL, value

    def _begin(self, value: float, t: float, *, up: bool) -> None:
        self._since = t
        self._agreeing = self._away = self._doubted = 0
        self._up = up
        self._last_two = (value, value)

    def _note(self, value: float, step: float, number: int) -> None:
        """Count what agrees with the sample before, what stays away, and jumps of a broken sensor."""
        self._agreeing += 1
        self._away += 1
        self._doubted += 1
        if abs(step) > self._jump and not (self._up and step > 0):
            self._agreeing = 0
            self._up = step > 0
            self._count_jump(value, step, number)

    def _has_returned(self, value: float) -> bool:
        return self._believed is not None and abs(value - self._believed) <= self._jump

    def _count_jump(self, value: float, step: float, number: int) -> None:
        """Count a jump that leaves calm air or returns there."""
        if min(value, value - step) > self._home:
            return
        self._away = 0
        self._jumps = (*self._jumps[1 - self._JUMPS_OF_A_BROKEN_ONE :], number)
        many = len(self._jumps) == self._JUMPS_OF_A_BROKEN_ONE
        if many and number - self._jumps[0] < self._WITHIN:
            self.broken = True
            self._agreeing = 0
