"""Carbon monoxide is a fire when it stands clear of what the room always has."""

from gateway.domain.changes import Reason
from gateway.domain.clean_air import CleanAirFigures, CleanAirJudge
from gateway.domain.filters import Level, Verdict

_VERDICTS = Verdict(Level.FIRE, Reason.CO_ABOVE_ALARM), Verdict(Level.PREALARM, Reason.CO_ABOVE_PREALARM)


def co_judge(figures: CleanAirFigures) -> CleanAirJudge:
    """Judges carbon monoxide, in ppm."""
    return CleanAirJudge(figures, _VERDICTS)
