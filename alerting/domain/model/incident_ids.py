"""Ids of incidents: they sort by time, are the same for the same cause, and cannot be guessed.

A decision names a new incident by its cause, and knows no secret. Whoever stores it seals that id with
the secret of the center: nobody without it knows the id beforehand, and a replay finds the same one.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from alerting.domain.model.effects import Effect, Notify
from alerting.domain.model.incident import Incident
from contract.ids import IncidentId
from contract.incident_ids import TIME_DIGITS, bits_in_digits

I = TypeVar("I", bound=Incident)  # noqa: E741


def sealed(incident: I, effects: Sequence[Effect], *, secret: bytes) -> tuple[I, list[Effect]]:
    """Return the new *incident* and the *effects* of its beginning under its sealed id."""
    named = sealed_id(incident.id, secret)
    return _renamed(incident, named), [
        replace(each, incident=_renamed(each.incident, named)) if isinstance(each, Notify) else each
        for each in effects
    ]


def sealed_id(named: IncidentId, secret: bytes) -> IncidentId:
    """Return the id of the incident that a decision *named*: its time, and 128 bits of an HMAC."""
    digest = hmac.new(secret, named.encode(), hashlib.sha256).digest()
    return IncidentId(named[:TIME_DIGITS] + bits_in_digits(digest))


def _renamed(incident: I, named: IncidentId) -> I:
    """Return *incident* under the id *named*; an override is its own part of the premises, too."""
    own = {"part": named} if incident.part == incident.id else {}
    return incident.replaced(id=named, **own)
