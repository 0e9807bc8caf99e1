"""An incident as it comes back from the database."""

from typing import TypeVar

from alerting.domain.model.incident import Incident
from alerting.store.incident_state import changed_items, incident_of, state_of

AnyIncident = TypeVar("AnyIncident", bound=Incident)


def restored(incident: AnyIncident) -> AnyIncident:
    """Return *incident* as it is after it was stored and read again."""
    items = (item for _, item in changed_items(incident, None))
    again = incident_of(incident.kind.value, state_of(incident), items)
    assert isinstance(again, type(incident))
    return again
