"""The body of a webhook, and of the same notification over MQTT (docs/protocol.md, 7).

Unknown fields are ignored, so that a newer center is understood.
"""

from enum import StrEnum
from typing import Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from contract.ids import DeliveryId, IncidentId
from contract.incidents import Condition, IncidentKind, PointInFire, Premises, TestSignal
from contract.times import Micros


class NotificationKind(StrEnum):
    """The kinds of notification."""

    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    SPREAD = "spread"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    REOPENED = "reopened"
    DISPATCHED = "dispatched"
    ON_SCENE = "on_scene"
    UNDER_CONTROL = "under_control"
    CLOSED = "closed"
    APPROVAL = "approval"
    """A person asks a second one to approve that a fire is closed while points are still in fire."""
    FAULT = "fault"
    SUPERVISORY = "supervisory"
    TEST = "test"
    OVERRIDE = "override"
    """Protection is taken away for a while, is to be, or is back."""


class Cause(Struct, frozen=True, kw_only=True):
    """The signal that led to a notification."""

    gateway: str
    epoch: str
    seq: int
    name: str
    changed_at: Micros


Text = dict[str, str]
"""The notification in words, by language (ISO 639): always in Vietnamese and English."""


class Notification(Struct, frozen=True, kw_only=True, tag_field="kind"):
    """The fields of every notification; its ``kind`` is that of the incident.

    *audience* is the contact that it was sent to, *sequence* a number that rises with each delivery of
    the center; a notice from memory has none.
    """

    v: Literal[1]
    delivery: DeliveryId
    incident: IncidentId
    event: NotificationKind
    stage: int
    phase: str
    reason: str
    premises: Premises
    opened_at: Micros
    at: Micros
    text: dict[str, str]
    cause: Cause | UnsetType = UNSET
    audience: str | UnsetType = UNSET
    sequence: int | UnsetType = UNSET

    @property
    def kind(self) -> IncidentKind:
        """The kind of the incident, by which the structs are told apart."""
        return IncidentKind(str(self.__struct_config__.tag))


class FireNotification(Notification, frozen=True, kw_only=True, tag="fire"):
    """A notification about a fire; *exercise* in a drill, *call* is the telephone number for fires.

    *points* and *zones* are the first ones; *more_points* and *more_zones* count the rest. *new_points*
    are the latest of those that a spread is about.

    *recorded* is False, and absent otherwise, in a notice from memory: the center cannot store the fire
    now, nobody can acknowledge it, and the center notifies again, under another id, when it can.
    """

    exercise: bool
    zones: list[str]
    points: list[PointInFire]
    call: str
    more_points: int = 0
    more_zones: int = 0
    new_points: list[PointInFire] = []
    recorded: bool | UnsetType = UNSET


class TroubleNotification(Notification, frozen=True, kw_only=True):
    """A notification about what is out of order.

    *conditions* are the first since the incident was opened, those that still stand before the others;
    *more_conditions* counts the rest.
    """

    conditions: list[Condition]
    more_conditions: int = 0


class FaultNotification(TroubleNotification, frozen=True, kw_only=True, tag="fault"):
    """A notification about faults."""


class SupervisoryNotification(TroubleNotification, frozen=True, kw_only=True, tag="supervisory"):
    """A notification about supervisory signals."""


class _OverrideNotification(Notification, frozen=True, kw_only=True):
    """A notification about an override to its tester, with the latest *signals* of its points, or to all
    who learn of the order (``event`` is ``override``).

    *approved_by* is the second person. *approve_until* is there while one is waited for, and where
    nobody approved it: it is not in force.
    """

    zones: list[str]
    points: list[str]
    by: str
    tester: str | None
    note: str
    begins_at: Micros
    ends_at: Micros
    signals: list[TestSignal]
    approved_by: str | UnsetType = UNSET
    approve_until: Micros | UnsetType = UNSET


class TestNotification(_OverrideNotification, frozen=True, kw_only=True, tag="test"):
    """A notification about a test: a point said something, or it ends soon, or has ended."""


class DrillNotification(_OverrideNotification, frozen=True, kw_only=True, tag="drill"):
    """A notification about the end of a drill."""


class SilenceNotification(_OverrideNotification, frozen=True, kw_only=True, tag="silence"):
    """A notification about the end of a silence."""


class MaintenanceNotification(_OverrideNotification, frozen=True, kw_only=True, tag="maintenance"):
    """A notification about the end of maintenance."""


OverrideNotification = (
    TestNotification | DrillNotification | SilenceNotification | MaintenanceNotification
)
"""A notification about an override of any kind."""

Body = FireNotification | FaultNotification | SupervisoryNotification | OverrideNotification
"""The body of any webhook."""


class RemindedDutyOfPremises(Struct, frozen=True, kw_only=True):
    """A duty that a reminder names: the *premises* by name, the kind of *duty*, and the day."""

    premises: str
    duty: str
    due_on: str


class DutyReminder(Struct, frozen=True, kw_only=True, tag_field="kind", tag="duties"):
    """A reminder of duties that are due on or after *day*: about no incident, and no alarm."""

    v: Literal[1]
    delivery: DeliveryId
    event: Literal["reminder"]
    day: str
    at: Micros
    text: dict[str, str]
    duties: list[RemindedDutyOfPremises]
    audience: str | UnsetType = UNSET


class NoticedDraft(Struct, frozen=True, kw_only=True):
    """A *draft* of the registry, the *event* of it, and *by* whom that was."""

    draft: str
    event: str
    by: str


class DraftNotification(Struct, frozen=True, kw_only=True, tag_field="kind", tag="drafts"):
    """A notice about drafts of the registry: one waits for approval, or the reader's own has ended."""

    v: Literal[1]
    delivery: DeliveryId
    event: Literal["approval", "outcome"]
    at: Micros
    text: dict[str, str]
    drafts: list[NoticedDraft]
    audience: str | UnsetType = UNSET


_decoder: msgspec.json.Decoder[Body] = msgspec.json.Decoder(Body)
encode = msgspec.json.Encoder().encode


class BadWebhook(ValueError):
    """A body that is not a webhook of Tocsin; the text names the fault."""


def addressed(body: str, *, audience: str, sequence: int | None) -> str:
    """Return the JSON *body* with the contact that it is sent to, and the number of its delivery."""
    about: dict[str, str | int] = {"audience": audience}
    if sequence is not None:
        about["sequence"] = sequence
    return f"{body[:-1]},{encode(about)[1:].decode()}"


def check_audience(body: Body, receiver: str) -> None:
    """Check that *body* was meant for *receiver*; raises BadWebhook."""
    if body.audience != receiver:
        raise BadWebhook(f"the audience is not {receiver}; it was meant for somebody else")


def decode(payload: bytes) -> Body:
    """Return the body in *payload*; raises BadWebhook."""
    try:
        return _decoder.decode(payload)
    except (msgspec.MsgspecError, ValueError) as error:
        raise BadWebhook(f"the body is not a notification of version 1: {error}") from None
