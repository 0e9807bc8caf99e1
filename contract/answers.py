"""Answers of people who were notified of a fire, as every interface names them."""

from enum import StrEnum
from typing import Literal


class AnswerKind(StrEnum):
    """The answer of a person who was told; none of them ends an incident, and five are information."""

    SEEN = "seen"
    TAKEN = "taken"
    REAL = "real"
    FALSE = "false"
    CHECKING = "checking"
    EVACUATING = "evacuating"
    PEOPLE_INSIDE = "people_inside"


Information = Literal["real", "false", "checking", "evacuating", "people_inside"]
"""The answers that are information alone."""

MOST_PEOPLE = 9_999
"""People that an answer counts at most."""


class AnswerWeight(StrEnum):
    """The weight of what somebody says, by who it is: the head of the premises knows most."""

    HEAD = "head"
    PREMISES = "premises"
    OTHER = "other"


class AnswerWay(StrEnum):
    """The way by which an answer came."""

    SMS = "sms"
    LINK = "link"
    HTTP = "http"
