"""Requests and answers about replies to short messages (docs/protocol.md, 8)."""

from typing import Annotated

from msgspec import Meta, Struct

from contract.answers import AnswerKind
from contract.ids import IncidentId
from contract.times import Micros


class RepliesQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The latest replies, *before* the one of that id; *all* has those that were applied, too."""

    all: bool = False
    before: Annotated[int, Meta(ge=1, le=2**53)] | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


class Reply(Struct, frozen=True, kw_only=True):
    """A reply as it came, and its *fate*: ``applied``, or the reason why nothing followed it.

    *premises* and *incident* are null where nobody with this number was notified of a fire, or several
    are meant. *sent_at* is the time of the network; *helped* says whether its sender got an answer.
    """

    id: int
    sender: str
    text: str
    received_at: Micros
    sent_at: Micros | None
    fate: str
    answer: AnswerKind | None
    contact: str | None
    premises: str | None
    incident: IncidentId | None
    helped: bool


class Replies(Struct, frozen=True, kw_only=True):
    """The latest replies, the last one first."""

    replies: list[Reply]
