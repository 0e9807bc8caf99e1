"""Answers of a channel to an attempt to notify a contact, and their timeline events."""

from dataclasses import dataclass
from enum import StrEnum

from alerting.domain.model.effects import Effect, SiteNotice, TimelineEntry, TimelineEvent
from alerting.domain.model.events import DeliveryFailed, DeliverySucceeded

LONGEST_REASON = 500
"""Characters of a reason that are kept."""


class AttemptResult(StrEnum):
    """The result of an attempt."""

    DELIVERED = "delivered"
    #: The other end answered, and the same message will not be taken as it is.
    REFUSED = "refused"
    #: The other end answered that it cannot now.
    TRY_LATER = "try_later"
    #: Nobody answered, or not in time.
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class ChannelAnswer:
    """The result of an attempt and its *reason*, which any database can store."""

    result: AttemptResult
    reason: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", _storable(self.reason))


def timeline_of_attempt(event: DeliverySucceeded | DeliveryFailed) -> list[Effect]:
    """Return the timeline entries of an attempt to notify a destination."""
    return _delivered(event) if isinstance(event, DeliverySucceeded) else _not_delivered(event)


def _delivered(event: DeliverySucceeded) -> list[Effect]:
    """Return the entry of a delivery, and the notice of it for the site."""
    data = _of(event)
    entry = TimelineEntry(TimelineEvent.DELIVERED, event.kind, data)
    return [entry, SiteNotice(f"relayed_{event.kind}", recipient=event.destination)]


def _not_delivered(event: DeliveryFailed) -> list[Effect]:
    """Return the entry of the 1st, 2nd, 4th, 8th failure and so on; the ledger has every attempt."""
    if event.attempt & (event.attempt - 1):
        return []
    data = _of(event)
    return [TimelineEntry(TimelineEvent.DELIVERY_FAILED, event.reason, data)]


def _of(event: DeliverySucceeded | DeliveryFailed) -> dict[str, str | int]:
    return {
        "delivery": event.delivery,
        "destination": event.destination,
        "channel": event.channel,
        "attempt": event.attempt,
    }


def _storable(text: str) -> str:
    """Return *text* as any database stores it."""
    return text.encode(errors="replace").decode().replace("\0", "?")[:LONGEST_REASON]
