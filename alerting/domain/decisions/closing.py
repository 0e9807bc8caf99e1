"""Closes a fire: by one person, or by two while points of a confirmed fire stand."""

from alerting.domain.decisions.escalation import (
    CLOSING,
    PROGRESS,
    SPREAD,
    WINDOW,
    cancel_stages,
    cancel_unconfirmed_stages,
)
from alerting.domain.decisions.notify import Decision, named, notifications, with_recipients
from alerting.domain.model.effects import (
    CancelDeadline,
    Effect,
    Refusal,
    RefuseAction,
    SetDeadline,
    SiteNotice,
    TimelineEntry,
    TimelineEvent,
)
from alerting.domain.model.events import Close, EndProposal
from alerting.domain.model.fire import CloseWish, FireIncident, Phase
from alerting.domain.model.incident import IncidentCause, Outcome
from alerting.domain.model.reasons import DecisionReason
from contract.times import Micros
from registry.model.policies import COMMAND_CENTER
from registry.model.templates import NotificationKind

ASKED = DecisionReason.APPROVAL_ASKED.value


def needs_second_person(incident: FireIncident) -> bool:
    """Return whether two persons close *incident*: points of a confirmed fire stand, in no drill."""
    is_real = incident.confirmed_at is not None and incident.exercise is None
    return is_real and bool(incident.standing)


def ask(incident: FireIncident, event: Close, *, now: Micros) -> Decision:
    """Ask a second person to approve what *event* wants; the fire and its escalation go on meanwhile.

    It replaces a wish that waits where it says so, for who asked that or has the fire now.
    """
    known = _waiting(incident, now)
    if known is not None and _is_same(known, event):
        return incident, []
    if known is not None and not _may_replace(incident, known, event):
        return incident, [_waits(known)]
    until = now + (event.approve_within or 0)
    wish = CloseWish(event.by, event.account, event.outcome, until, event.cause, since=now)
    reason = ASKED if known is None else DecisionReason.REPLACED.value
    notify, turn = with_recipients(incident.notified, [COMMAND_CENTER]), incident.asked + 1
    after = incident.replaced(closing=wish, asked=turn)
    return after, [
        *([] if known is None else [_ended(reason, event.by, asked_by=known.by)]),
        TimelineEntry(
            TimelineEvent.APPROVAL,
            ASKED,
            {"by": event.by, "outcome": event.outcome.value, "until": until},
        ),
        SetDeadline(CLOSING, until),
        *notifications(after, notify, kind=NotificationKind.APPROVAL, reason=reason, now=now, turn=turn),
    ]


def _waiting(incident: FireIncident, now: Micros) -> CloseWish | None:
    """Return the wish to close that waits for a second person; None without one, or past its time."""
    wish = incident.closing
    return None if wish is None or now > wish.until else wish


def _is_same(known: CloseWish, event: Close) -> bool:
    mine = (event.account, event.outcome, event.cause)
    return (known.account, known.outcome, known.cause) == mine


def _may_replace(incident: FireIncident, known: CloseWish, event: Close) -> bool:
    """Return whether *event* names *known*, and comes of who asked that or has the fire now."""
    owns = incident.owner is not None and incident.owner_account == event.account
    return event.instead_of == known.since and (owns or known.account == event.account)


def _waits(known: CloseWish) -> RefuseAction:
    return RefuseAction(Refusal.WAITS_FOR_APPROVAL, known.by, known.since or None)


def _ended(reason: str, by: str, **more: str) -> TimelineEntry:
    """Return the entry that a wish to close ended without a close, by *by*."""
    said = {key: value for key, value in more.items() if value}
    return TimelineEntry(TimelineEvent.APPROVAL, reason, {"by": by, **said})


def approve(incident: FireIncident, *, by: str, account: str, now: Micros) -> Decision:
    """Close the incident as another person asked, approved by the second one."""
    if incident.phase is Phase.CLOSED:
        return incident, [RefuseAction(Refusal.ALREADY_CLOSED, incident.closed_by or "")]
    wish = _waiting(incident, now)
    if wish is None:
        return incident, [RefuseAction(Refusal.NOTHING_TO_APPROVE, incident.owner or "")]
    if wish.account == account:
        return incident, [RefuseAction(Refusal.SAME_PERSON, wish.by)]
    approval = TimelineEntry(TimelineEvent.APPROVAL, DecisionReason.APPROVED.value, {"by": by})
    after, effects = close(incident, wish.by, outcome=wish.outcome, cause=wish.cause, now=now)
    return after, [approval, *(_by_second_person(each, by) for each in effects)]


def end_proposal(incident: FireIncident, event: EndProposal, *, now: Micros) -> Decision:
    """Drop the wish to close: its person withdraws it, or a second one refuses it; the fire goes on."""
    if incident.phase is Phase.CLOSED:
        return incident, [RefuseAction(Refusal.ALREADY_CLOSED, incident.closed_by or "")]
    wish = _waiting(incident, now)
    if wish is None:
        return incident, [RefuseAction(Refusal.NOTHING_TO_APPROVE, incident.owner or "")]
    if wish.account == event.account:
        return _dropped(incident, _ended(DecisionReason.WITHDRAWN.value, event.by), now)
    if not event.refuses:
        return incident, [_waits(wish)]
    entry = _ended(DecisionReason.REFUSED.value, event.by, asked_by=wish.by, text=event.text)
    return _dropped(incident, entry, now)


def lapse(incident: FireIncident, now: Micros) -> Decision:
    """Drop a wish to close that nobody approved in time."""
    wish = incident.closing
    if incident.phase is Phase.CLOSED or wish is None or now < wish.until:
        return incident, []
    return _dropped(incident, _ended(DecisionReason.NOT_APPROVED.value, wish.by), now)


def _dropped(incident: FireIncident, entry: TimelineEntry, now: Micros) -> Decision:
    """Return the fire without its wish to close, as *entry* says; the command center is told."""
    turn = incident.asked + 1
    notify = with_recipients(incident.notified, [COMMAND_CENTER])
    told, reason = incident.replaced(asked=turn), entry.reason
    return told.replaced(closing=None), [
        entry,
        CancelDeadline(CLOSING),
        *notifications(told, notify, kind=NotificationKind.APPROVAL, reason=reason, now=now, turn=turn),
    ]


def _by_second_person(effect: Effect, by: str) -> Effect:
    """Return the entry of a close as the second person's act: the proof of that act goes with it."""
    if not isinstance(effect, TimelineEntry):
        return effect
    data = {**effect.data, "asked_by": effect.data["by"], "by": by}
    return TimelineEntry(effect.event, effect.reason, data)


def close(
    incident: FireIncident,
    by: str,
    *,
    outcome: Outcome,
    cause: IncidentCause | None = None,
    now: Micros,
) -> Decision:
    """Close the incident, whoever has taken it, and notify all who were notified of it."""
    reason = DecisionReason.CLOSED_BY_OPERATOR.value
    outcome = Outcome.DRILL if incident.exercise else outcome
    after = incident.with_phase(
        Phase.CLOSED,
        reason=reason,
        outcome=outcome,
        cause=cause,
        closed_by=by,
        closed_at=now,
        closing=None,
    )
    known = {} if cause is None else {"cause": cause.value}
    standing = named("standing", [point.name for point in after.standing])
    return after, [
        TimelineEntry(
            TimelineEvent.CLOSED, reason, {"by": by, "outcome": outcome.value, **known, **standing}
        ),
        *_cancelled(after),
        *notifications(after, after.notified, kind=NotificationKind.CLOSED, reason=reason, now=now),
        SiteNotice(reason, by),
    ]


def _cancelled(incident: FireIncident) -> list[Effect]:
    return [
        *map(CancelDeadline, (WINDOW, PROGRESS, SPREAD, CLOSING)),
        *cancel_stages(incident.site),
        *cancel_unconfirmed_stages(incident),
    ]
