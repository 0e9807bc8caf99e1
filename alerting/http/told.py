"""The people who were told of an incident: over which channels, delivered, seen, answered what.

Lists, the page of a fire and its report count them by the same functions, so that no two screens differ:
whoever was told counts, whoever else acted does not.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from alerting.domain.decisions.answers import ANSWERS
from alerting.domain.model.acts import SIGNED_LINK, SMS_ANSWER, contact_of
from alerting.http.contact_names import contact_name, contact_phone
from alerting.http.failure_words import coded_failure
from contract.answers import AnswerKind, AnswerWay
from contract.http.incidents import Delivery
from contract.http.queue import ReachedContacts
from contract.http.told import PersonTold, ToldAnswer, ToldOver
from contract.timeline import Entry, TimelineEvent
from contract.times import Micros
from registry.domain.index import Index
from registry.model.contacts import ChannelKind

CONSOLE = "console"
"""The way of an answer that was given at a screen."""

_ACTS: dict[str, AnswerKind] = {
    TimelineEvent.SEEN: AnswerKind.SEEN,
    TimelineEvent.ACKNOWLEDGED: AnswerKind.TAKEN,
}

_WAYS = {SMS_ANSWER: AnswerWay.SMS.value, SIGNED_LINK: AnswerWay.LINK.value}
"""The ways of acts, by the evidence of who acted."""


NOT_SET_UP = "not_set_up"
"""The reason why nothing goes out over a channel that this center does not have."""


def people_told(
    deliveries: Iterable[Delivery],
    entries: Iterable[Entry],
    index: Index,
    *,
    usable: frozenset[ChannelKind],
) -> list[PersonTold]:
    """Return each person of *deliveries*, in the order in which they were told.

    Nothing is under way over a channel that is not *usable*. Answers are taken from *entries*: whoever
    acted by the name, or the id, of the contact.
    """
    to: dict[str, list[Delivery]] = defaultdict(list)
    for each in deliveries:
        to[each.destination].append(each)
    answers = answers_by_person(entries)
    return [
        _person(contact, found, answers, index=index, usable=usable) for contact, found in to.items()
    ]


def reached(
    notified: Collection[str], delivered: Collection[str], answers: "Answers", index: Index
) -> ReachedContacts:
    """Return how many of *notified* the message reached, how many saw it, and how many answered."""
    found = [_answers_of(each, answers, index) for each in notified]
    return ReachedContacts(
        notified=len(notified),
        delivered=len(delivered),
        seen=sum(bool(each) for each in found),
        answered=sum(any(one.kind is not AnswerKind.SEEN for one in each) for each in found),
    )


def _answers_of(contact: str, answers: "Answers", index: Index) -> list[ToldAnswer]:
    """Return those of *answers* that are of *contact*: by the id, or by the name where that is all."""
    names = {contact, contact_name(index, contact)}
    return sorted({one for each in names for one in answers.get(each, ())}, key=lambda each: each.at)


def _person(
    contact: str,
    told: Sequence[Delivery],
    answers: "Answers",
    *,
    index: Index,
    usable: frozenset[ChannelKind],
) -> PersonTold:
    name, found = contact_name(index, contact), _answers_of(contact, answers, index)
    return PersonTold(
        contact=contact,
        name=name,
        phone=contact_phone(index, contact),
        channels=_channels(told, usable),
        told_at=min(each.created_at for each in told),
        delivered_at=_first(told),
        seen_at=found[0].at if found else None,
        answers=found,
    )


def _channels(told: Iterable[Delivery], usable: frozenset[ChannelKind]) -> list[ToldOver]:
    by: dict[str, list[Delivery]] = defaultdict(list)
    for each in told:
        by[each.channel].append(each)
    return [_over(channel, found, is_usable=channel in usable) for channel, found in by.items()]


def _over(channel: str, told: Sequence[Delivery], *, is_usable: bool) -> ToldOver:
    attempts = [attempt for each in told for attempt in each.attempts]
    delivered = _first(told)
    results = [each.result for each in attempts if each.result not in (None, "delivered")]
    results = results if is_usable else [NOT_SET_UP]
    failed = results[-1] if results and delivered is None else None
    return ToldOver(
        channel=channel,
        told_at=min(each.created_at for each in told),
        delivered_at=delivered,
        attempts=len(attempts),
        failed=failed,
        coded=None if failed is None else coded_failure(failed),
    )


def _first(told: Iterable[Delivery]) -> Micros | None:
    """Return when the first of *told* was delivered."""
    done = (each.done_at for each in told if each.state == "delivered" and each.done_at is not None)
    return min(done, default=None)


Answers = Mapping[str, Sequence[ToldAnswer]]
"""The answers of people, by the id of the contact, or by the name where that is all."""


def answers_by_person(entries: Iterable[Entry]) -> Answers:
    """Return the answers in *entries*, by the id of the contact, or by the name where that is all."""
    found: dict[str, list[ToldAnswer]] = defaultdict(list)
    for entry in entries:
        data: dict[str, Any] = msgspec.json.decode(entry.data)
        if entry.event == TimelineEvent.ANSWERED:
            found[str(data.get("contact", ""))].append(_information(entry, data))
        elif (kind := _ACTS.get(entry.event)) is not None:
            over = _WAYS.get(data.get("evidence", ""), CONSOLE)
            answer = ToldAnswer(kind=kind, at=entry.at, over=over, text=data.get("note", ""))
            found[_actor(data)].append(answer)
    return found


def _information(entry: Entry, data: Mapping[str, Any]) -> ToldAnswer:
    return ToldAnswer(
        kind=ANSWERS.get(entry.reason),
        at=entry.at,
        over=str(data.get("way", "")),
        people=data.get("people"),
        text=data.get("text", ""),
    )


def _actor(data: Mapping[str, Any]) -> str:
    contact = str(data.get("contact", "")) or contact_of(str(data.get("account", "")))
    return contact or str(data.get("by", ""))
