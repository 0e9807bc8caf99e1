"""Requests and answers of the exchange with a national system (docs/exchange.md)."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

Cursor = Annotated[str, Meta(min_length=1, max_length=1_000, pattern="^[A-Za-z0-9_-]*$")]
"""An opaque text that names the version up to which a reader has everything."""


class SnapshotQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The page of a snapshot behind *cursor*, the first one without it."""

    cursor: Cursor | None = None
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 500


class DeltasQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The page of what changed behind *cursor*."""

    cursor: Cursor
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 500


class ExchangeItem(Struct, frozen=True, kw_only=True):
    """A row that was added or changed, with its *data* as docs/exchange/ describes them by table.

    Or one that was *deleted*, or is no longer in the places of whoever asks.
    """

    id: str
    table: str
    key: str
    premises: str | None
    data: dict[str, Any] | UnsetType = UNSET
    deleted: bool | UnsetType = UNSET


class ExchangeDocument(Struct, frozen=True, kw_only=True):
    """A page of a snapshot or of deltas, signed by the center's *key* over its bytes."""

    format: str
    format_version: int
    center: str
    kind: str
    scope: str
    since: int
    version: int
    version_at: int
    items: list[ExchangeItem]
    more: bool
    cursor: str
    key: str | None
    signature: str | None
