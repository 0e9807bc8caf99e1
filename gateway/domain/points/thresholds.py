"""The thresholds by which a point is judged."""

from dataclasses import dataclass

from gateway.domain.detection.clean_air import CleanAirThresholds
from gateway.domain.detection.heat import HeatThresholds
from gateway.domain.points.status_limits import DEFAULT_STATUS_LIMITS, StatusLimits


@dataclass(frozen=True, slots=True)
class PointThresholds:
    """The thresholds by which one point is judged."""

    smoke: CleanAirThresholds
    heat: HeatThresholds
    silent_after_s: float
    stuck_after_s: float = 0.0
    # None: carbon monoxide is not judged.
    co: CleanAirThresholds | None = None
    # From how many days before the drift limit a detector is reported to need cleaning.
    clean_within_days: float = 21.0
    # How long the detector's own word may hold back its fires.
    status_limits: StatusLimits = DEFAULT_STATUS_LIMITS
    # Seconds for which an alarm of a switch stands at least; 0 ends it with the switch.
    latch_s: float = 0.0
