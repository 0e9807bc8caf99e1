"""The time at which a point changed, where a gateway's clock may be wrong."""

from alerting.domain.model.events import ClockSource
from contract.times import SECOND, Micros

# A change further than this from its receipt is not believed of a clock that no heartbeat told of: it
# is a clock that was never set (1970, 2099) more often than a message that waited so long.
IMPLAUSIBLE = 3_600 * SECOND

# Before there was a Tocsin, in microseconds since 1970: 2020-01-01T00:00:00Z.
BEGINNING = 1_577_836_800 * SECOND

# A gateway whose heartbeats differ by less is simply far away; more is a clock that runs wrong.
TOLERATED = 5 * SECOND


def happened_at(
    changed_at: Micros, received_at: Micros, offset: int | None
) -> tuple[Micros, ClockSource]:
    """Return when a point changed by the center's clock, and the clock that it comes from.

    *offset* is how far the gateway's clock was behind the center's at its last heartbeat, in
    microseconds; None where none was received. Heartbeats are never held back, so the offset shows the
    clock and not a delay: with it a change is believed however long ago it was.
    """
    if offset is None:
        return _unknown(changed_at, received_at)
    wrong = abs(offset) > TOLERATED
    corrected = changed_at + offset if wrong else changed_at
    if not BEGINNING <= corrected <= received_at + TOLERATED:
        return received_at, ClockSource.BAD
    return min(corrected, received_at), ClockSource.CORRECTED if wrong else ClockSource.GATEWAY


def _unknown(changed_at: Micros, received_at: Micros) -> tuple[Micros, ClockSource]:
    """Return the change time by an unknown clock, whose message may have waited for a while."""
    if abs(changed_at - received_at) > IMPLAUSIBLE:
        return received_at, ClockSource.BAD
    ahead = changed_at - received_at > TOLERATED
    return min(changed_at, received_at), ClockSource.CORRECTED if ahead else ClockSource.GATEWAY
