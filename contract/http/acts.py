"""Acts at a duty desk beyond the steps of an incident: notes, calls, hand-over, the forces sent."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from contract.answers import MOST_PEOPLE, Information
from contract.http.common import Actor, Note
from contract.names import Name
from contract.times import Micros
from words.people_text import UNSEEN

Remark = Annotated[str, Meta(min_length=1, max_length=500, pattern=rf"^[^{UNSEEN}]*\Z")]
"""A remark that must be there, in one line."""

ThingId = Name
"""The id of a row of the registry."""


class NoteRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A note about an incident; *by* as in ``ActionRequest``."""

    by: Actor | None = None
    text: Remark


class CallRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call that somebody made: to a *contact* of the registry, or to *whom* it was by name.

    *answered* says whether anybody did, *said* what was told.
    """

    by: Actor | None = None
    contact: ThingId | None = None
    whom: Actor | None = None
    answered: bool
    said: Note = ""


class InformationRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The information of a person about a fire; *people* are inside where *answer* is ``people_inside``.

    *note* is in the person's own words.
    """

    by: Actor | None = None
    answer: Information
    people: Annotated[int, Meta(ge=0, le=MOST_PEOPLE)] | None = None
    note: Note = ""


class HandOverRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The wish of the owner to hand an incident over to another account, which must accept it."""

    by: Actor | None = None
    to: Annotated[str, Meta(min_length=1, max_length=100, pattern=rf"^[^{UNSEEN}]*\Z")]
    note: Note = ""


class Successor(Struct, frozen=True, kw_only=True):
    """A person who may take an incident over; *attends* says that the person is at a desk now."""

    account: str
    name: str
    attends: bool


class Successors(Struct, frozen=True, kw_only=True):
    """Those to whom an incident may be handed over, who are at a desk first; at most 200."""

    people: list[Successor]


class StepRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step of an incident, and the forces of it: *units* and *means* of the registry, by their ids.

    *whom* are forces that the registry does not have, in the person's own words. *skipped* is the reason
    why the steps before it were not taken; without one they must have been.
    """

    by: Actor | None = None
    note: Note = ""
    whom: Note = ""
    units: Annotated[list[ThingId], Meta(max_length=50)] = []
    means: Annotated[list[ThingId], Meta(max_length=50)] = []
    skipped: Note = ""


class ForceKind(StrEnum):
    """The kinds of forces that are sent to an incident."""

    UNIT = "unit"
    MEANS = "means"
    NAMED = "named"
    """In words alone: the registry does not have it."""


class ForceState(StrEnum):
    """The state of a force that was sent."""

    DISPATCHED = "dispatched"
    ON_SCENE = "on_scene"


class DispatchedForce(Struct, frozen=True, kw_only=True):
    """A unit, means or force in words that was sent to an incident: where it is by its last report."""

    kind: ForceKind
    id: str
    name: str
    state: ForceState
    sent_at: Micros
    on_scene_at: Micros | None


class OfferedHandOver(Struct, frozen=True, kw_only=True):
    """The wish of the owner *by* that the account *to*, of *to_name*, accepts the incident."""

    by: str
    to: str
    to_name: str
    at: Micros


class Engagement(Struct, frozen=True, kw_only=True):
    """The incident for which a unit or means is out; null where it is of premises of others."""

    state: ForceState
    since: Micros
    incident: str | None
