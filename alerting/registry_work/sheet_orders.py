"""The orders of a process that works on spreadsheets, and what it makes."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from accounts.domain.actor import Actor
from alerting.registry_work.orders import CenterChannels
from contract.times import Micros
from registry.drafts.domain.draft import DraftRow
from registry.sheets.changes import MadeId, UsedMapping
from registry.sheets.snapshot import Snapshot

PREVIEW = "alerting.registry_work.sheet_previews:preview"
EXPORT = "alerting.registry_work.sheet_exports:export"
"""The functions that the process runs."""

MOST_ROWS = 5_000
"""Rows that one upload changes: each is compared and checked once more before it is applied."""

MOST_PLAN = 8_000_000
"""Bytes of what a preview keeps."""


class PreviewOrder(Struct, frozen=True, kw_only=True):
    """Read *file* for *actor*; *mappings* and *ids* are what earlier files left."""

    id: str
    actor: Actor
    now: Micros
    expires_at: Micros
    name: str
    table: str | None
    source: str
    headings: dict[str, str]
    fill: dict[str, str]
    complete: bool
    call_heads: bool
    language: str
    channels: CenterChannels
    snapshot: Snapshot
    mappings: Mapping[str, dict[str, str]]
    ids: list[tuple[str, str, str]]
    file: bytes


class ExportOrder(Struct, frozen=True, kw_only=True):
    """Write the rows of *table* that *actor* may see, as CSV or XLSX."""

    actor: Actor
    now: Micros
    table: str
    kind: str
    language: str
    snapshot: Snapshot


class Exported(Struct, frozen=True, kw_only=True):
    """Whether phones are in the file that *actor* may read."""

    has_phones: bool


class KeptPlan(Struct, frozen=True, kw_only=True):
    """The rows that a preview changes, and what is remembered once they are applied."""

    rows: list[DraftRow]
    mappings: list[UsedMapping]
    ids: list[MadeId]


encode = msgspec.msgpack.Encoder().encode
