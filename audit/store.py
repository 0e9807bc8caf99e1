"""Adds entries of the audit to the database, within a transaction of the caller."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, insert

from audit.domain.entry import AuditEntry
from audit.tables import audit_entries
from runtime.prepared import DriverConnection

LONGEST = 200
"""Characters of the name of who acted, and of what it was about; the rest is cut off."""

_ADD = insert(audit_entries)


def append(connection: Connection | DriverConnection, entries: Sequence[AuditEntry]) -> None:
    """Add *entries*, which are durable with the transaction; they join the chain within seconds.

    The chain itself is not touched here: nothing that is wrong with it makes this fail.
    """
    if entries:
        connection.execute(_ADD, [_row(each) for each in entries])


def _row(entry: AuditEntry) -> dict[str, object]:
    return {
        "at": entry.at,
        "kind": entry.kind.value,
        "who": entry.by[:LONGEST],
        "about": entry.about[:LONGEST],
        "detail": json.dumps(dict(entry.detail), sort_keys=True, ensure_ascii=False),
    }
