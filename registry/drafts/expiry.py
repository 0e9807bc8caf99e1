"""Ends forgotten drafts, and deletes those that ended long ago, within a transaction of the caller."""

from sqlalchemy import Connection

from audit.domain.entry import AuditEntry, AuditKind
from audit.store import append
from contract.times import Micros
from registry.drafts.domain.draft import Draft, DraftState, DraftStep
from registry.drafts.domain.draft import ended as at_its_end
from registry.drafts.store import delete_ended, forgotten, replace_draft

AT_ONCE = 20
"""Drafts of one transaction."""

CENTER = "center"
"""The account under which the center itself acts."""


def expire_some(connection: Connection, *, now: Micros, before: Micros, ended: Micros) -> int:
    """Expire drafts that nobody touched since *before*, delete those that *ended* earlier than that.

    Return how many: a few at a time.
    """
    found = forgotten(connection, before=before, most=AT_ONCE)
    for each in found:
        replace_draft(connection, _expired(each, now), was=each)
    append(connection, [_entry(each, now) for each in found])
    return len(found) + delete_ended(connection, before=ended, most=AT_ONCE)


def _expired(draft: Draft, now: Micros) -> Draft:
    return at_its_end(draft, DraftStep(CENTER, "", now), state=DraftState.EXPIRED)


def _entry(draft: Draft, now: Micros) -> AuditEntry:
    said = {"what": "expired", "of": draft.account}
    return AuditEntry(now, AuditKind.REGISTRY, CENTER, f"draft {draft.id}", said)
