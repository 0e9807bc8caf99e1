"""The state of a detector that judges by itself: a level, of which the age matters."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class LevelState:
    """What such a detector published; None where it said nothing."""

    smoke: bool | None = None
    test: bool | None = None
    tamper: bool | None = None
    battery: float | None = None
    battery_low: bool | None = None


class Age(StrEnum):
    """Whether a state tells of now."""

    LIVE = "live"
    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"


def age_of(*, retained: bool, last_seen: int | None, now: int, reporting_time_s: float) -> Age:
    """Whether a message tells of now: *last_seen* and *now* in microseconds since 1970.

    A retained message is of unknown age unless the detector was heard within its reporting time. A
    message that is not retained was published now: it is always taken, so that two clocks which
    differ never turn a fire into old news.
    """
    if not retained:
        return Age.LIVE
    if last_seen is not None and abs(now - last_seen) <= reporting_time_s * 1e6:
        return Age.CONFIRMED
    return Age.UNKNOWN
