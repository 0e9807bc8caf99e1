"""The tables whose rows join the chain, and the form in which they are hashed and exported."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, column, select, table

from audit.domain.numbers_seen import number_in
from audit.verify import SealedRow, hash_of, line_of

AT_ONCE = 500
"""Keys in one statement."""

Row = Mapping[str, Any]

Read = Callable[[Connection, Sequence[str]], dict[str, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Source:
    """A table whose rows join the chain under *name*, after an *event* in it that makes *when* true.

    *key* is the SQL of a row's key, in which the row is called ``{row}``; *read* finds rows by it.
    """

    name: str
    table: str
    key: str
    read: Read
    event: str = "INSERT"
    when: str = ""
    stored: str = ""
    """The condition of rows that were stored before the table joined the chain; empty for all."""


def _by_id(name: str, *columns: str) -> Read:
    """Return the function that reads the *columns* of the table *name* by the number ``id``."""
    rows = table(name, *map(column, ("id", *columns)))
    query = select(rows).where(rows.c.id.in_(bindparam("ids", expanding=True)))

    def read(connection: Connection, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        ids = [number for number in map(number_in, keys) if number is not None]
        found = connection.execute(query, {"ids": ids})
        return {str(row.id): dict(row._mapping) for row in found}

    return read


_attempts = table("attempts", *map(column, ("delivery", "attempt", "began_at", "ended_at", "result")))
_attempts_of = select(_attempts).where(_attempts.c.delivery.in_(bindparam("ids", expanding=True)))


def _read_attempts(connection: Connection, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    deliveries = sorted({key.rpartition("#")[0] for key in keys})
    wanted = set(keys)
    found = {
        f"{row.delivery}#{row.attempt}": dict(row._mapping)
        for row in connection.execute(_attempts_of, {"ids": deliveries})
    }
    return {key: row for key, row in found.items() if key in wanted}


_OF_INCIDENT = ("id", "premises", "kind", "part", "phase", "opened_at", "closed_at", "state")
_incidents = table("incidents", *map(column, _OF_INCIDENT))
_closed = select(_incidents).where(
    _incidents.c.id.in_(bindparam("ids", expanding=True)), _incidents.c.phase == "closed"
)
_items = table("incident_items", *map(column, ("incident", "place", "state")))
_items_of = (
    select(_items)
    .where(_items.c.incident.in_(bindparam("ids", expanding=True)))
    .order_by(_items.c.incident, _items.c.place)
)


def _read_incidents(connection: Connection, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    found = {
        row.id: {**row._mapping, "items": list[str]()}
        for row in connection.execute(_closed, {"ids": list(keys)})
    }
    for item in connection.execute(_items_of, {"ids": list(found)}):
        found[item.incident]["items"].append(str(item.state))
    return found


_OF_SIGNAL = (
    "premises", "gateway", "epoch", "seq", "kind", "edge", "scope", "name", "reason", "quantity",
    "value", "changed_at", "committed_at", "received_at", "stored_at", "happened_at", "clock",
)  # fmt: skip
_OF_ENTRY = ("at", "premises", "incident", "event", "reason", "data")

_ID = "{row}.id"

SOURCES = {
    each.name: each
    for each in (
        Source("signal", "signals", _ID, _by_id("signals", *_OF_SIGNAL)),
        Source("timeline", "timeline", _ID, _by_id("timeline", *_OF_ENTRY)),
        Source(
            "attempt",
            "attempts",
            "{row}.delivery || '#' || {row}.attempt",
            _read_attempts,
            event="UPDATE",
            when="NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL",
            stored="ended_at IS NOT NULL",
        ),
        Source(
            "incident",
            "incidents",
            _ID,
            _read_incidents,
            event="UPDATE",
            when="NEW.phase = 'closed' AND OLD.phase <> 'closed'",
            stored="phase = 'closed'",
        ),
        Source(
            "registry",
            "registry_versions",
            _ID,
            _by_id("registry_versions", "at", "who", "hash", "parts", "content_hash"),
        ),
        Source(
            "audit",
            "audit_entries",
            _ID,
            _by_id("audit_entries", "at", "kind", "who", "about", "detail"),
        ),
        Source(
            "forgotten",
            "audit_forgotten",
            _ID,
            _by_id("audit_forgotten", "at", "before", "rows", "signature"),
        ),
    )
}
"""The sources by their names in the chain."""


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row that is stored, as the *line* of it that is hashed and exported; None where it is gone."""

    source: str
    key: str
    line: str | None
    incident: str = ""

    @property
    def sealed(self) -> SealedRow:
        """The row as a block lists it."""
        digest = None if self.line is None else hash_of(self.line)
        return SealedRow(self.source, self.key, digest, self.incident)


def read_rows(connection: Connection, wanted: Iterable[tuple[str, str]]) -> list[RowLine]:
    """Return the rows with the sources and keys *wanted*, in this order."""
    order = list(wanted)
    keys: dict[str, list[str]] = {}
    for source, key in order:
        keys.setdefault(source, []).append(key)
    found = {source: _read(connection, source, of_it) for source, of_it in keys.items()}
    return [_line(source, key, found[source].get(key)) for source, key in order]


def _read(connection: Connection, source: str, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    if source in SOURCES:
        for some in _chunks(keys):
            rows |= SOURCES[source].read(connection, some)
    return rows


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[first : first + AT_ONCE] for first in range(0, len(keys), AT_ONCE))


def _line(source: str, key: str, row: dict[str, Any] | None) -> RowLine:
    if row is None:
        return RowLine(source, key, None)
    line = line_of({"source": source, "key": key, "row": _readable(row)})
    return RowLine(source, key, line, str(row.get("incident") or ""))


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    """Return *row* for JSON: bytes, which only somebody at the database writes there, as hexadecimal."""
    return {
        name: {"bytes": each.hex()} if isinstance(each, bytes) else each for name, each in row.items()
    }
