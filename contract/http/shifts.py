"""Hand-over of a shift: the open matters as the center lists them, signed by both persons."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from contract.http.common import Actor
from contract.incidents import IncidentKind
from contract.names import Name
from contract.times import Micros
from words.people_text import UNSEEN

LongNote = Annotated[str, Meta(max_length=4_000, pattern=rf"^[^{UNSEEN}]*\Z")]
"""A remark of a person, of several sentences."""


Read = Annotated[list[Name], Meta(max_length=10_000)] | None
"""The open matters that the signer has read; None: those of the hand-over, or whatever is open."""


class ShiftHandOversQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The most hand-overs to list: the latest first."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 10


class ShiftHandOverRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The wish to hand a shift over: with this request the person signs what the center lists."""

    by: Actor | None = None
    note: LongNote = ""
    read: Read = None


class ShiftSignatureRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The signature of the person who takes the shift, under the hand-over of this number."""

    by: Actor | None = None
    hand_over: Annotated[int, Meta(ge=1, le=2**53)]
    note: LongNote = ""
    read: Read = None


class OpenMatter(Struct, frozen=True, kw_only=True):
    """An incident that was open at the hand-over; *awaits* says that it waits for another person."""

    incident: str
    kind: IncidentKind
    premises: str
    name: str
    phase: str
    owner: str | None
    opened_at: Micros
    awaits: Literal["approval", "acceptance"] | None = None


class ShiftSignature(Struct, frozen=True, kw_only=True):
    """The signature of a person, by an account, *at* a moment, and a *note*."""

    account: str
    by: str
    at: Micros
    note: str


class ShiftHandOver(Struct, frozen=True, kw_only=True):
    """A hand-over: the *matters* that were open, the first ones of *total*; *received* is null until the
    person who takes the shift has signed.
    """

    id: int
    given: ShiftSignature
    matters: list[OpenMatter]
    total: int
    received: ShiftSignature | None


class ShiftHandOvers(Struct, frozen=True, kw_only=True):
    """The latest hand-overs that whoever asks may see."""

    hand_overs: list[ShiftHandOver]
