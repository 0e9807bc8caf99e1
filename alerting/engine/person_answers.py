"""Applies the answer of a person who was told, however it came: by a short message or by a link."""

from dataclasses import dataclass

from alerting.domain.answers.answer_codes import answer_code
from alerting.domain.answers.judging import NotifiedFire
from alerting.domain.model.acts import SIGNED_LINK, SMS_ANSWER, ActProof, account_of
from alerting.domain.model.effects import Refusal, RefuseAction
from alerting.domain.model.events import Acknowledge, MarkSeen, OperatorAction, PersonAnswered
from alerting.engine.registry_snapshot import RegistrySnapshot
from alerting.engine.unit_of_work import UnitOfWork
from alerting.store.replies import NotifiedRow
from contract.answers import AnswerKind, AnswerWay, AnswerWeight
from registry.domain.index import Index, Unregistered
from words.people_text import shown

_EVIDENCE = {AnswerWay.SMS: SMS_ANSWER, AnswerWay.LINK: SIGNED_LINK}

MOST_LETTERS = 300
"""Letters of a person's own words that an entry keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """An answer that came by *way*; of *kind* None it is *text* in the person's own words."""

    kind: AnswerKind | None
    way: AnswerWay
    people: int | None = None
    text: str = ""


def apply_person_answer(unit: UnitOfWork, fire: NotifiedFire, given: GivenAnswer) -> RefuseAction | None:
    """Apply what *fire*'s contact gave as an answer; return why it was refused, if it was."""
    by = shown(unit.registry.directory.contact(fire.contact).name)
    if (act := _act(given, by, fire.contact)) is not None:
        proof = ActProof(account=account_of(fire.contact), evidence=_EVIDENCE[given.way])
        after = unit.apply_event_to(fire.incident, act, proof=proof)
    else:
        event = PersonAnswered(
            by=by,
            contact=fire.contact,
            kind=given.kind,
            weight=weight_of(unit.registry.index, fire.premises, fire.contact),
            way=given.way,
            people=given.people,
            text=shown(given.text[:MOST_LETTERS]),
        )
        after = unit.apply_event_to(fire.incident, event)
    return RefuseAction(Refusal.ALREADY_CLOSED, "") if after is None else unit.refusal


def _act(given: GivenAnswer, by: str, contact: str) -> OperatorAction | None:
    if given.kind is AnswerKind.SEEN:
        return MarkSeen(by, contact)
    return Acknowledge(by) if given.kind is AnswerKind.TAKEN else None


def weight_of(index: Index, premises: str, contact: str) -> AnswerWeight:
    """Return the weight of what *contact* says of *premises*: the first of their people is the head."""
    people = _people(index, premises)
    if contact not in people:
        return AnswerWeight.OTHER
    return AnswerWeight.HEAD if contact == people[0] else AnswerWeight.PREMISES


def notified_fire(row: NotifiedRow, registry: RegistrySnapshot, *, secret: bytes) -> NotifiedFire:
    """Return the fire of *row*; who is not of the premises' own people may take it."""
    return NotifiedFire(
        incident=row.incident,
        premises=row.premises,
        contact=row.contact,
        code=answer_code(secret, contact=row.contact, incident=row.incident),
        at=row.at,
        is_open=row.is_open,
        may_take=row.contact not in _people(registry.index, row.premises),
    )


def _people(index: Index, premises: str) -> tuple[str, ...]:
    place = index.premises(premises)
    return () if isinstance(place, Unregistered) else place.people
