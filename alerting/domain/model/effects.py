"""Effects of a decision, carried out in the transaction that stores it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from alerting.domain.model.incident import NOT_ACKNOWLEDGED, STILL_NOT_ACKNOWLEDGED, Incident
from contract import timeline
from contract.ids import DeliveryId
from contract.times import Micros
from registry.model.templates import NotificationKind

DEFERRABLE = frozenset(
    {
        NotificationKind.FAULT,
        NotificationKind.SUPERVISORY,
        NotificationKind.TEST,
        NotificationKind.OVERRIDE,
    }
)
"""Kinds that can wait: sent after everything about a fire, over one channel at a time."""


ADVANCES = frozenset(
    {
        NotificationKind.ACKNOWLEDGED,
        NotificationKind.DISPATCHED,
        NotificationKind.ON_SCENE,
        NotificationKind.UNDER_CONTROL,
        NotificationKind.CLOSED,
        NotificationKind.APPROVAL,
    }
)
"""Kinds that report the progress of a fire, to those who act on it or asked for it."""


TimelineEvent = timeline.TimelineEvent
"""The event of a timeline entry, as every interface names it."""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """An entry of the timeline: the event and its named reason."""

    event: TimelineEvent
    reason: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordedEntry:
    """An entry of the timeline as it was recorded, by this version or an older one."""

    at: Micros
    event: str
    reason: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SetDeadline:
    """Wake this incident at *due*; replaces the deadline with the same *key*."""

    key: str
    due: Micros


@dataclass(frozen=True, slots=True)
class CancelDeadline:
    """Drop the deadline *key* of this incident."""

    key: str


@dataclass(frozen=True, slots=True)
class Cause:
    """The signal that led to a notification."""

    gateway: str
    epoch: str
    seq: int
    name: str
    changed_at: Micros


@dataclass(frozen=True, slots=True)
class Notify:
    """Notify *destination* of *kind*, for the *turn*-th time, with *incident* as it was at that moment.

    A *minor* one goes only to those who act on the incident or asked for progress.
    """

    kind: NotificationKind
    stage: int
    destination: str
    reason: str
    incident: Incident
    at: Micros
    turn: int = 1
    cause: Cause | None = None
    channels: tuple[str, ...] = ()
    minor: bool = False

    @property
    def supersedes_earlier(self) -> bool:
        """Whether it says all that an undelivered earlier one of its kind said.

        Everything else of a fire that waits for one person is merged as it is sent:
        ``alerting.store.merging``.
        """
        if self.kind in DEFERRABLE:
            return self.turn > 1
        if self.kind is NotificationKind.UNCONFIRMED:
            return self.reason in {NOT_ACKNOWLEDGED, STILL_NOT_ACKNOWLEDGED}
        return self.kind is NotificationKind.SPREAD or (
            self.kind is NotificationKind.ESCALATED and self.turn > 1
        )

    @property
    def to_participants_only(self) -> bool:
        """Whether it goes only to those who act on the incident, or asked for progress."""
        return self.minor or self.kind in ADVANCES

    @property
    def id(self) -> DeliveryId:
        """The id of the delivery, here and at the destination; without the full stops of a signature."""
        what = self.kind.value if self.turn == 1 else f"{self.kind.value}-{self.turn}"
        return DeliveryId(f"{self.incident.id}/{what}/{self.stage}/{self.destination}")


@dataclass(frozen=True, slots=True)
class SiteNotice:
    """Show the phase of the incident at the site: the person *by* acted, or *recipient* was notified."""

    reason: str
    by: str | None = None
    recipient: str | None = None


class Refusal(StrEnum):
    """The reason why an operator's action was refused."""

    OWNED_BY_ANOTHER = "owned_by_another"
    OUT_OF_ORDER = "out_of_order"
    ALREADY_CLOSED = "already_closed"
    SAME_PERSON = "same_person"
    NOTHING_TO_APPROVE = "nothing_to_approve"
    POINTS_IN_FIRE = "points_in_fire"
    WAITS_FOR_APPROVAL = "waits_for_approval"
    NOBODY_OWNS_IT = "nobody_owns_it"
    NOT_OFFERED = "not_offered"
    ALREADY_YOURS = "already_yours"
    CHECKED_BY_ANOTHER = "checked_by_another"
    NOBODY_TO_ACCEPT = "nobody_to_accept"


@dataclass(frozen=True, slots=True)
class RefuseAction:
    """The action is refused; *owner* has the incident, closed it, or asked for what waits *since*."""

    refusal: Refusal
    owner: str
    since: Micros | None = None


Effect = TimelineEntry | SetDeadline | CancelDeadline | Notify | SiteNotice | RefuseAction
