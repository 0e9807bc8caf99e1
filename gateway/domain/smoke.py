"""Smoke is a fire when the filtered obscuration stands clear of what the detector sees in clean air."""

from gateway.domain.changes import Reason
from gateway.domain.clean_air import CleanAirFigures, CleanAirJudge
from gateway.domain.filters import Level, Verdict

_VERDICTS = (
    Verdict(Level.FIRE, Reason.SMOKE_ABOVE_ALARM),
    Verdict(Level.PREALARM, Reason.SMOKE_ABOVE_PREALARM),
)


def smoke_judge(figures: CleanAirFigures) -> CleanAirJudge:
    """Judges obscuration, in dB/m."""
    return CleanAirJudge(figures, _VERDICTS)
