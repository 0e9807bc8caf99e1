"""Finds the incident that a request names, as far as whoever asks may know of it."""

import re
from dataclasses import dataclass

import msgspec
from aiohttp import web

from accounts.domain.rights import Rights
from alerting.domain.model.incident import Incident
from alerting.engine.operators import NoSuchIncident
from alerting.store.store import CenterStore
from contract.http.checking import LONGEST_SHOWN
from contract.http.permissions import Permission
from contract.ids import IncidentId
from words.people_text import shown


class Unreadable(Exception):
    """The stored state of this incident is damaged; its timeline and signals are not."""


class NotPermitted(Exception):
    """The premises may be seen, but the permission of this name is missing there."""

    @property
    def text(self) -> str:
        """Return what is wrong, and what to do."""
        return f"no permission '{self}' in these premises; ask an administrator for a role there"


@dataclass(frozen=True, slots=True)
class Reach:
    """The *rights* of whoever asks: *needed* is the permission to do it, *seen* to know of it at all."""

    rights: Rights
    needed: Permission
    seen: Permission = Permission.INCIDENTS_READ

    @property
    def is_everywhere(self) -> bool:
        """Whether it is permitted in all premises, and what is of none."""
        return self.rights.everywhere(self.needed)

    def has(self, premises: str) -> bool:
        """Return whether *premises* are there for whoever asks; raises NotPermitted if only seen."""
        if self.rights.may_in(self.needed, premises):
            return True
        if self.rights.may_in(self.seen, premises):
            raise NotPermitted(self.needed.value)
        return False


_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


def named_in(request: web.Request, missing: type[NoSuchIncident] = NoSuchIncident) -> IncidentId:
    """Return the id in the path of *request*; raises *missing* where no id could be written so."""
    text = request.match_info["id"]
    if _ID.fullmatch(text) is None:
        raise missing(shown(text[:LONGEST_SHOWN]))
    return IncidentId(text)


def check_reach(
    store: CenterStore,
    incident_id: IncidentId,
    reach: Reach,
    *,
    missing: type[NoSuchIncident] = NoSuchIncident,
) -> str:
    """Return the premises of *incident_id*; raises *missing* unless it is there for whoever asks, and
    NotPermitted where it is to be seen only.

    What is not there and what is elsewhere take the same steps and have the same answer.
    """
    premises = store.premises_of_incident(incident_id)
    if premises is None or not reach.has(premises):
        raise missing(incident_id)
    return premises


def incident_of(store: CenterStore, incident_id: IncidentId) -> Incident | None:
    """Return the incident called *incident_id*, if there is one; raises Unreadable."""
    try:
        return store.incident(incident_id)
    except (msgspec.MsgspecError, ValueError) as error:
        raise Unreadable(incident_id) from error


def existing_incident(store: CenterStore, incident_id: IncidentId, reach: Reach) -> Incident:
    """Return the incident called *incident_id*; raises as ``check_reach``, or Unreadable."""
    check_reach(store, incident_id, reach)
    incident = incident_of(store, incident_id)
    if incident is None:
        raise NoSuchIncident(incident_id)
    return incident
