"""The connections of a scenario: lines, MQTT sources, and the detectors on them."""

import unicodedata
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from contract.detectors import Dialect
from runtime.settings import Broker, Name, Part


class PtyConfig(Part):
    """A pseudo-terminal, in place of a serial port; *link* is where a symbolic link to it is made."""

    kind: Literal["pty"]
    name: Name
    link: Path | None = None


class TcpConfig(Part):
    """A TCP port that sends to every client, as serial device servers do; 0 is any free port."""

    kind: Literal["tcp"]
    name: Name
    host: str = "127.0.0.1"
    port: int = Field(0, ge=0, le=65535)


class PanelConfig(Part):
    """A fire panel that judges its detectors itself, at a TCP port as a serial device server offers it.

    It *speaks* the language of pagers (``espa``), or prints (``printer``).
    """

    kind: Literal["panel"]
    name: Name
    speaks: Literal["espa", "printer"] = "espa"
    host: str = "127.0.0.1"
    port: int = Field(0, ge=0, le=65535)


class PolledConfig(Part):
    """Tocsin's own detectors on one RS-485 pair, asked in turn, at a TCP port as of a device server."""

    kind: Literal["polled"]
    name: Name
    host: str = "127.0.0.1"
    port: int = Field(0, ge=0, le=65535)


class ModbusConfig(Part):
    """Input modules on a Modbus bus, eight inputs each: every detector closes a dry contact in alarm.

    They are at a TCP port, as of a device server (*transport* ``rtu``) or with Modbus TCP.
    """

    kind: Literal["modbus"]
    name: Name
    transport: Literal["rtu", "tcp"] = "rtu"
    host: str = "127.0.0.1"
    port: int = Field(0, ge=0, le=65535)


class DiallerConfig(Part):
    """A fire panel that judges its detectors itself, and whose dialler reports over SIA DC-09.

    It reports as *account* to the receiver at *host* and *port*; its zones are its points in their
    order, from 1.
    """

    kind: Literal["dialler"]
    name: Name
    account: str = Field(pattern=r"^[0-9A-Fa-f]{1,16}$")
    # Hexadecimal digits, as at the receiver; without one, nothing is encrypted.
    key: str | None = Field(None, pattern=r"^([0-9A-Fa-f]{32}|[0-9A-Fa-f]{48}|[0-9A-Fa-f]{64})$")
    host: str = "127.0.0.1"
    port: int = Field(6_500, ge=1, le=65_535)
    poll_s: float = Field(60.0, gt=0)


class GbtConfig(Part):
    """A fire panel that judges its detectors itself, and whose transmitter reports over GB/T 26875.3.

    It reports from its source *address* to the receiver at *host* and *port*; its components are its
    points in their order, from 1.1.
    """

    kind: Literal["gbt"]
    name: Name
    # Hexadecimal digits, as at the receiver.
    address: str = Field(pattern=r"^[0-9A-Fa-f]{1,12}$")
    host: str = "127.0.0.1"
    port: int = Field(6_501, ge=1, le=65_535)
    udp: bool = False
    heartbeat_s: float = Field(20.0, gt=0)
    # Of its clock, which tells the time on the wall.
    utc_offset_h: float = Field(7.0, ge=-12, le=14)


LineConfig = Annotated[
    PtyConfig | TcpConfig | PanelConfig | PolledConfig | ModbusConfig | DiallerConfig | GbtConfig,
    Field(discriminator="kind"),
]
"""A line to which detectors are wired, or the panel or module to which they are."""


class SourceConfig(Part):
    """Detectors with MQTT of their own, on a broker of the site (docs/protocol.md, 5)."""

    name: Name
    dialect: Dialect
    root: str = Field(pattern=r"^[^/#+\s]+(/[^/#+\s]+)*$")
    broker: Broker = Broker()
    # Well under the 90 s of a radio point (EN 54-25: silent after 300 s, so three beats and some).
    report_every_s: float = Field(30.0, gt=0)


class SimulatedDetectorKind(StrEnum):
    """Kind of a detector."""

    SMOKE = "smoke"
    HEAT = "heat"
    CO = "co"
    MULTI = "multi"
    MANUAL = "manual"
    ZIGBEE = "zigbee"


Finite = Annotated[float, Field(allow_inf_nan=False)]

Position = Annotated[
    tuple[Finite, Finite], Field(description="x and y in meters from the room's corner")
]


def _topic_level(text: str) -> str:
    """Return *text* composed; raises ValueError if no MQTT topic can hold it."""
    if any(each in "+#" or not each.isprintable() for each in text):
        raise ValueError("an MQTT topic cannot hold +, # or control characters; rename the detector")
    return unicodedata.normalize("NFC", text)


Address = Annotated[str, Field(min_length=1, max_length=128), AfterValidator(_topic_level)]
"""The name that a detector gives itself; a bridge accepts what people call it, such as "Kiốt 1"."""


class PointConfig(Part):
    """One detector, on a line or at a source.

    *ambient* is its value when nothing happens and *spread* the most that noise adds or takes,
    in dB/m (smoke, zigbee), degC (heat) or ppm (co); the kind has defaults for both. It hangs below the
    ceiling of *room*, *at* a place in meters from the room's corner; without a room no fire reaches it.
    *rti* is the response time index of its heat element in (m s)^(1/2).
    """

    address: Address
    # In recordings; needed only where the address is not a name of a-z, 0-9 and -.
    name: Name | None = None
    kind: SimulatedDetectorKind
    line: Name | None = None
    source: Name | None = None
    room: Name | None = None
    at: Position | None = None
    ambient: float | None = Field(None, allow_inf_nan=False)
    spread: float | None = Field(None, ge=0, allow_inf_nan=False)
    # Spot heat detectors of EN 54-5 class A1 lie at 10 to 50.
    rti: float = Field(25.0, gt=0, le=1000, allow_inf_nan=False)
