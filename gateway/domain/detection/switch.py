"""Judge switches: manual call points and detectors with an alarm output are believed at once."""

from contract.quantities import COMMON_ALARM
from gateway.domain.detection.filters import NORMAL, AlarmLevel, AlarmVerdict
from gateway.domain.model.reasons import SignalReason

SWITCHES = {
    "manual": SignalReason.MANUAL_CALL,
    "alarm": SignalReason.DETECTOR_ALARM,
    "heatalarm": SignalReason.HEAT_ALARM,
    "coalarm": SignalReason.CO_ALARM,
    "gasalarm": SignalReason.GAS_ALARM,
    COMMON_ALARM: SignalReason.COMMON_ALARM,
}
"""Quantities of 0 or 1 that are a fire at 1, without any judgement, and the reason of that fire."""


class SwitchJudge:
    """Judges a quantity of 0 or 1, which a person or another judge has decided already.

    It is never delayed and never needs a second sample (NFPA 72: manual fire alarm boxes).
    """

    __slots__ = ("_fire",)

    share = 0.0
    """It adds nothing to other signs of a fire: it is one."""

    def __init__(self, reason: SignalReason) -> None:
        self._fire = AlarmVerdict(AlarmLevel.FIRE, reason)

    def judge_sample(self, value: float, t: float) -> AlarmVerdict:
        """Return a fire while *value* is 1."""
        return self._fire if value >= 0.5 else NORMAL
