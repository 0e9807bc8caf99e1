"""When a point really changed, where a gateway's clock may be wrong."""

from alerting.domain.events import Clock
from contract.times import Micros

SECOND = 1_000_000
"""Microseconds."""

# A change further than this from its receipt is not believed: it is a clock that was never set
# (1970, 2099) more often than a message that waited so long.
IMPLAUSIBLE = 3_600 * SECOND

# A gateway whose heartbeats differ by less is simply far away; more is a clock that runs wrong.
TOLERATED = 5 * SECOND


def happened_at(changed_at: Micros, received_at: Micros, offset: int | None) -> tuple[Micros, Clock]:
    """When a point changed by the center's clock, and which clock says so.

    *offset* is how far the gateway's clock was behind the center's at its last heartbeat, in
    microseconds; None where none was heard. Heartbeats are never held back, so what they show is the
    clock and not a delay.
    """
    wrong = offset is not None and abs(offset) > TOLERATED
    corrected = changed_at + (offset or 0) if wrong else changed_at
    if abs(changed_at - received_at) > IMPLAUSIBLE or abs(corrected - received_at) > IMPLAUSIBLE:
        return received_at, Clock.BAD
    if corrected > received_at:
        return received_at, Clock.CORRECTED if corrected - received_at > TOLERATED else Clock.GATEWAY
    return corrected, Clock.CORRECTED if wrong else Clock.GATEWAY
