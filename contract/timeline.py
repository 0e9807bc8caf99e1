"""Entries of timelines, as the feed and the answers about an incident carry them (docs/protocol.md)."""

from enum import StrEnum

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from contract.ids import DeliveryId, IncidentId
from contract.incidents import IncidentKind
from contract.times import Micros


class TimelineEvent(StrEnum):
    """The event of an entry; also its name in the feed."""

    SIGNAL = "signal"
    PRESENCE = "presence"
    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    SPREAD = "spread"
    POINT = "point"
    ESCALATED = "escalated"
    STAGE_SKIPPED = "stage_skipped"
    SEEN = "seen"
    ANSWERED = "answered"
    ACKNOWLEDGED = "acknowledged"
    REOPENED = "reopened"
    DISPATCHED = "dispatched"
    ON_SCENE = "on_scene"
    UNDER_CONTROL = "under_control"
    STEP_SKIPPED = "step_skipped"
    NOTE = "note"
    CALL = "call"
    HAND_OVER = "hand_over"
    PROCEDURE = "procedure"
    CLOSED = "closed"
    TROUBLE = "trouble"
    NOTIFIED = "notified"
    OVERRIDE = "override"
    APPROVAL = "approval"
    TESTED = "tested"
    SUPPRESSED = "suppressed"
    DELIVERED = "delivered"
    MERGED = "merged"
    DELIVERY_FAILED = "delivery_failed"
    CLOCK = "clock"
    CENTER = "center"
    AUDIT = "audit"


class Entry(Struct, frozen=True, kw_only=True):
    """An entry of a timeline. *kind* is that of its *incident*; both are null where it has none.

    *event* is one of ``TimelineEvent``, or what a newer center calls it. *data* has more, by event: the
    fields of the struct in ``DATA``.
    """

    id: int
    at: Micros
    premises: str
    incident: IncidentId | None
    kind: IncidentKind | None
    event: str
    reason: str
    data: Raw


class SignalData(Struct, frozen=True, kw_only=True):
    """The signal of a *gateway*; of ``number_used_again`` only its number."""

    gateway: str
    epoch: str
    seq: int
    kind: str | UnsetType = UNSET
    edge: str | UnsetType = UNSET
    scope: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    quantity: str | UnsetType = UNSET
    value: float | UnsetType = UNSET
    changed_at: Micros | UnsetType = UNSET
    committed_at: Micros | UnsetType = UNSET
    received_at: Micros | UnsetType = UNSET


class PresenceData(Struct, frozen=True, kw_only=True):
    """The presence of a *gateway* as it came or went."""

    gateway: str
    version: str
    said_at: Micros


class SuspectedData(Struct, frozen=True, kw_only=True):
    """The point that raised a suspicion, and the *policy* that is followed."""

    gateway: str
    name: str
    zone: str | None
    policy: str


class ConfirmedData(Struct, frozen=True, kw_only=True):
    """The point that confirmed the fire; *unavailable_partners*, and *more*, could not have."""

    name: str
    policy: str
    unavailable_partners: list[str] | UnsetType = UNSET
    more: int | UnsetType = UNSET


class UnconfirmedData(Struct, frozen=True, kw_only=True):
    """The points in fire that nothing confirmed, the first by name, or who is notified of them again."""

    policy: str | UnsetType = UNSET
    names: list[str] | UnsetType = UNSET
    more: int | UnsetType = UNSET
    notify: list[str] | UnsetType = UNSET


class PointData(Struct, frozen=True, kw_only=True):
    """A point in fire; nothing where the entry is about all of them."""

    gateway: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    zone: str | UnsetType | None = UNSET


class EscalatedData(Struct, frozen=True, kw_only=True):
    """The recipients at a *stage* of the policy, notified for the *turn*-th time.

    *planned_for* is its time by the policy, where it went out before that.
    """

    stage: int
    notify: list[str]
    turn: int | UnsetType = UNSET
    planned_for: Micros | UnsetType = UNSET


class SkippedStageData(Struct, frozen=True, kw_only=True):
    """The recipients skipped at a *stage*."""

    stage: int
    notify: list[str]


class _Act(Struct, frozen=True, kw_only=True):
    """The actor beyond the name: the *account*, in its *role* and at its *place*, on some *evidence*.

    Entries of older versions have none of these.
    """

    account: str | UnsetType = UNSET
    role: str | UnsetType = UNSET
    place: str | UnsetType = UNSET
    evidence: str | UnsetType = UNSET
    note: str | UnsetType = UNSET


class ActorData(_Act, frozen=True, kw_only=True):
    """The person who acted, and how that is known."""

    by: str


class AnsweredData(ActorData, frozen=True, kw_only=True):
    """The information of a *contact*, called *by*: its *weight*, and the *way* by which it came.

    *people* are inside where that was said; *text* is what was written in other words.
    """

    contact: str
    weight: str
    way: str
    people: int | UnsetType = UNSET
    text: str | UnsetType = UNSET


class SeenData(ActorData, frozen=True, kw_only=True):
    """The person who has seen it, and the *contact* of the registry that this is, if any."""

    contact: str | UnsetType = UNSET


class StepData(ActorData, frozen=True, kw_only=True):
    """The person who reported a step, and its *units* and *means*; *forces* are their names, and those
    in words. *without_unit* is there where a dispatch names nobody.
    """

    units: list[str] | UnsetType = UNSET
    means: list[str] | UnsetType = UNSET
    forces: list[str] | UnsetType = UNSET
    without_unit: bool | UnsetType = UNSET


class SkippedStepData(ActorData, frozen=True, kw_only=True):
    """The person who skipped the *step* of an incident, and why: its *text*."""

    step: str
    text: str


class NoteData(ActorData, frozen=True, kw_only=True):
    """The person who wrote a note, and its *text*."""

    text: str


class CallData(ActorData, frozen=True, kw_only=True):
    """The person who called *whom*, a registered *contact* or not; whether that one *answered*, and what
    was *said*.
    """

    whom: str
    answered: bool
    contact: str | UnsetType = UNSET
    said: str | UnsetType = UNSET


class HandOverData(ActorData, frozen=True, kw_only=True):
    """The person who offers an incident *to* another one, accepts it from its *owner*, or declines."""

    to: str
    owner: str | UnsetType = UNSET


class ProcedureData(ActorData, frozen=True, kw_only=True):
    """The person who checked or skipped the step *item* of the procedure, which says *text*."""

    item: str
    text: str
    why_skipped: str | UnsetType = UNSET


class ReopenedData(Struct, frozen=True, kw_only=True):
    """The former owner, and the phase in which they left the incident."""

    owner: str | None
    after: str


class ClosedData(_Act, frozen=True, kw_only=True):
    """The outcome, the *cause* if known, who closed it, and the first points that were left in fire.

    Where two persons did, *by* is the second one, and *asked_by* the first.
    """

    outcome: str
    cause: str | UnsetType = UNSET
    by: str | UnsetType = UNSET
    asked_by: str | UnsetType = UNSET
    standing: list[str] | UnsetType = UNSET
    more: int | UnsetType = UNSET


class TroubleData(Struct, frozen=True, kw_only=True):
    """The *condition* that began or ended."""

    gateway: str
    scope: str
    name: str
    kind: str
    condition: str
    policy: str | UnsetType = UNSET


class NotifiedData(Struct, frozen=True, kw_only=True):
    """The recipients of a trouble at a *stage* of the policy."""

    notify: list[str]
    stage: int | UnsetType = UNSET


class OverrideData(_Act, frozen=True, kw_only=True):
    """The order of an override, and its end."""

    by: str
    until: Micros
    zones: list[str]
    points: list[str]


class ApprovalData(_Act, frozen=True, kw_only=True):
    """The person who asks a second one to approve an act *until* then, or who approves it.

    *outcome* is the one that a fire is to be closed with. Who refuses or replaces what *asked_by* asked
    for is *by*; *text* is the reason of a refusal.
    """

    by: str
    asked_by: str | UnsetType = UNSET
    text: str | UnsetType = UNSET
    until: Micros | UnsetType = UNSET
    outcome: str | UnsetType = UNSET


class TestSignalData(Struct, frozen=True, kw_only=True):
    """A point on test that said something."""

    name: str
    kind: str


class SuppressedData(Struct, frozen=True, kw_only=True):
    """A recipient notified later: not before *until*, because of *suppressed_by*."""

    destination: str
    until: Micros
    suppressed_by: str


class DeliveryData(Struct, frozen=True, kw_only=True):
    """An attempt to notify somebody; *event* is what of, where the attempt succeeded."""

    delivery: DeliveryId
    destination: str
    channel: str
    attempt: int
    stage: int | UnsetType = UNSET


class MergedData(Struct, frozen=True, kw_only=True):
    """The *events* that one message tells together."""

    destination: str
    channel: str
    events: list[str]


class ClockData(Struct, frozen=True, kw_only=True):
    """The clock of a *gateway* that was not believed: *taken_as* counts."""

    gateway: str
    changed_at: Micros
    taken_as: Micros


class CenterData(Struct, frozen=True, kw_only=True):
    """The database that was *set_aside*, and whether the registry could be kept."""

    set_aside: str
    registry: bool


class AuditData(Struct, frozen=True, kw_only=True):
    """A head of the audit chain that the center signed: the *hash* of a *block*."""

    block: int
    signed_at: Micros
    hash: str
    public_key: str
    signature: str


DATA: dict[TimelineEvent, type[Struct]] = {
    TimelineEvent.SIGNAL: SignalData,
    TimelineEvent.PRESENCE: PresenceData,
    TimelineEvent.SUSPECTED: SuspectedData,
    TimelineEvent.CONFIRMED: ConfirmedData,
    TimelineEvent.UNCONFIRMED: UnconfirmedData,
    TimelineEvent.SPREAD: PointData,
    TimelineEvent.POINT: PointData,
    TimelineEvent.ESCALATED: EscalatedData,
    TimelineEvent.STAGE_SKIPPED: SkippedStageData,
    TimelineEvent.SEEN: SeenData,
    TimelineEvent.ANSWERED: AnsweredData,
    TimelineEvent.ACKNOWLEDGED: ActorData,
    TimelineEvent.REOPENED: ReopenedData,
    TimelineEvent.DISPATCHED: StepData,
    TimelineEvent.ON_SCENE: StepData,
    TimelineEvent.UNDER_CONTROL: StepData,
    TimelineEvent.STEP_SKIPPED: SkippedStepData,
    TimelineEvent.NOTE: NoteData,
    TimelineEvent.CALL: CallData,
    TimelineEvent.HAND_OVER: HandOverData,
    TimelineEvent.PROCEDURE: ProcedureData,
    TimelineEvent.CLOSED: ClosedData,
    TimelineEvent.TROUBLE: TroubleData,
    TimelineEvent.NOTIFIED: NotifiedData,
    TimelineEvent.OVERRIDE: OverrideData,
    TimelineEvent.APPROVAL: ApprovalData,
    TimelineEvent.TESTED: TestSignalData,
    TimelineEvent.SUPPRESSED: SuppressedData,
    TimelineEvent.DELIVERED: DeliveryData,
    TimelineEvent.MERGED: MergedData,
    TimelineEvent.DELIVERY_FAILED: DeliveryData,
    TimelineEvent.CLOCK: ClockData,
    TimelineEvent.CENTER: CenterData,
    TimelineEvent.AUDIT: AuditData,
}
"""The fields of an entry's *data*, by its event."""

encode = msgspec.json.Encoder().encode
