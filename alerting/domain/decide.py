"""What becomes of an incident when something happens: state and event in, state and effects out."""

from typing import assert_never

from alerting.domain.deadlines import deadline_due, gateway_lost, partners_lost
from alerting.domain.deliveries import attempted
from alerting.domain.events import (
    Acknowledge,
    Close,
    DeadlineDue,
    DeliveryFailed,
    DeliverySucceeded,
    Event,
    GatewayLost,
    PartnersLost,
    Progress,
    Seen,
    SignalHeard,
)
from alerting.domain.fires import signal_heard
from alerting.domain.incident import Incident
from alerting.domain.people import act
from alerting.domain.telling import Decision
from contract.times import Micros


def decide(incident: Incident | None, event: Event, now: Micros) -> Decision:
    """What becomes of *incident*, the open one of the premises if there is one, after *event*."""
    incident = incident.rekeyed() if incident else None
    if isinstance(event, SignalHeard):
        return signal_heard(incident, event, now)
    if incident is None:
        return None, []
    match event:
        case DeadlineDue(key, reached):
            after = deadline_due(incident, key, reached=reached, now=now)
        case GatewayLost(gateway, reason):
            after = gateway_lost(incident, gateway, reason=reason, now=now)
        case PartnersLost(alone):
            after = partners_lost(incident, alone, now)
        case Acknowledge() | Seen() | Progress() | Close():
            after = act(incident, event, now)
        case DeliverySucceeded() | DeliveryFailed():
            after = incident, attempted(event)
        case _:
            assert_never(event)
    return after
