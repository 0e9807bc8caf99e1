"""Requests and answers about readings (docs/protocol.md, 8)."""

from msgspec import Struct, field

from contract.names import Name
from contract.times import Micros


class ReadingsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A selection of readings: of the last 24 hours if no times are named.

    A time is microseconds since 1970, or ISO 8601.
    """

    premises: Name
    point: Name
    quantity: Name
    start: str | None = field(name="from", default=None)
    end: str | None = field(name="to", default=None)
    max_points: int | None = None


class CountsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of which premises readings are counted."""

    premises: Name


class Readings(Struct, frozen=True, kw_only=True):
    """Values *v* at times *t*, equally many; *thinned* if there are more than were asked for."""

    premises: str
    point: str
    quantity: str
    unit: str
    t: list[Micros]
    v: list[float]
    thinned: bool


class Count(Struct, frozen=True, kw_only=True):
    """The number of readings of a quantity at a point."""

    point: str
    quantity: str
    count: int


class Counts(Struct, frozen=True, kw_only=True):
    """The readings of a premises, counted by the store."""

    counts: list[Count]
