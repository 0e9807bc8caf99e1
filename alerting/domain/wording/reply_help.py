"""Texts of the helpful answers to replies that are none."""

from dataclasses import dataclass

from alerting.domain.answers.judging import ReplyFate
from alerting.domain.answers.reply_help import WITHOUT_HELP
from words.catalogue import Words, family

HELPS = family("reply_help", set(ReplyFate) - WITHOUT_HELP)
"""A text for each fate that somebody is told of."""

REPLY_HINTS = family("reply_hint", ("whole", "whole_take", "short", "code"))
"""Ends of a short message that say how to answer it, from the longest to the shortest."""

CHOICES = 3
"""Fires that a text names."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The *code* of a person for a fire, and where it is."""

    code: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpSubject:
    """The *fate* of a reply, what its sender can mean, the number to *call*, and who has the fire."""

    fate: ReplyFate
    choices: tuple[Choice, ...]
    call: str
    owner: str = ""


def help_text(subject: HelpSubject, words: Words) -> str:
    """Return the helpful answer in the language of *words*."""
    named = ", ".join(f"{each.code} {each.place}" for each in subject.choices[:CHOICES])
    code = subject.choices[0].code if subject.choices else ""
    return words.name(
        HELPS, subject.fate, call=subject.call, choices=named, code=code, owner=subject.owner
    )
