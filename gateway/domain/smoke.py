"""Smoke is a fire when the filtered obscuration stands clear of what the detector sees in clean air."""

from gateway.domain.changes import Reason
from gateway.domain.clean_air import CleanAirFigures, CleanAirJudge


def smoke_judge(figures: CleanAirFigures) -> CleanAirJudge:
    """Judges obscuration, in dB/m."""
    return CleanAirJudge(figures, fire=Reason.SMOKE_ABOVE_ALARM, prealarm=Reason.SMOKE_ABOVE_PREALARM)
