"""Decides on an action of a person: the incident is taken, advanced, seen or closed."""

from typing import assert_never

from alerting.domain.decisions import closing
from alerting.domain.decisions.escalation import (
    AT_THE_FIRE,
    cancel_stages,
    cancel_unconfirmed_stages,
    progress_by,
)
from alerting.domain.decisions.notify import Decision, notifications
from alerting.domain.decisions.step_order import skipped_steps
from alerting.domain.decisions.timeline import seen_entry
from alerting.domain.model import force
from alerting.domain.model.effects import (
    Refusal,
    RefuseAction,
    SiteNotice,
    TimelineEntry,
    TimelineEvent,
)
from alerting.domain.model.events import (
    Acknowledge,
    Advance,
    Approve,
    Close,
    EndProposal,
    MarkSeen,
    OperatorAction,
)
from alerting.domain.model.fire import FireIncident, Phase
from contract.times import Micros
from registry.model.templates import NotificationKind

_WORDS = {
    Phase.DISPATCHED: (TimelineEvent.DISPATCHED, NotificationKind.DISPATCHED, "forces_dispatched"),
    Phase.ON_SCENE: (TimelineEvent.ON_SCENE, NotificationKind.ON_SCENE, "forces_on_scene"),
    Phase.UNDER_CONTROL: (
        TimelineEvent.UNDER_CONTROL,
        NotificationKind.UNDER_CONTROL,
        "fire_under_control",
    ),
}
"""The timeline event, the notification and the reason of each step."""

REINFORCED = "reinforcement_dispatched"
"""The reason of an entry about forces that follow the first ones."""

_SENT = frozenset({Phase.DISPATCHED, *AT_THE_FIRE})
"""The phases in which forces have been sent already."""


def apply_action(incident: FireIncident, event: OperatorAction, now: Micros) -> Decision:
    """Return *incident* after the action of a person, and its effects."""
    match event:
        case MarkSeen(by, contact):
            return _seen(incident, by, contact)
        case Acknowledge(by, account):
            return _acknowledge(incident, by, account=account, now=now)
        case Advance():
            return _progress(incident, event, now)
        case Close():
            return _close_or_ask(incident, event, now)
        case Approve(by, account):
            return closing.approve(incident, by=by, account=account, now=now)
        case EndProposal():
            return closing.end_proposal(incident, event, now=now)
        case _:
            assert_never(event)


def _seen(incident: FireIncident, by: str, contact: str) -> Decision:
    """Mark it as seen by *by*, who is *contact*; the escalation goes on until somebody takes it."""
    if incident.phase is Phase.CLOSED:
        return incident, [RefuseAction(Refusal.ALREADY_CLOSED, incident.closed_by or "")]
    after = incident.seen(by, contact)
    return after, [] if by in incident.seen_by else [seen_entry(by, contact)]


def _acknowledge(incident: FireIncident, by: str, *, account: str, now: Micros) -> Decision:
    """Let *by* take the incident, which ends its escalation; twice is the same as once."""
    if incident.phase is Phase.CLOSED:
        return incident, [RefuseAction(Refusal.ALREADY_CLOSED, incident.closed_by or "")]
    if incident.phase not in {Phase.SUSPECTED, Phase.CONFIRMED}:
        taken = incident.owner or ""
        return incident, [] if taken == by else [RefuseAction(Refusal.OWNED_BY_ANOTHER, taken)]
    reason, turn = "acknowledged_by_operator", incident.acknowledgements + 1
    after = incident.with_phase(
        Phase.ACKNOWLEDGED,
        reason=reason,
        owner=by,
        owner_account=account,
        acknowledged_at=now,
        acknowledgements=turn,
        heard_from=by,
        heard_at=now,
    )
    return after, [
        TimelineEntry(TimelineEvent.ACKNOWLEDGED, reason, {"by": by}),
        *cancel_stages(after.site),
        *cancel_unconfirmed_stages(after),
        *progress_by(after, now),
        *notifications(
            after, after.notified, kind=NotificationKind.ACKNOWLEDGED, reason=reason, now=now, turn=turn
        ),
        SiteNotice(reason, by),
    ]


def _progress(incident: FireIncident, event: Advance, now: Micros) -> Decision:
    """Advance it; a step that was taken already is news from the scene, and nothing else."""
    if incident.phase is Phase.CLOSED:
        return incident, [RefuseAction(Refusal.ALREADY_CLOSED, incident.closed_by or "")]
    if event.phase is Phase.DISPATCHED and event.forces and incident.phase in _SENT:
        return _reinforced(incident, event, now)
    if incident.phase is event.phase:
        return _news(incident, event, now)
    skipped = skipped_steps(incident.phase, event.phase)
    if skipped is None or (skipped and not event.skipped):
        return incident, [RefuseAction(Refusal.OUT_OF_ORDER, incident.phase.value)]
    return _advanced(incident, event, skipped, now=now)


def _advanced(
    incident: FireIncident, event: Advance, skipped: tuple[Phase, ...], *, now: Micros
) -> Decision:
    mark, notified, reason = _WORDS[event.phase]
    by, turn = event.by, incident.progress + 1
    named = force.dispatched if event.phase is Phase.DISPATCHED else force.named
    is_first = incident.owner is None
    after = incident.with_phase(
        event.phase,
        reason=reason,
        owner=incident.owner or by,
        owner_account=event.account if is_first else incident.owner_account,
        progress=turn,
        heard_from=by,
        heard_at=now,
        forces=_forces(incident, event, now),
    )
    return after, [
        *(_skipped(each, event) for each in skipped),
        TimelineEntry(mark, reason, {"by": by, **named(event.forces)}),
        *cancel_stages(after.site),
        *cancel_unconfirmed_stages(after),
        *progress_by(after, now),
        *notifications(after, after.notified, kind=notified, reason=reason, now=now, turn=turn),
        SiteNotice(reason, by),
    ]


def _forces(incident: FireIncident, event: Advance, now: Micros) -> force.Forces:
    """Return the forces after the step of *event*: who has it under control is there."""
    if event.phase is Phase.DISPATCHED:
        return force.sent(incident.forces, event.forces, now)
    return force.arrived(incident.forces, event.forces, now)


def _skipped(step: Phase, event: Advance) -> TimelineEntry:
    data = {"by": event.by, "step": step.value, "text": event.skipped}
    return TimelineEntry(TimelineEvent.STEP_SKIPPED, "skipped_by_operator", data)


def _reinforced(incident: FireIncident, event: Advance, now: Micros) -> Decision:
    """Record that more forces are sent to a fire; what is expected of the first ones stays so."""
    after = incident.replaced(forces=force.sent(incident.forces, event.forces, now))
    if after.forces == incident.forces:
        return incident, []
    data = {"by": event.by, **force.named(event.forces)}
    return after, [TimelineEntry(TimelineEvent.DISPATCHED, REINFORCED, data)]


def _news(incident: FireIncident, event: Advance, now: Micros) -> Decision:
    """Record that *event* reports the same step once more: the time for the next news begins anew.

    Forces on their way must arrive, whatever they report before.
    """
    if incident.phase not in AT_THE_FIRE:
        return incident, []
    forces = force.arrived(incident.forces, event.forces, now) if event.forces else incident.forces
    after = incident.replaced(heard_from=event.by, heard_at=now, forces=forces)
    data = {"by": event.by, **force.named(event.forces)}
    entry = TimelineEntry(_WORDS[incident.phase][0], "news_from_the_scene", data)
    return after, [entry, *progress_by(after, now)]


def _close_or_ask(incident: FireIncident, event: Close, now: Micros) -> Decision:
    """Close the incident, or ask a second person where points of a confirmed fire stand."""
    if incident.phase is Phase.CLOSED:
        same = incident.closed_by == event.by and incident.outcome is event.outcome
        return incident, [] if same else [RefuseAction(Refusal.ALREADY_CLOSED, incident.closed_by or "")]
    if event.approve_within is not None and closing.needs_second_person(incident):
        return closing.ask(incident, event, now=now)
    return closing.close(incident, event.by, outcome=event.outcome, cause=event.cause, now=now)
