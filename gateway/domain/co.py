"""Carbon monoxide is a fire when it stands clear of what the room always has."""

from gateway.domain.changes import Reason
from gateway.domain.clean_air import CleanAirFigures, CleanAirJudge


def co_judge(figures: CleanAirFigures) -> CleanAirJudge:
    """Judges carbon monoxide, in ppm."""
    return CleanAirJudge(figures, fire=Reason.CO_ABOVE_ALARM, prealarm=Reason.CO_ABOVE_PREALARM)
