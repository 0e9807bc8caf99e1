"""Requests and answers about readings (docs/protocol.md, 8)."""

from typing import Annotated

from msgspec import Meta, Struct, field

from contract.names import Name
from contract.times import Micros

Time = Annotated[str, Meta(max_length=40)]
"""A time as a query has it: microseconds since 1970, or ISO 8601."""


class ReadingsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A selection of readings: of the last 24 hours if no times are named.

    A time is microseconds since 1970, or ISO 8601.
    """

    premises: Name
    point: Name
    quantity: Name
    start: Time | None = field(name="from", default=None)
    end: Time | None = field(name="to", default=None)
    max_points: Annotated[int, Meta(ge=0, le=2**31)] | None = None


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
