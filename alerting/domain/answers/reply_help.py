"""Decides whether a reply that is no answer gets a helpful one: once a day for each number."""

from dataclasses import dataclass

from alerting.domain.answers.judging import ReplyFate
from alerting.domain.gsm.numbers import is_subscriber
from contract.times import SECOND, Micros

FRESH = 3_600 * SECOND
"""Microseconds after which nobody waits for help any more: an old card is full of old messages."""

WITHOUT_HELP = frozenset({ReplyFate.APPLIED, ReplyFate.TOO_MANY, ReplyFate.UNREADABLE})
"""Fates that nobody is told of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpGiven:
    """The helpful answers of today: *to_number*, and *to_all* of at most *most*."""

    to_number: int
    to_all: int
    most: int


def is_helped(fate: ReplyFate, *, number: str, age: Micros, given: HelpGiven) -> bool:
    """Return whether a reply with *fate* from *number*, of that *age*, gets a helpful answer.

    An automatic answer to it comes from the same number on the same day, and gets none: no loop.
    """
    if fate in WITHOUT_HELP or not is_subscriber(number) or age > FRESH:
        return False
    return given.to_number == 0 and given.to_all < given.most
