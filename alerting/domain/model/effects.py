"""What a decision wants done, in the one transaction that stores it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from alerting.domain.model.incident import NOT_ACKNOWLEDGED, STILL_NOT_ACKNOWLEDGED, Incident
from contract import timeline
from contract.times import Micros
from registry.model.templates import NotificationKind

DEFERRABLE = frozenset({NotificationKind.FAULT, NotificationKind.SUPERVISORY, NotificationKind.TEST})
"""What can wait: it is told after everything about a fire, by one channel at a time."""


ADVANCES = frozenset(
    {
        NotificationKind.ACKNOWLEDGED,
        NotificationKind.DISPATCHED,
        NotificationKind.ON_SCENE,
        NotificationKind.UNDER_CONTROL,
        NotificationKind.CLOSED,
    }
)
"""Events that tell what became of a fire, to whoever acts or asked for it."""


TimelineEvent = timeline.TimelineEvent
"""What an entry of a timeline is, as every interface names it."""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """A line of the timeline: what happened, and the named reason."""

    event: TimelineEvent
    reason: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetDeadline:
    """Wake this incident at *due*; replaces the deadline with the same *key*."""

    key: str
    due: Micros


@dataclass(frozen=True, slots=True)
class CancelDeadline:
    """Do not wake this incident for *key* any more."""

    key: str


@dataclass(frozen=True, slots=True)
class Cause:
    """The signal that led to a relay."""

    gateway: str
    epoch: str
    seq: int
    name: str
    changed_at: Micros


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell *destination* of *kind*, for the *turn*-th time; the case *incident* is as it was then.

    What is *minor* is told to whoever acts or asked for it, as is all progress.
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
        """Whether it says all that an earlier one of its kind said which was not received yet.

        Whatever else of a fire waits for one person is folded as it is told: ``adapters.folding``.
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
        """Whether it goes only to whoever acts, or asked to be told of progress."""
        return self.minor or self.kind in ADVANCES

    @property
    def id(self) -> str:
        """The id of the delivery, here and at the destination; without the full stops of a signature."""
        what = self.kind.value if self.turn == 1 else f"{self.kind.value}-{self.turn}"
        return f"{self.incident.id}/{what}/{self.stage}/{self.destination}"


@dataclass(frozen=True, slots=True)
class SiteNotice:
    """Show the life of the incident at the site."""

    reason: str
    by: str | None = None


class Refusal(StrEnum):
    """Why a person's wish was not followed."""

    OWNED_BY_ANOTHER = "owned_by_another"
    OUT_OF_ORDER = "out_of_order"
    ALREADY_CLOSED = "already_closed"


@dataclass(frozen=True, slots=True)
class RefuseAction:
    """The wish is not followed; *owner* is who has or ended the incident."""

    refusal: Refusal
    owner: str


Effect = TimelineEntry | SetDeadline | CancelDeadline | Notify | SiteNotice | RefuseAction
