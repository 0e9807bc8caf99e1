"""The incidents of one transaction: those that were open at its beginning, and what became of them."""

from collections.abc import Collection

from alerting.domain.model.incident import Incident, IncidentKind
from alerting.store.incident_cache import IncidentCache, StoredIncident
from alerting.store.store import CenterStore
from contract.ids import IncidentId


class OpenIncidents:
    """Loads the open incidents of premises from *store*, each once, and saves those that changed.

    *cache* has those that were used lately, and need not be read again.
    """

    def __init__(self, store: CenterStore, cache: IncidentCache) -> None:
        self._store = store
        self._cache = cache
        self._loaded: set[str] = set()
        # By premises, and then by kind and part: a signal must not look through those of others.
        self._open: dict[str, dict[tuple[str, str], Incident]] = {}
        self._stored: dict[str, StoredIncident] = {}
        self._changed: dict[str, Incident] = {}

    def load(self, premises: Collection[str]) -> None:
        """Load the open incidents of *premises*."""
        # Only once: the database does not have those that this transaction opened meanwhile.
        new = set(premises) - self._loaded
        if not new:
            return
        self._loaded |= new
        for stored in self._store.incidents.open_of(new, self._cache).values():
            self._stored.setdefault(stored.incident.id, stored)
            self._place(self._changed.get(stored.incident.id, stored.incident))

    def of_premises(self, premises: str) -> list[Incident]:
        """The open incidents of *premises*, as they are by now."""
        if premises not in self._loaded:
            self.load({premises})
        return [each for each in self._open.get(premises, {}).values() if each.is_open]

    def of_part(self, premises: str, kind: IncidentKind, part: str) -> Incident | None:
        """The open incident of *kind* for *part* of *premises*."""
        if premises not in self._loaded:
            self.load({premises})
        incident = self._open.get(premises, {}).get((kind.value, part))
        return incident if incident is not None and incident.is_open else None

    def by_id(self, incident_id: IncidentId) -> Incident | None:
        """The incident with this id, open or not; None if there is none."""
        if (changed := self._changed.get(incident_id)) is not None:
            return changed
        if incident_id not in self._stored:
            stored = self._store.incidents.by_id(incident_id, self._cache)
            if stored is None:
                return None
            self._stored[incident_id] = stored
        return self._stored[incident_id].incident

    def keep(self, incident: Incident) -> None:
        """Keep *incident* as it is from now on."""
        self._changed[incident.id] = incident
        self._place(incident)

    def _place(self, incident: Incident) -> None:
        """Let *incident* be the open one of its kind and part, unless another one is that already."""
        there = self._open.setdefault(incident.site.id, {})
        known = there.get((incident.kind.value, incident.part))
        if known is None or known.id == incident.id or incident.is_open:
            there[incident.kind.value, incident.part] = incident

    def save(self) -> Collection[str]:
        """Write those that changed; returns the ids of the new ones."""
        pairs = [(each, self._stored.get(each.id)) for each in self._changed.values()]
        changed = [(each, known) for each, known in pairs if known is None or known.incident is not each]
        self._store.incidents.save(changed, self._cache)
        return self._changed.keys() - self._stored.keys()
