"""Requests and answers about incidents (docs/protocol.md, 8)."""

from enum import StrEnum
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from contract.answers import AnswerKind, AnswerWay, AnswerWeight
from contract.http.acts import DispatchedForce, OfferedHandOver
from contract.http.common import Actor, Language, Note, Reason, WhichState
from contract.http.queue import QueueRow
from contract.http.told import PersonTold
from contract.ids import DeliveryId, IncidentId
from contract.incidents import (
    Condition,
    FirePhase,
    IncidentCause,
    IncidentKind,
    OverridePhase,
    PointInFire,
    Premises,
    TestSignal,
    TroublePhase,
)
from contract.incidents import Outcome as AnyOutcome
from contract.timeline import Entry
from contract.times import Micros


class WhichKind(StrEnum):
    """A selection of incidents by their kind; all includes tests, drills, silences, maintenance."""

    FIRE = "fire"
    FAULT = "fault"
    SUPERVISORY = "supervisory"
    ALL = "all"


MOST_IDS = 100
"""Incidents that a list can be asked for by their ids."""

IncidentIds = Annotated[
    str, Meta(max_length=6_600, pattern=r"^[0-9A-Za-z_-]{1,64}(,[0-9A-Za-z_-]{1,64}){0,99}\Z")
]
"""Ids of incidents with commas between, 100 at most."""

IdBefore = Annotated[str, Meta(max_length=64, pattern=r"^[0-9A-Za-z_-]*\Z")]
"""The id after which a page begins; empty for the first page."""


class IncidentsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The incidents to list, and the most of them.

    With *ids* they are these alone. With *after* they stand in the order of their ids, behind it: so a
    list is read page by page while it changes.
    """

    state: WhichState = WhichState.OPEN
    kind: WhichKind = WhichKind.FIRE
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100
    ids: IncidentIds | None = None
    after: IdBefore | None = None


class ActionRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An act on an incident, or the end of an override.

    *by* names who acts where no account does: a token of this machine. Of an account it is a note.
    """

    by: Actor | None = None
    note: Note = ""


NamedOutcome = Literal["genuine", "false_alarm", "malfunction", "hoax", "drill", "test"]
"""An outcome that a person can name; that it is cleared is found by the center."""


class CloseRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The end of an incident, its *outcome*, and its *cause* where that is known; the rest as in
    ``ActionRequest``.

    *instead_of* is the ``since`` of the proposal that waits for a second person, and that this replaces.
    """

    by: Actor | None = None
    outcome: NamedOutcome
    cause: IncidentCause | None = None
    instead_of: Micros | None = None
    note: Note = ""


class RefusalRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The refusal of what waits for a second person, for a *reason*; else as in ``ActionRequest``."""

    by: Actor | None = None
    reason: Reason
    note: Note = ""


class Attempt(Struct, frozen=True, kw_only=True):
    """An attempt to notify somebody; *result* is ``delivered`` or the reason of its failure."""

    attempt: int
    began_at: Micros
    ended_at: Micros | None
    result: str | None


class StandingPoint(Struct, frozen=True, kw_only=True):
    """A point that is in fire still."""

    gateway: str
    name: str
    place: str


class Delivery(Struct, frozen=True, kw_only=True):
    """A notification to one contact by one channel, and every attempt at it.

    *suppressed_by* says what holds it back until *not_before*; *merged_into* is the delivery that told
    its news.
    """

    id: DeliveryId
    destination: str
    channel: str
    event: str
    state: str
    created_at: Micros
    done_at: Micros | None
    suppressed_by: str | None
    not_before: Micros
    merged_into: DeliveryId | None
    attempts: list[Attempt]


class _Incident(Struct, frozen=True, kw_only=True, tag_field="kind"):
    """The fields of every incident.

    *area* held the premises on the day when it opened; null where that cannot be told.
    *deliveries*, *timeline* and *told* are there where one incident is asked for by its id. Of an
    incident whose stored state cannot be read the reason is ``damaged``, and what is not known is null
    or empty. *offer* stands while the owner waits that another account accepts it.
    """

    id: IncidentId
    part: str
    premises: Premises
    reason: str
    opened_at: Micros
    acknowledged_at: Micros | None = None
    owner: str | None = None
    owner_account: str = ""
    offer: OfferedHandOver | None = None
    seen_by: list[str] = []
    closed_at: Micros | None = None
    closed_by: str | None = None
    outcome: AnyOutcome | None = None
    cause: IncidentCause | None = None
    policy: str = ""
    area: str | None = None
    notified: list[str] = []
    deliveries: list[Delivery] | UnsetType = UNSET
    timeline: list[Entry] | UnsetType = UNSET
    told: list[PersonTold] | UnsetType = UNSET

    @property
    def kind(self) -> IncidentKind:
        """The kind, by which the structs are told apart."""
        return IncidentKind(str(self.__struct_config__.tag))


class AskedClose(Struct, frozen=True, kw_only=True):
    """The wish of a person that a second one approves *until* then: to close a fire with its outcome.

    It waits *since* then, and is of *account*.
    """

    by: str
    account: str
    outcome: AnyOutcome
    since: Micros
    until: Micros
    cause: IncidentCause | None = None


class PremisesAnswer(Struct, frozen=True, kw_only=True):
    """The latest answer of a *contact*, called *by*, to one question about the fire: information alone.

    *weight* is their relation to the premises; *people* are inside where they say how many.
    """

    contact: str
    by: str
    answer: AnswerKind
    weight: AnswerWeight
    way: AnswerWay
    at: Micros
    people: int | None = None


class NeighbouringFire(Struct, frozen=True, kw_only=True):
    """Another fire of the same premises: less than an hour is between the end of one and the next one.

    It is open where *closed_at* is null; *closed_by* is null too where it closed itself.
    """

    id: IncidentId
    opened_at: Micros
    closed_at: Micros | None = None
    closed_by: str | None = None
    outcome: AnyOutcome | None = None


class FireIncident(_Incident, frozen=True, kw_only=True, tag="fire"):
    """A fire; *exercise* in a drill, *standing* are the points that it left, or has, in fire.

    *training* is the account that learns by it: an exercise that the center itself made.

    *forces* are those that were sent. *reopened_at* is when it was open again last, because who had it
    did not go on with it: its clocks count from then.
    *closing* is there while a second person is to approve its end. *answers* are what people who were
    notified said of it.
    Where one incident is asked for by its id, all points are there; else the first ones, and
    *more_points*, *more_zones* and *more_standing* count the rest. *queue* is there where incidents are
    asked for, and missing in the answer to an act. *earlier* and *later* are the fires before and after
    it, if any, where one is asked for by its id; an exercise is never that of a real fire.
    """

    phase: FirePhase
    confirmed_at: Micros | None = None
    reopened_at: Micros | None = None
    exercise: bool = False
    training: str | None = None
    closing: AskedClose | None = None
    answers: list[PremisesAnswer] = []
    forces: list[DispatchedForce] = []
    zones: list[str] = []
    points: list[PointInFire] = []
    standing: list[StandingPoint] = []
    more_points: int = 0
    more_zones: int = 0
    more_standing: int = 0
    queue: QueueRow | UnsetType = UNSET
    earlier: NeighbouringFire | UnsetType | None = UNSET
    later: NeighbouringFire | UnsetType | None = UNSET


class _Trouble(_Incident, frozen=True, kw_only=True):
    """The fields of what is out of order; *more_conditions* counts those that a list leaves out."""

    phase: TroublePhase
    conditions: list[Condition] = []
    more_conditions: int = 0


class FaultIncident(_Trouble, frozen=True, kw_only=True, tag="fault"):
    """Faults of one premises."""


class SupervisoryIncident(_Trouble, frozen=True, kw_only=True, tag="supervisory"):
    """Supervisory signals of one premises."""


class _Override(_Incident, frozen=True, kw_only=True):
    """The fields of what a person ordered for a while: by default for all of the premises.

    *approved_by* is the second person; *approve_until* is there while one is waited for, or where nobody
    approved it: then it was never in force. One that *extends* goes beyond what is permitted in a row.
    """

    phase: OverridePhase
    zones: list[str] = []
    points: list[str] = []
    by: str = ""
    tester: str | None = None
    note: str = ""
    begins_at: Micros = 0
    ends_at: Micros = 0
    signals: list[TestSignal] = []
    approved_by: str | None = None
    approve_until: Micros | None = None
    extends: bool = False


class TestOverride(_Override, frozen=True, kw_only=True, tag="test"):
    """A test: its signals go to the tester alone."""


class DrillOverride(_Override, frozen=True, kw_only=True, tag="drill"):
    """A drill: the whole chain runs, marked as an exercise."""


class SilenceOverride(_Override, frozen=True, kw_only=True, tag="silence"):
    """A silence: faults are told when it ends."""


class MaintenanceOverride(_Override, frozen=True, kw_only=True, tag="maintenance"):
    """Maintenance: faults are told when it ends."""


Override = TestOverride | DrillOverride | SilenceOverride | MaintenanceOverride
"""An override of any kind."""

Incident = FireIncident | FaultIncident | SupervisoryIncident | Override
"""An incident of any kind."""


class Incidents(Struct, frozen=True, kw_only=True):
    """The first incidents of a list: *total* are in all of it."""

    incidents: list[Incident]
    total: int
    limit: int


class ExplanationQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The language of an explanation."""

    lang: Language = "vi"


class ExplanationSentence(Struct, frozen=True, kw_only=True):
    """A sentence, and the moment that it is about."""

    at: Micros
    text: str


class Explanation(Struct, frozen=True, kw_only=True):
    """The events of an incident and their reasons, what is next if nobody acts, and how long it took.

    *milestones* are seconds from its opening to the first of each that was reached.
    """

    incident: IncidentId
    premises: Premises
    explanation: list[ExplanationSentence]
    next: list[ExplanationSentence]
    milestones: dict[str, float]
