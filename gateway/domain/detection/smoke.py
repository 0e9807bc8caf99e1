"""Judge smoke by its filtered obscuration over clean air."""

from gateway.domain.detection.clean_air import CleanAirJudge, CleanAirThresholds
from gateway.domain.detection.filters import AlarmLevel, AlarmVerdict
from gateway.domain.model.reasons import SignalReason

_VERDICTS = (
    AlarmVerdict(AlarmLevel.FIRE, SignalReason.SMOKE_ABOVE_ALARM),
    AlarmVerdict(AlarmLevel.PREALARM, SignalReason.SMOKE_ABOVE_PREALARM),
)


def smoke_judge(thresholds: CleanAirThresholds) -> CleanAirJudge:
    """Return a judge of obscuration, in dB/m."""
    return CleanAirJudge(thresholds, _VERDICTS)
