"""Requests and answers about stored signals (docs/protocol.md, 8)."""

from typing import Annotated

from msgspec import Meta, Struct

from contract.names import Name
from contract.times import Micros


class SignalsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A selection of signals: those stored *after* a number, and how many at most.

    *stored_from* and *stored_to* bound when they were stored, in microseconds since 1970.
    """

    premises: Name | None = None
    after: Annotated[int, Meta(ge=0, le=2**53)] = 0
    limit: Annotated[int, Meta(ge=1, le=10_000)] = 1_000
    stored_from: Annotated[int, Meta(ge=0, le=2**53)] = 0
    stored_to: Annotated[int, Meta(ge=0, le=2**53)] | None = None


class SignalRecord(Struct, frozen=True, kw_only=True):
    """A signal as it was stored: *id* is its number in the store, *clock* whose time counts."""

    id: int
    premises: str
    gateway: str
    epoch: str
    seq: int
    kind: str
    edge: str
    scope: str
    name: str
    reason: str
    quantity: str | None
    value: float | None
    changed_at: Micros
    committed_at: Micros
    received_at: Micros
    stored_at: Micros
    happened_at: Micros
    clock: str


class Signals(Struct, frozen=True, kw_only=True):
    """Stored signals, oldest first."""

    signals: list[SignalRecord]
