"""Lists the versions of the registry without their content."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select, text

from contract.times import from_micros
from registry.store.stored_versions import stored_versions
from registry.store.tables import records


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """A version without its content: it *put* and *removed* so many records.

    Of a version from before there were records both are 0.
    """

    number: int
    at: datetime
    who: str
    note: str
    hash: str
    put: int
    removed: int


def version_summaries(connection: Connection) -> list[VersionSummary]:
    """Return every version without its content, the latest first."""
    put = _count(connection, select(records.c.since_version, func.count()).group_by(text("1")))
    ended = _count(connection, select(records.c.until_version, func.count()).group_by(text("1")))
    replaced = _count(connection, _REPLACED)
    return [
        VersionSummary(
            each.number,
            from_micros(each.at),
            each.who,
            each.note,
            each.hash,
            put[each.number],
            ended[each.number] - replaced[each.number],
        )
        for each in stored_versions(connection)
    ]


_NEXT = records.alias()
_SAME_RECORD = and_(
    _NEXT.c.name == records.c.name,
    _NEXT.c.kind == records.c.kind,
    _NEXT.c.since_version == records.c.until_version,
)
_REPLACED = select(records.c.until_version, func.count()).join(_NEXT, _SAME_RECORD).group_by(text("1"))
"""The records that ended in each version because it put another form of them."""


def _count(connection: Connection, query: Select[Any]) -> Counter[int]:
    return Counter({row[0]: row[1] for row in connection.execute(query)})
