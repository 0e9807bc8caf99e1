"""The questions that the information of a person answers."""

from enum import StrEnum

from contract.answers import AnswerKind


class AnswerTopic(StrEnum):
    """The question that an answer belongs to: a later answer to it replaces the earlier one."""

    JUDGEMENT = "judgement"
    EVACUATION = "evacuation"
    PEOPLE = "people"


_TOPICS = {
    AnswerKind.REAL: AnswerTopic.JUDGEMENT,
    AnswerKind.FALSE: AnswerTopic.JUDGEMENT,
    AnswerKind.CHECKING: AnswerTopic.JUDGEMENT,
    AnswerKind.EVACUATING: AnswerTopic.EVACUATION,
    AnswerKind.PEOPLE_INSIDE: AnswerTopic.PEOPLE,
}


def topic_of(kind: AnswerKind) -> AnswerTopic | None:
    """Return the question that *kind* answers; None for an act, which is no information."""
    return _TOPICS.get(kind)
