"""Ends forgotten drafts, and deletes those that ended long ago, within a transaction of the caller."""

from sqlalchemy import Connection

from audit.domain.entry import AuditEntry, AuditKind
from audit.store import append
from contract.times import Micros
from registry.drafts.domain.draft import Draft, DraftState, DraftStep
from registry.drafts.domain.draft import ended as at_its_end
from registry.drafts.domain.notices import DraftNoticeKind
from registry.drafts.notices import add_notice
from registry.drafts.store import delete_ended, forgotten, replace_draft

AT_ONCE = 20
"""Drafts of one transaction."""

CENTER = "center"
"""The account under which the center itself acts."""


def expire_some(connection: Connection, *, now: Micros, before: Micros, ended: Micros) -> int:
    """Expire drafts that nobody touched since *before*, delete those that *ended* earlier than that.

    Their authors are told, as of other ends. Return how many: a few at a time.
    """
    found, by = forgotten(connection, before=before, most=AT_ONCE), DraftStep(CENTER, "", now)
    for each in found:
        replace_draft(connection, at_its_end(each, by, state=DraftState.EXPIRED), was=each)
        if each.state is not DraftState.PREPARING:  # of which its author has never seen anything
            add_notice(connection, each.id, DraftNoticeKind.EXPIRED, by=by, note=each.note)
    append(connection, [_entry(each, now) for each in found])
    return len(found) + delete_ended(connection, before=ended, most=AT_ONCE)


def _entry(draft: Draft, now: Micros) -> AuditEntry:
    said = {"what": "expired", "of": draft.account}
    return AuditEntry(now, AuditKind.REGISTRY, CENTER, f"draft {draft.id}", said)
