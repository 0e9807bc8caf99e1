"""Messages between alerting and its process for Apprise: one JSON object a line."""

from msgspec import Struct

from alerting.domain.notification.attempts import AttemptResult


class Order(Struct, frozen=True, tag="order"):
    """An attempt to make: a text for the service at *url*, ended after *timeout_s*.

    It enters *networks*, as the setting has them; None bounds nothing: the settings name this address.
    """

    id: int
    url: str
    title: str
    text: str
    timeout_s: float
    networks: tuple[str, ...] | None


class Cancel(Struct, frozen=True, tag="cancel"):
    """An attempt for which nobody waits any longer."""

    id: int


class Ready(Struct, frozen=True, tag="ready"):
    """The process has loaded Apprise and begins attempts at once."""


class Report(Struct, frozen=True, tag="report"):
    """The answer to an order."""

    id: int
    result: AttemptResult
    reason: str
