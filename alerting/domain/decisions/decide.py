"""What becomes of a case when something happens: state and event in, state and effects out."""

from typing import assert_never

from alerting.domain.decisions import overrides, troubles
from alerting.domain.decisions.deadlines import deadline_due, gateway_lost, partners_lost
from alerting.domain.decisions.fires import signal_heard
from alerting.domain.decisions.notify import Decision
from alerting.domain.decisions.operators import act
from alerting.domain.model.effects import Effect, Notice, Refusal, Refuse
from alerting.domain.model.events import (
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
    Tested,
    TroubleFound,
    TroubleHeard,
)
from alerting.domain.model.fire import Incident
from alerting.domain.model.incident import Case
from alerting.domain.model.override import Measure
from alerting.domain.model.trouble import Trouble
from alerting.domain.notification.attempts import attempted
from contract.times import Micros


def decide_case(case: Case | None, event: Event, now: Micros) -> tuple[Case | None, list[Effect]]:
    """What becomes of *case*, whatever it is about, after *event*."""
    if isinstance(case, Trouble) or isinstance(event, TroubleHeard | TroubleFound):
        trouble = case if isinstance(case, Trouble) else None
        return decide_trouble(trouble, event, now)
    if isinstance(case, Measure):
        return decide_measure(case, event, now)
    return decide(case if isinstance(case, Incident) else None, event, now)


def decide_trouble(
    trouble: Trouble | None, event: Event, now: Micros
) -> tuple[Trouble | None, list[Effect]]:
    """What becomes of *trouble*, the open one of its kind at the premises if there is one."""
    match event:
        case TroubleHeard():
            return troubles.trouble_heard(trouble, event, now)
        case TroubleFound():
            return troubles.trouble_found(trouble, event, now)
    if trouble is None:
        return None, []
    match event:
        case DeadlineDue(key, reached):
            return troubles.deadline_due(trouble, key, reached=reached, now=now)
        case Acknowledge() | Seen() | Progress() | Close():
            return troubles.act(trouble, event, now)
    return trouble, _unnoticed(event)


def decide_measure(measure: Measure, event: Event, now: Micros) -> tuple[Measure, list[Effect]]:
    """What becomes of *measure*."""
    match event:
        case Tested(heard):
            return overrides.tried(measure, heard, now)
        case DeadlineDue(key) if key == overrides.WARN:
            return overrides.warn(measure, now)
        case DeadlineDue():
            return overrides.end(measure, by=None, now=now)
        case Close(by):
            return overrides.end(measure, by=by, now=now)
        case Acknowledge() | Progress():
            return measure, [Refuse(Refusal.OUT_OF_ORDER, measure.phase.value)]
    return measure, _unnoticed(event)


def _unnoticed(event: Event) -> list[Effect]:
    """What is said of an attempt to tell what no site shows."""
    if not isinstance(event, DeliverySucceeded | DeliveryFailed):
        return []
    return [each for each in attempted(event) if not isinstance(each, Notice)]


def decide(incident: Incident | None, event: Event, now: Micros) -> Decision:
    """What becomes of *incident*, the open one of the premises if there is one, after *event*."""
    incident = incident.rekeyed() if incident else None
    if isinstance(event, SignalHeard):
        return signal_heard(incident, event, now)
    if incident is None or isinstance(event, TroubleHeard | TroubleFound | Tested):
        return incident, []
    match event:
        case DeadlineDue():
            after = deadline_due(incident, event, now)
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
