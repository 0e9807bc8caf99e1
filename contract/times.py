"""Times on the wire: whole microseconds since 1970-01-01T00:00:00Z (docs/protocol.md, 1).

Microseconds, because two readings of one point must never share a time stamp in the readings store,
and because the number still fits the 53 bits that a JSON reader can be trusted with.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from msgspec import Meta

Micros = Annotated[int, Meta(ge=0, le=2**53)]
"""Microseconds since the epoch, as every time on the wire."""

SECOND = 1_000_000
"""Microseconds."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Return microseconds since the epoch for an aware *moment*; raise TypeError for a naive one."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the aware UTC time of *micros*; raise OverflowError past year 9999."""
    return _EPOCH + timedelta(microseconds=micros)
