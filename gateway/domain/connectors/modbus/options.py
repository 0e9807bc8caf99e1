"""Options of a bus: its devices, and their times."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from gateway.domain.connectors.modbus.profile import RegisterMap


class ModbusTransport(StrEnum):
    """The framing: RTU on a serial bus and behind plain serial servers, TCP to a device or a gateway."""

    RTU = "rtu"
    TCP = "tcp"


class DeviceOptions(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A device: its *unit* on the bus, and what its registers mean.

    *unused* are addresses of its profile to which nothing is connected. It is lost after *retries* more
    requests than one without an answer within *timeout_s*.
    """

    name: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,31}$")]
    unit: Annotated[int, Meta(ge=0, le=255)]
    profile: RegisterMap
    poll_s: Annotated[float, Meta(ge=0.05, le=60.0)] = 2.0
    timeout_s: Annotated[float, Meta(ge=0.02, le=10.0)] = 0.5
    retries: Annotated[int, Meta(ge=0, le=10)] = 2
    unused: tuple[str, ...] = ()


class ModbusOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Options of the connector.

    *gap_s* is the silence between an answer and the next request: three and a half characters at least.
    *repeat_s* is how often the state of a point is told without a change, as its sign of life.
    """

    devices: Annotated[tuple[DeviceOptions, ...], Meta(min_length=1, max_length=247)]
    transport: ModbusTransport = ModbusTransport.RTU
    gap_s: Annotated[float, Meta(ge=0.0, le=1.0)] = 0.005
    repeat_s: Annotated[float, Meta(ge=1.0, le=60.0)] = 30.0
