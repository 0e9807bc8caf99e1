"""Records what a person says of a fire: information with a weight, which ends and escalates nothing."""

from alerting.domain.decisions.notify import Decision
from alerting.domain.model.effects import Refusal, RefuseAction, TimelineEntry, TimelineEvent
from alerting.domain.model.events import PersonAnswered
from alerting.domain.model.fire import FireIncident, Phase
from alerting.domain.model.information_given import InformationGiven, with_answer
from alerting.domain.model.reasons import AnswerReason
from contract.answers import AnswerKind
from contract.times import Micros

REASONS = {
    AnswerKind.REAL: AnswerReason.REAL,
    AnswerKind.FALSE: AnswerReason.FALSE,
    AnswerKind.CHECKING: AnswerReason.CHECKING,
    AnswerKind.EVACUATING: AnswerReason.EVACUATING,
    AnswerKind.PEOPLE_INSIDE: AnswerReason.PEOPLE_INSIDE,
}
"""The reason of the entry for each piece of information."""

ANSWERS: dict[str, AnswerKind] = {reason.value: kind for kind, reason in REASONS.items()}
"""The information of an entry, by its reason."""


def apply_answer(incident: FireIncident, event: PersonAnswered, now: Micros) -> Decision:
    """Return *incident* with the answer, and its entry: no deadline and no message follows from it."""
    if incident.phase is Phase.CLOSED:
        return incident, [RefuseAction(Refusal.ALREADY_CLOSED, incident.closed_by or "")]
    if event.kind is None:
        return incident, [_entry(event, AnswerReason.OWN_WORDS)]
    new = InformationGiven(
        contact=event.contact,
        by=event.by,
        answer=event.kind,
        weight=event.weight,
        way=event.way,
        at=now,
        people=event.people,
    )
    if not event.text and any(new.repeats(each) for each in incident.answers):
        return incident, []
    after = incident.replaced(answers=with_answer(incident.answers, new))
    return after, [_entry(event, REASONS[event.kind])]


def _entry(event: PersonAnswered, reason: AnswerReason) -> TimelineEntry:
    who = {"by": event.by, "contact": event.contact}
    said = {"people": event.people, "text": event.text or None}
    data = {**who, "weight": event.weight.value, "way": event.way.value, **said}
    given = {key: each for key, each in data.items() if each is not None}
    return TimelineEntry(TimelineEvent.ANSWERED, reason.value, given)
