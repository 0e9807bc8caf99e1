"""Reads and writes incidents, each with its points or conditions in rows of their own."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from secrets import randbits
from typing import Any

import msgspec
import structlog

from alerting.domain.model.fire import Phase
from alerting.domain.model.incident import Incident
from alerting.store import statements
from alerting.store.incident_cache import IncidentCache, StoredIncident
from alerting.store.incident_state import changed_items, incident_of, items_of, state_of
from alerting.store.statements import chunks
from contract.ids import IncidentId
from runtime.prepared import DriverConnection, Prepared

log = structlog.get_logger(__name__)

Open = tuple[str, str, str]
"""Premises, kind and part: of each at most one incident is open."""

REVISION_BITS = 62
"""Bits of the random number of a revision: two that are equal by chance are not to be expected."""


class IncidentRows:
    """The incidents, within one transaction on *connection*."""

    def __init__(self, connection: DriverConnection) -> None:
        self._db = connection
        self.unreadable = 0  # those that were met and could not be read

    def open_of(
        self, premises: Iterable[str], cache: IncidentCache | None = None
    ) -> dict[Open, StoredIncident]:
        """Return the open incidents of *premises*; those that cannot be read make room for new ones.

        What *cache* knows as it is stored is not read again.
        """
        found: dict[Open, StoredIncident] = {}
        for some in chunks(sorted(premises), 1_000):
            rows = self._db.execute(statements.OPEN_INCIDENTS_OF, {"premises_": some}).all()
            for row, stored in zip(rows, self._stored(rows, cache), strict=True):
                if stored is not None:
                    found[row.premises, row.kind, row.part] = stored
                else:
                    closed = {"id_": row.id, "phase": Phase.CLOSED.value}
                    self._db.execute(statements.CHANGE_INCIDENT, closed)
        return found

    def by_id(
        self, incident_id: IncidentId, cache: IncidentCache | None = None
    ) -> StoredIncident | None:
        """Return the incident with this id, of any kind; raises MsgspecError or ValueError."""
        row = self._db.execute(statements.INCIDENT, {"id_": incident_id}).one_or_none()
        if row is None:
            return None
        known = None if cache is None else cache.find(row)
        return known or self._decoded(row, self._items_of([row])[row.id], cache)

    def read(self, rows: Sequence[Any]) -> list[Incident | None]:
        """Return the incidents of *rows*; None in the place of one that cannot be read."""
        return [None if each is None else each.incident for each in self._stored(rows, None)]

    def _stored(self, rows: Sequence[Any], cache: IncidentCache | None) -> list[StoredIncident | None]:
        known = {row.id: None if cache is None else cache.find(row) for row in rows}
        items = self._items_of([row for row in rows if known[row.id] is None])
        return [known[row.id] or self._readable(row, items[row.id], cache) for row in rows]

    def _readable(
        self, row: Any, items: Sequence[str], cache: IncidentCache | None
    ) -> StoredIncident | None:
        try:
            return self._decoded(row, items, cache)
        except (msgspec.MsgspecError, ValueError) as error:
            log.error("incident unreadable; act on it by hand", incident=row.id, reason=str(error))
            self.unreadable += 1
            return None

    def _decoded(self, row: Any, items: Sequence[str], cache: IncidentCache | None) -> StoredIncident:
        stored = StoredIncident(incident_of(row.kind, row.state, items), row.state, row.revision)
        if cache is not None:
            cache.keep(stored)
        return stored

    def _items_of(self, rows: Collection[Any]) -> dict[str, list[str]]:
        items: dict[str, list[str]] = defaultdict(list)
        for some in chunks([row.id for row in rows], 500):
            for item in self._db.execute(statements.ITEMS_OF, {"incidents_": some}):
                items[item.incident].append(item.state)
        return items

    def save(
        self, changed: Collection[tuple[Incident, StoredIncident | None]], cache: IncidentCache
    ) -> None:
        """Store what *changed* since it was stored, if ever; only points that changed are written."""
        stored = [StoredIncident(now, state_of(now), randbits(REVISION_BITS)) for now, _ in changed]
        before = [known for _, known in changed]
        pairs = list(zip(stored, before, strict=True))
        # First those that were closed: a new one may take the place of one of them.
        self._each(
            statements.CHANGE_INCIDENT,
            [{"id_": each.incident.id, **_row(each)} for each, known in pairs if known is not None],
        )
        self._each(statements.ADD_INCIDENT, [_new_row(each) for each, known in pairs if known is None])
        self._save_items(pairs)
        for each in stored:
            cache.keep(each)

    def _save_items(self, pairs: Iterable[tuple[StoredIncident, StoredIncident | None]]) -> None:
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        for now, before in pairs:
            known = None if before is None else before.incident
            count = 0 if known is None else len(items_of(known))
            for place, state in changed_items(now.incident, known):
                key = {"incident": now.incident.id, "place": place}
                if place < count:
                    changed.append({**{f"{name}_": each for name, each in key.items()}, "state": state})
                else:
                    new.append({**key, "state": state})
        self._each(statements.ADD_ITEMS, new)
        self._each(statements.CHANGE_ITEM, changed)

    def _each(self, statement: Prepared, rows: Sequence[dict[str, Any]]) -> None:
        """Run *statement* for each of *rows*, all at once."""
        if rows:
            self._db.execute(statement, rows)


def _new_row(stored: StoredIncident) -> dict[str, Any]:
    incident = stored.incident
    return {
        "id": incident.id,
        "premises": incident.site.id,
        "kind": incident.kind.value,
        "part": incident.part,
        "opened_at": incident.opened_at,
        "area": incident.site.area,
        **_row(stored),
    }


def _row(stored: StoredIncident) -> dict[str, Any]:
    return {
        "phase": stored.incident.phase.value,
        "closed_at": stored.incident.closed_at,
        "state": stored.state,
        "revision": stored.revision,
    }
