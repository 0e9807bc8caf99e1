"""The people who were told of an incident: delivered, seen and answered are three separate states."""

from msgspec import Struct

from contract.answers import AnswerKind
from contract.http.common import CodedSentence
from contract.times import Micros


class ToldAnswer(Struct, frozen=True, kw_only=True):
    """An answer that came *over* a channel, or ``console``; *text* is what was written with it.

    *kind* is null where nothing but the text was said; *people* are inside where that was said.
    """

    kind: AnswerKind | None
    at: Micros
    over: str
    people: int | None = None
    text: str = ""


class ToldOver(Struct, frozen=True, kw_only=True):
    """The messages to one person over one channel: the first was queued at *told_at*.

    *delivered_at* is the first delivery; *failed* is the reason of the last attempt where none was
    delivered, ``not_set_up`` where the center has no such channel; *attempts* counts all.
    *coded* is *failed* by a code, null for the words of another system.
    """

    channel: str
    told_at: Micros
    delivered_at: Micros | None
    attempts: int
    failed: str | None
    coded: CodedSentence | None = None


class PersonTold(Struct, frozen=True, kw_only=True):
    """A person who was told, by all *channels*; the latest of *answers* stands last.

    *seen_at* is when the person said so, or answered anything.
    """

    contact: str
    name: str
    phone: str
    channels: list[ToldOver]
    told_at: Micros
    delivered_at: Micros | None
    seen_at: Micros | None
    answers: list[ToldAnswer]
