"""Reads a draft with its rows, and the version of the registry that it would change."""

from dataclasses import dataclass

from sqlalchemy import Connection

import registry.store
from registry.drafts.domain.access import DraftAccess, is_shown
from registry.drafts.domain.draft import Draft, DraftRow
from registry.drafts.store import draft_of, rows_of
from registry.model.registry import Registry


class NoDraft(Exception):
    """There is no such draft, or not for whoever asks."""


@dataclass(frozen=True, slots=True)
class OpenedDraft:
    """A *draft*, its *rows*, and the *registry* of *version*, the active one."""

    draft: Draft
    rows: list[DraftRow]
    version: int
    registry: Registry


def active_registry(connection: Connection) -> Registry:
    """Return the active version."""
    return registry.store.latest(connection).registry


def open_draft(connection: Connection, draft_id: str, access: DraftAccess | None = None) -> OpenedDraft:
    """Return the draft *draft_id*, as far as it is there for whoever has *access*; raises NoDraft."""
    draft = draft_of(connection, draft_id)
    if draft is None:
        raise NoDraft(draft_id)
    active = registry.store.latest(connection)
    opened = OpenedDraft(draft, rows_of(connection, draft_id), active.number, active.registry)
    if access is not None and not is_shown(draft, opened.rows, opened.registry, access):
        raise NoDraft(draft_id)
    return opened
