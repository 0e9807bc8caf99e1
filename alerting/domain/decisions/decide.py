"""Decides on an event of an incident: state and event in, state and effects out."""

from typing import assert_never

from alerting.domain.decisions import overrides, troubles
from alerting.domain.decisions.answers import apply_answer
from alerting.domain.decisions.deadlines import deadline_due, gateway_lost, partners_lost
from alerting.domain.decisions.desk_acts import apply_desk_action
from alerting.domain.decisions.fires import fire_signal_stored
from alerting.domain.decisions.notify import Decision
from alerting.domain.decisions.operators import apply_action
from alerting.domain.model.effects import Effect, Refusal, RefuseAction, SiteNotice
from alerting.domain.model.events import (
    Acknowledge,
    Advance,
    Approve,
    Close,
    DeadlineDue,
    DeliveryFailed,
    DeliverySucceeded,
    DeskAction,
    EndProposal,
    Event,
    FireSignalStored,
    GatewayLost,
    MarkSeen,
    OperatorAction,
    PartnersLost,
    PersonAnswered,
    TestSignalStored,
    TroubleFound,
    TroubleSignalStored,
)
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import Incident
from alerting.domain.model.override import Override
from alerting.domain.model.trouble import Trouble
from alerting.domain.notification.attempts import timeline_of_attempt
from contract.times import Micros

_OfOpenFire = (
    DeadlineDue | GatewayLost | PartnersLost | OperatorAction | DeliverySucceeded | DeliveryFailed
)


def decide(incident: Incident | None, event: Event, now: Micros) -> tuple[Incident | None, list[Effect]]:
    """Return *incident*, of whatever kind, after *event*, and its effects."""
    if isinstance(event, DeskAction):
        return (None, []) if incident is None else apply_desk_action(incident, event, now)
    if isinstance(incident, Trouble) or isinstance(event, TroubleSignalStored | TroubleFound):
        trouble = incident if isinstance(incident, Trouble) else None
        return decide_trouble(trouble, event, now)
    if isinstance(incident, Override):
        return decide_override(incident, event, now)
    return decide_fire(incident if isinstance(incident, FireIncident) else None, event, now)


def decide_trouble(
    trouble: Trouble | None, event: Event, now: Micros
) -> tuple[Trouble | None, list[Effect]]:
    """Return *trouble*, the open one of its kind if any, after *event*, and its effects."""
    match event:
        case TroubleSignalStored():
            return troubles.trouble_signal_stored(trouble, event, now)
        case TroubleFound():
            return troubles.trouble_found(trouble, event, now)
    if trouble is None:
        return None, []
    match event:
        case DeadlineDue(key, reached):
            return troubles.deadline_due(trouble, key, reached=reached, now=now)
        case Acknowledge() | MarkSeen() | Advance() | Close() | Approve() | EndProposal():
            return troubles.apply_action(trouble, event, now)
    return trouble, _unnoticed(event)


def decide_override(override: Override, event: Event, now: Micros) -> tuple[Override, list[Effect]]:
    """Return *override* after *event*, and its effects."""
    match event:
        case TestSignalStored(stored):
            return overrides.signal_on_test(override, stored, now)
        case DeadlineDue(key):
            return overrides.deadline_due(override, key, now)
        case Close() | Approve() | EndProposal():
            return overrides.apply_action(override, event, now)
        case Acknowledge() | Advance():
            return override, [RefuseAction(Refusal.OUT_OF_ORDER, override.phase.value)]
    return override, _unnoticed(event)


def _unnoticed(event: Event) -> list[Effect]:
    """Return the timeline entries of an attempt, without the notice for the site."""
    if not isinstance(event, DeliverySucceeded | DeliveryFailed):
        return []
    return [each for each in timeline_of_attempt(event) if not isinstance(each, SiteNotice)]


def decide_fire(incident: FireIncident | None, event: Event, now: Micros) -> Decision:
    """Return *incident*, the open fire of the premises if any, after *event*, and its effects."""
    if isinstance(event, FireSignalStored):
        return fire_signal_stored(incident, event, now)
    if incident is None or isinstance(event, TroubleSignalStored | TroubleFound | TestSignalStored):
        return incident, []
    if isinstance(event, PersonAnswered):
        return apply_answer(incident, event, now)
    if isinstance(event, DeskAction):
        return incident, []  # the same for incidents of all kinds: decided before
    return _after(incident, event, now)


def _after(incident: FireIncident, event: _OfOpenFire, now: Micros) -> Decision:
    match event:
        case DeadlineDue():
            after = deadline_due(incident, event, now)
        case GatewayLost(gateway, reason):
            after = gateway_lost(incident, gateway, reason=reason, now=now)
        case PartnersLost(unavailable_partners):
            after = partners_lost(incident, unavailable_partners, now)
        case Acknowledge() | MarkSeen() | Advance() | Close() | Approve() | EndProposal():
            after = apply_action(incident, event, now)
        case DeliverySucceeded() | DeliveryFailed():
            after = incident, timeline_of_attempt(event)
        case _:
            assert_never(event)
    return after
