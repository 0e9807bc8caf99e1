"""Reads entries of timelines as every interface shows them, with the kind of their incident."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Raw
from sqlalchemy import Connection, Select, select

from alerting.store.tables import incidents, timeline
from contract.ids import IncidentId
from contract.incidents import IncidentKind
from contract.timeline import Entry

_ENTRIES = (
    select(timeline, incidents.c.kind)
    .select_from(timeline.outerjoin(incidents, incidents.c.id == timeline.c.incident))
    .order_by(timeline.c.id)
)


def entries_of(connection: Connection, incident: IncidentId) -> list[Entry]:
    """Return all entries of *incident*, oldest first."""
    return _read(connection, _ENTRIES.where(timeline.c.incident == incident))


def entries_after(connection: Connection, after: int, *, limit: int) -> list[Entry]:
    """Return up to *limit* entries of all timelines numbered above *after*, oldest first."""
    return _read(connection, _ENTRIES.where(timeline.c.id > after).limit(limit))


def numbered(
    rows: Sequence[Mapping[str, Any]], last: int, *, kinds: Mapping[IncidentId, IncidentKind]
) -> Sequence[Entry]:
    """Return *rows*, which were added in one transaction up to the id *last*; none if a kind is missing.

    SQLite numbers them one after the other: nobody else writes meanwhile.
    """
    if any(row["incident"] not in kinds for row in rows if row["incident"] is not None):
        return ()
    return [
        Entry(
            id=number,
            at=row["at"],
            premises=row["premises"],
            incident=row["incident"],
            kind=kinds.get(row["incident"]),
            event=row["event"],
            reason=row["reason"],
            data=Raw(row["data"].encode()),
        )
        for number, row in enumerate(rows, last - len(rows) + 1)
    ]


def _read(connection: Connection, query: Select[Any]) -> list[Entry]:
    return [
        Entry(
            id=row.id,
            at=row.at,
            premises=row.premises,
            incident=row.incident,
            kind=None if row.kind is None else IncidentKind(row.kind),
            event=row.event,
            reason=row.reason,
            data=Raw(row.data.encode()),
        )
        for row in connection.execute(query)
    ]
