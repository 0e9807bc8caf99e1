"""A manual call point, or a detector that judges by itself, is believed at once."""

from gateway.domain.changes import Reason
from gateway.domain.filters import NORMAL, Level, Verdict


class SwitchJudge:
    """Judges a quantity of 0 or 1: what a person, or another judge, has already decided.

    It is never delayed and never needs a second sample (NFPA 72: manual fire alarm boxes).
    """

    __slots__ = ("_fire",)

    share = 0.0
    """It adds nothing to other signs of a fire: it is one."""

    def __init__(self, reason: Reason) -> None:
        self._fire = Verdict(Level.FIRE, reason)

    def take(self, value: float, t: float) -> Verdict:
        """Fire while *value* is 1."""
        return self._fire if value >= 0.5 else NORMAL
