"""Finds the incident that a request names."""

import msgspec

from alerting.domain.model.incident import Incident
from alerting.engine.operators import NoSuchIncident
from alerting.store.store import CenterStore
from contract.ids import IncidentId


class Unreadable(Exception):
    """The stored state of this incident is damaged; its timeline and signals are not."""


def incident_of(store: CenterStore, incident_id: IncidentId) -> Incident | None:
    """Return the incident called *incident_id*, if there is one; raises Unreadable."""
    try:
        return store.incident(incident_id)
    except (msgspec.MsgspecError, ValueError) as error:
        raise Unreadable(incident_id) from error


def existing_incident(store: CenterStore, incident_id: IncidentId) -> Incident:
    """Return the incident called *incident_id*; raises NoSuchIncident or Unreadable."""
    incident = incident_of(store, incident_id)
    if incident is None:
        raise NoSuchIncident(incident_id)
    return incident
