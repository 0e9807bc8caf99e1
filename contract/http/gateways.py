"""Requests and answers about gateways, and the account of what they sent (docs/protocol.md, 8)."""

from msgspec import Struct

from contract.names import Name
from contract.times import Micros


class PremisesQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of which premises; of all if none is named."""

    premises: Name | None = None


class Queue(Struct, frozen=True, kw_only=True):
    """The entries that wait at a gateway for their receipt."""

    depth: int
    oldest_age_s: float


class GatewayCondition(Struct, frozen=True, kw_only=True):
    """A condition of a gateway, as the center found it."""

    reason: str
    since: Micros | None


class Difference(Struct, frozen=True, kw_only=True):
    """A point that gateway and registry do not agree on."""

    point: str
    reason: str


class Comparison(Struct, frozen=True, kw_only=True):
    """A gateway's points beside those of the registry, as of its inventory *at* a moment."""

    at: Micros
    registered: int
    configured: int
    never_heard: list[str]
    unconfigured: list[str]
    differences: list[Difference]


class Gateway(Struct, frozen=True, kw_only=True):
    """The state of a gateway, and its last word of itself; *comparison* once its inventory came.

    *access* is how it reaches the broker, or why it is refused there; *certificate_until* is the end of
    its certificate, where it has one.
    """

    premises: str
    gateway: str
    name: str
    registered: bool
    state: str
    heard_at: Micros | None
    clock_offset_s: float | None
    alarm: Queue | None
    telemetry: Queue | None
    lines: dict[str, str]
    points: dict[str, int]
    version: str
    conditions: list[GatewayCondition]
    comparison: Comparison | None
    access: str = "password"
    certificate_until: Micros | None = None


class Gateways(Struct, frozen=True, kw_only=True):
    """Every gateway that is registered or was heard."""

    gateways: list[Gateway]
