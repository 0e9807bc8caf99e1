"""Judge carbon monoxide by its excess over what the room always has."""

from gateway.domain.detection.clean_air import CleanAirJudge, CleanAirThresholds
from gateway.domain.detection.filters import AlarmLevel, AlarmVerdict
from gateway.domain.model.reasons import SignalReason

_VERDICTS = (
    AlarmVerdict(AlarmLevel.FIRE, SignalReason.CO_ABOVE_ALARM),
    AlarmVerdict(AlarmLevel.PREALARM, SignalReason.CO_ABOVE_PREALARM),
)


def co_judge(thresholds: CleanAirThresholds) -> CleanAirJudge:
    """Return a judge of carbon monoxide, in ppm."""
    return CleanAirJudge(thresholds, _VERDICTS)
