"""Topics: the direction and content of each (docs/protocol.md, 3)."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from contract.names import is_name

DEFAULT_ROOT = "tocsin/v1"

CENTER_LEVEL = "~center"
"""The name of the center where a topic names the premises; none of theirs can have it."""

MOST_REMEMBERED = 10_000
"""Topics that are remembered as parsed: each message of a gateway comes on one of a few."""


class Lane(StrEnum):
    """The two streams of a gateway; they share only the connection."""

    ALARM = "alarm"
    TELEMETRY = "telemetry"


class Leaf(StrEnum):
    """The last part of a topic, which tells its content."""

    ALARM = "alarm"
    TELEMETRY = "telemetry"
    PRESENCE = "presence"
    HEARTBEAT = "heartbeat"
    INVENTORY = "inventory"
    INVENTORY_REQUEST = "inventory/request"
    RECEIPT_ALARM = "receipt/alarm"
    RECEIPT_TELEMETRY = "receipt/telemetry"
    INCIDENT = "incident"
    RENEWAL = "renewal"
    CERTIFICATE = "certificate"


RECEIPT_OF = {Lane.ALARM: Leaf.RECEIPT_ALARM, Lane.TELEMETRY: Leaf.RECEIPT_TELEMETRY}


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of a gateway, without its root."""

    premises: str
    gateway: str
    leaf: Leaf

    def under(self, root: str) -> str:
        """Return the full topic below *root*."""
        return f"{root}/{self.premises}/{self.gateway}/{self.leaf}"


@lru_cache(MOST_REMEMBERED)
def parse_topic(text: str, root: str) -> Topic:
    """Return the topic that *text* is below *root*; raise ValueError if it is not one."""
    if not text.startswith(f"{root}/"):
        raise ValueError(f"topic {text!r} is not below {root!r}")
    premises, _, rest = text.removeprefix(f"{root}/").partition("/")
    gateway, _, leaf = rest.partition("/")
    if not is_name(premises) or not is_name(gateway):
        raise ValueError(f"topic {text!r} does not name a premises and a gateway")
    return Topic(premises, gateway, Leaf(leaf))


def topic_filter(leaf: Leaf, root: str) -> str:
    """Return the subscription to *leaf* of every gateway."""
    return f"{root}/+/+/{leaf}"
