"""People's information about a fire stands in its timeline, and changes nothing else of it."""

import pytest

from alerting.domain.decisions.decide import decide
from alerting.domain.model.effects import Refusal, RefuseAction, TimelineEntry, TimelineEvent
from alerting.domain.model.events import PersonAnswered
from alerting.domain.model.fire import FireIncident, Phase
from alerting.domain.model.incident import PremisesSnapshot, Stage
from alerting.domain.model.points_in_fire import PointsInFire
from contract.answers import AnswerKind, AnswerWay, AnswerWeight
from contract.ids import IncidentId

INFORMATION = [None, *(each for each in AnswerKind if each not in {AnswerKind.SEEN, AnswerKind.TAKEN})]
SITE = PremisesSnapshot("cho", "Chợ", "", (Stage(0, ("desk",)),), "standard")


def fire(phase: Phase = Phase.CONFIRMED) -> FireIncident:
    return FireIncident(
        id=IncidentId("i1"), site=SITE, phase=phase, reason="", opened_at=1, points=PointsInFire.of([])
    )


def said(kind: AnswerKind | None, contact: str = "head", people: int | None = None) -> PersonAnswered:
    return PersonAnswered(
        by=f"Anh {contact}",
        contact=contact,
        kind=kind,
        weight=AnswerWeight.HEAD,
        way=AnswerWay.SMS,
        people=people,
        text="" if kind else "khói ở tầng 3",
    )


def after(*events: PersonAnswered) -> FireIncident:
    burning = fire()
    for now, each in enumerate(events, 10):
        decided, _ = decide(burning, each, now)
        assert isinstance(decided, FireIncident)
        burning = decided
    return burning


@pytest.mark.parametrize("phase", [each for each in Phase if each is not Phase.CLOSED])
@pytest.mark.parametrize("kind", INFORMATION)
def test_it_ends_escalates_and_holds_back_nothing(kind: AnswerKind | None, phase: Phase) -> None:
    before = fire(phase)
    decided, effects = decide(before, said(kind), 10)
    assert isinstance(decided, FireIncident)
    assert decided.replaced(answers=()) == before
    assert [type(each) for each in effects] == [TimelineEntry]


def test_the_entry_says_who_with_which_weight_and_how() -> None:
    _, effects = decide(fire(), said(AnswerKind.PEOPLE_INSIDE, people=5), 10)
    data = {"by": "Anh head", "contact": "head", "weight": "head", "way": "sms", "people": 5}
    assert effects == [TimelineEntry(TimelineEvent.ANSWERED, "said_people_inside", data)]


def test_own_words_stand_in_the_entry_alone() -> None:
    decided, effects = decide(fire(), said(None), 10)
    assert isinstance(effects[0], TimelineEntry)
    assert effects[0].data["text"] == "khói ở tầng 3"
    assert decided == fire()


def test_a_later_judgement_of_the_same_person_replaces_the_earlier_one() -> None:
    burning = after(said(AnswerKind.CHECKING), said(AnswerKind.FALSE), said(AnswerKind.REAL))
    assert [each.answer for each in burning.answers] == [AnswerKind.REAL]


def test_another_question_and_another_person_stand_beside_it() -> None:
    burning = after(
        said(AnswerKind.REAL), said(AnswerKind.EVACUATING), said(AnswerKind.FALSE, contact="guard")
    )
    assert [(each.contact, each.answer) for each in burning.answers] == [
        ("head", AnswerKind.REAL),
        ("head", AnswerKind.EVACUATING),
        ("guard", AnswerKind.FALSE),
    ]


def test_the_same_answer_again_adds_nothing() -> None:
    burning = after(said(AnswerKind.REAL))
    assert decide(burning, said(AnswerKind.REAL), 20) == (burning, [])


def test_a_closed_fire_takes_none() -> None:
    _, effects = decide(fire(Phase.CLOSED), said(AnswerKind.REAL), 10)
    assert effects == [RefuseAction(Refusal.ALREADY_CLOSED, "")]
