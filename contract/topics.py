"""Topics: who speaks to whom, and under which name (docs/protocol.md, 3)."""

from dataclasses import dataclass
from enum import StrEnum

from contract.names import is_name

DEFAULT_ROOT = "tocsin/v1"


class Lane(StrEnum):
    """The two streams that leave a gateway; they share the connection and nothing else."""

    ALARM = "alarm"
    TELEMETRY = "telemetry"


class Leaf(StrEnum):
    """The last part of a topic: what its messages are."""

    ALARM = "alarm"
    TELEMETRY = "telemetry"
    PRESENCE = "presence"
    HEARTBEAT = "heartbeat"
    POINTS = "points"
    POINTS_REQUEST = "points/request"
    RECEIPT_ALARM = "receipt/alarm"
    RECEIPT_TELEMETRY = "receipt/telemetry"
    INCIDENT = "incident"


RECEIPT_OF = {Lane.ALARM: Leaf.RECEIPT_ALARM, Lane.TELEMETRY: Leaf.RECEIPT_TELEMETRY}


@dataclass(frozen=True, slots=True)
class Topic:
    """One gateway's topic, without its root."""

    premises: str
    gateway: str
    leaf: Leaf

    def under(self, root: str) -> str:
        """The topic as it is published, below *root*."""
        return f"{root}/{self.premises}/{self.gateway}/{self.leaf}"


def parse(text: str, root: str) -> Topic:
    """The topic that *text* is below *root*; raises ValueError if it is none of Tocsin's."""
    if not text.startswith(f"{root}/"):
        raise ValueError(f"topic {text!r} is not below {root!r}")
    premises, _, rest = text.removeprefix(f"{root}/").partition("/")
    gateway, _, leaf = rest.partition("/")
    if not is_name(premises) or not is_name(gateway):
        raise ValueError(f"topic {text!r} does not name a premises and a gateway")
    return Topic(premises, gateway, Leaf(leaf))


def every(leaf: Leaf, root: str) -> str:
    """The subscription to *leaf* of every gateway."""
    return f"{root}/+/+/{leaf}"
