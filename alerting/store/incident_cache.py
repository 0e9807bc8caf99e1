"""Open incidents as they are stored, decoded once, from one transaction to the next.

A revision is never used twice: what is known is as it is stored where the revisions are equal, whoever
wrote it, and whatever became of a transaction that failed.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

from alerting.domain.model.incident import Incident
from alerting.store.incident_state import items_of
from contract.ids import IncidentId

MOST_INCIDENTS = 4_096
"""Incidents that are kept decoded, of some 5 kB each; the one that was used longest ago goes first."""

MOST_ITEMS = 50_000
"""Points and conditions of them all, of some 0.7 kB each; the incident used last is kept in any case."""


class StoredState(Protocol):
    """The row of an incident."""

    @property
    def id(self) -> str:
        """The id of the incident."""

    @property
    def state(self) -> str:
        """Its state, without points or conditions."""

    @property
    def revision(self) -> int:
        """The number of this very state of it, and of its points or conditions."""


@dataclass(frozen=True, slots=True)
class StoredIncident:
    """An *incident* as it is stored: in *state*, at *revision*."""

    incident: Incident
    state: str
    revision: int


class IncidentCache:
    """Incidents by their ids, as they were read or written last; up to *most_items* points."""

    def __init__(self, *, most_items: int = MOST_ITEMS) -> None:
        self._known: OrderedDict[str, StoredIncident] = OrderedDict()
        self._most_items = most_items
        self._items = 0

    def find(self, row: StoredState) -> StoredIncident | None:
        """Return the incident of *row* as it is stored; None if it must be read."""
        known = self._known.get(row.id)
        if known is None or (known.revision, known.state) != (row.revision, row.state):
            return None
        self._known.move_to_end(row.id)
        return known

    def keep(self, stored: StoredIncident) -> None:
        """Keep *stored*; one that is closed is kept no longer."""
        self._drop(stored.incident.id)
        if stored.incident.is_open:
            self._known[stored.incident.id] = stored
            self._items += _weight(stored)
        while len(self._known) > 1 and (
            len(self._known) > MOST_INCIDENTS or self._items > self._most_items
        ):
            self._drop(next(iter(self._known)))

    def _drop(self, incident_id: IncidentId | str) -> None:
        if (known := self._known.pop(incident_id, None)) is not None:
            self._items -= _weight(known)

    def __len__(self) -> int:
        return len(self._known)


def _weight(stored: StoredIncident) -> int:
    return len(items_of(stored.incident))
