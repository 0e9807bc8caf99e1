"""The information that people gave about a fire: the latest of each person to each question."""

from msgspec import Struct

from alerting.domain.answers.topics import topic_of
from contract.answers import AnswerKind, AnswerWay, AnswerWeight
from contract.times import Micros

MOST_KEPT = 100
"""Answers in the state of one fire; all of them stand in its timeline."""


class InformationGiven(Struct, frozen=True, kw_only=True):
    """The answer of *contact*, called *by*, and its *weight*; *people* are inside where it says so."""

    contact: str
    by: str
    answer: AnswerKind
    weight: AnswerWeight
    way: AnswerWay
    at: Micros
    people: int | None = None

    def repeats(self, other: "InformationGiven") -> bool:
        """Return whether it says the same as *other*, which the same person gave before."""
        return (self.contact, self.answer, self.people) == (other.contact, other.answer, other.people)

    def replaces(self, other: "InformationGiven") -> bool:
        """Return whether it is a later answer of the same person to the same question."""
        return self.contact == other.contact and topic_of(self.answer) is topic_of(other.answer)


def with_answer(
    answers: tuple[InformationGiven, ...], new: InformationGiven
) -> tuple[InformationGiven, ...]:
    """Return *answers* with *new* as the last one, in place of what it replaces."""
    return (*(each for each in answers if not new.replaces(each)), new)[-MOST_KEPT:]
