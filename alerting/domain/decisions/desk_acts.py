"""Decides on acts at a desk that change no phase: a note, a call, and an incident that changes hands."""

from typing import assert_never

from alerting.domain.decisions.notify import notifications
from alerting.domain.model.acts import LOCAL_ACCOUNT
from alerting.domain.model.effects import (
    Effect,
    Refusal,
    RefuseAction,
    SiteNotice,
    TimelineEntry,
    TimelineEvent,
)
from alerting.domain.model.events import (
    AcceptHandOver,
    AddNote,
    CheckStep,
    DeclineHandOver,
    DeskAction,
    NoteCall,
    OfferHandOver,
)
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import CheckedStep, HandOverOffer, Incident
from contract.times import Micros
from registry.model.templates import NotificationKind

OFFERED, ACCEPTED, DECLINED = "hand_over_offered", "hand_over_accepted", "hand_over_declined"
"""The reasons of the entries of a hand-over."""

CHECKED, SKIPPED = "step_checked", "step_of_procedure_skipped"
"""The reasons of the entries of a procedure."""

Decided = tuple[Incident, list[Effect]]
"""The incident after an act, and its effects."""


def apply_desk_action(incident: Incident, event: DeskAction, now: Micros) -> Decided:
    """Return *incident*, of any kind, after an act at a desk, and its effects."""
    match event:
        case AddNote(by, text):
            data = {"by": by, "text": text}
            return incident, [TimelineEntry(TimelineEvent.NOTE, "noted_by_operator", data)]
        case NoteCall():
            return incident, [_called(event)]
        case OfferHandOver():
            return _offer(incident, event, now)
        case AcceptHandOver():
            return _accept(incident, event, now)
        case DeclineHandOver():
            return _decline(incident, event)
        case CheckStep():
            return _checked(incident, event, now)
        case _:
            assert_never(event)


def _checked(incident: Incident, event: CheckStep, now: Micros) -> Decided:
    """Record that a step was checked or skipped: the first one counts, unless it was skipped before."""
    if not incident.is_open:
        return incident, [RefuseAction(Refusal.ALREADY_CLOSED, incident.closed_by or "")]
    before = next((each for each in incident.checked if each.step == event.step), None)
    if before is not None and (not before.skipped or event.skipped):
        same = before.by == event.by and before.skipped == event.skipped
        return incident, [] if same else [RefuseAction(Refusal.CHECKED_BY_ANOTHER, before.by)]
    new = CheckedStep(event.step, event.by, now, event.skipped, event.reason)
    others = tuple(each for each in incident.checked if each is not before)
    said = {"text": event.text} | ({"why_skipped": event.reason} if event.skipped else {})
    reason = SKIPPED if event.skipped else CHECKED
    entry = TimelineEntry(TimelineEvent.PROCEDURE, reason, {"by": event.by, "item": event.step, **said})
    return incident.replaced(checked=(*others, new)), [entry]


def _called(event: NoteCall) -> TimelineEntry:
    reason = "call_answered" if event.answered else "call_not_answered"
    said = {"said": event.said} if event.said else {}
    known = {"contact": event.contact} if event.contact else {}
    return TimelineEntry(
        TimelineEvent.CALL,
        reason,
        {"by": event.by, "whom": event.whom, "answered": event.answered, **known, **said},
    )


def _offer(incident: Incident, event: OfferHandOver, now: Micros) -> Decided:
    """Let the owner offer the incident; it stays the owner's until the other one accepts."""
    if (refusal := _why_not_owner(incident, event)) is not None:
        return incident, [refusal]
    if event.to == event.account:
        return incident, [RefuseAction(Refusal.ALREADY_YOURS, event.by)]
    known = incident.offer
    if known is not None and (known.by, known.to) == (event.by, event.to):
        return incident, []
    after = incident.replaced(offer=HandOverOffer(event.by, event.to, event.to_name, now))
    return after, [_entry(OFFERED, event.by, event.to_name)]


def _why_not_owner(incident: Incident, event: OfferHandOver) -> RefuseAction | None:
    if not incident.is_open:
        return RefuseAction(Refusal.ALREADY_CLOSED, incident.closed_by or "")
    if incident.owner is None:
        return RefuseAction(Refusal.NOBODY_OWNS_IT, "")
    if _is_owner(incident, event):
        return None
    return RefuseAction(Refusal.OWNED_BY_ANOTHER, incident.owner)


def _is_owner(incident: Incident, event: OfferHandOver) -> bool:
    """Return whether *event* is an act of the owner: by the account, or by the name where a token of
    this machine acts for people whom it names.
    """
    if incident.owner_account not in ("", LOCAL_ACCOUNT):
        return incident.owner_account == event.account
    return incident.owner == event.by


def _accept(incident: Incident, event: AcceptHandOver, now: Micros) -> Decided:
    """Give the incident to the one to whom its owner has offered it."""
    offer = standing_offer(incident)
    if not incident.is_open:
        return incident, [RefuseAction(Refusal.ALREADY_CLOSED, incident.closed_by or "")]
    if offer is None or offer.to != event.account:
        return incident, [RefuseAction(Refusal.NOT_OFFERED, incident.owner or "")]
    turn = incident.acknowledgements + 1
    after = incident.replaced(
        owner=event.by, owner_account=event.account, offer=None, acknowledgements=turn
    )
    entry = _entry(ACCEPTED, event.by, event.by, owner=offer.by)
    return after, [entry, *_told(after, turn, now)]


def _told(incident: Incident, turn: int, now: Micros) -> list[Effect]:
    """Tell those who act on a fire who has it now, and show it at the site."""
    if not isinstance(incident, FireIncident):
        return []
    kind = NotificationKind.ACKNOWLEDGED
    return [
        *notifications(incident, incident.notified, kind=kind, reason=ACCEPTED, now=now, turn=turn),
        SiteNotice(ACCEPTED, incident.owner),
    ]


def _decline(incident: Incident, event: DeclineHandOver) -> Decided:
    """Drop the offer: the one to whom it was made declines it, or the owner takes it back."""
    offer = standing_offer(incident)
    may = offer is not None and event.account in (offer.to, incident.owner_account)
    if offer is None or not (may or offer.by == event.by):
        return incident, [RefuseAction(Refusal.NOT_OFFERED, incident.owner or "")]
    return incident.replaced(offer=None), [_entry(DECLINED, event.by, offer.to_name)]


def standing_offer(incident: Incident) -> HandOverOffer | None:
    """Return the offer that still stands: that of the present owner of an open incident."""
    offer = incident.offer
    if offer is None or not incident.is_open or incident.owner != offer.by:
        return None
    return offer


def _entry(reason: str, by: str, to: str, *, owner: str | None = None) -> TimelineEntry:
    known = {} if owner is None else {"owner": owner}
    return TimelineEntry(TimelineEvent.HAND_OVER, reason, {"by": by, "to": to, **known})
