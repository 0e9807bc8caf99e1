"""What the timeline says of a delivery that succeeded or failed."""

from alerting.domain.effects import Effect, Entry, Mark, Notice
from alerting.domain.events import DeliveryFailed, DeliverySucceeded


def attempted(event: DeliverySucceeded | DeliveryFailed) -> list[Effect]:
    """What is said of an attempt to tell a destination."""
    return _delivered(event) if isinstance(event, DeliverySucceeded) else _not_delivered(event)


def _delivered(event: DeliverySucceeded) -> list[Effect]:
    """The destination has it; the site learns that."""
    data = _of(event)
    entry = Entry(Mark.DELIVERED, event.told, data)
    return [entry, Notice(f"relayed_{event.told}", event.destination)]


def _not_delivered(event: DeliveryFailed) -> list[Effect]:
    """Every attempt is in the ledger; the timeline shows the 1st, 2nd, 4th, 8th and so on."""
    if event.attempt & (event.attempt - 1):
        return []
    data = _of(event)
    return [Entry(Mark.DELIVERY_FAILED, event.reason, data)]


def _of(event: DeliverySucceeded | DeliveryFailed) -> dict[str, str | int]:
    return {
        "delivery": event.delivery,
        "destination": event.destination,
        "channel": event.channel,
        "attempt": event.attempt,
    }
