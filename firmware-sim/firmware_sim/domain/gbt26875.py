"""Write what a transmitter of GB/T 26875.3 sends, and read what a center answers.

Written from the same public sources as the receiver (docs/connecting.md), and apart from it: the two
share no line, so that a mistake of one is seen by the other.
"""

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

CONTROL, SEND, CONFIRM, REQUEST, ANSWER, DENY = 1, 2, 3, 4, 5, 6

_WORDS = {CONTROL: "CONTROL", CONFIRM: "CONFIRM", REQUEST: "REQUEST", ANSWER: "ANSWER", DENY: "DENY"}

NORMAL = 1 << 0
"""Bit of a state; the others are in gbt_events.py."""

_SET_CLOCK = bytes([90, 1])

_HEAD = struct.Struct("<HBB6s6s6sHB")
_SMOKE = 40


@dataclass(frozen=True, slots=True)
class CenterFrame:
    """A sound frame of a center."""

    serial: int
    command: int
    unit: bytes

    @property
    def word(self) -> str:
        """The name of its command."""
        return _WORDS.get(self.command, f"command {self.command}")

    @property
    def ordered_time(self) -> str:
        """The time to which it orders to set the clock; empty if it does not."""
        if self.command != CONTROL or self.unit[:2] != _SET_CLOCK or len(self.unit) != 8:
            return ""
        second, minute, hour, day, month, year = self.unit[2:]
        return f"20{year:02}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"


@dataclass(frozen=True, slots=True)
class GbtTransmitter:
    """A transmitter at *address*, of hexadecimal digits, whose clock is off by *clock_off_s*."""

    address: str
    center: str = "15B38"
    utc_offset_s: float = 7 * 3_600.0
    clock_off_s: float = 0.0

    def frame(self, serial: int, unit: bytes = b"", *, at: float, command: int = SEND) -> bytes:
        """Return a frame with *unit* that is sent at *at*, in seconds since 1970."""
        own, center = (int(each, 16).to_bytes(6, "little") for each in (self.address, self.center))
        head = _HEAD.pack(serial, 1, 1, self.tag(at), own, center, len(unit), command)
        return b"@@" + head + unit + bytes([sum(head + unit) % 256]) + b"##"

    def component(
        self, state: int, component: str, *, at: float, kind: int = _SMOKE, system: str = "1.1"
    ) -> bytes:
        """Return the unit that tells the *state* of a component, such as ``10.2``."""
        zone, position = map(int, component.split("."))
        system_kind, number = map(int, system.split("."))
        body = struct.pack("<BBBHHH", system_kind, number, kind, zone, position, state)
        return b"\x02\x01" + body + "烟感".encode("gb18030").ljust(31, b"\0") + self.tag(at)

    def analogs(self, values: Iterable[tuple[str, int, int]], *, at: float, age_s: float = 0.0) -> bytes:
        """Return the unit that tells *values*, each a component, its analog type and a number.

        They were sampled *age_s* before.
        """
        objects = []
        for component, kind, raw in values:
            zone, position = map(int, component.split("."))
            body = struct.pack("<BBBHHBh", 1, 1, _SMOKE, zone, position, kind, raw)
            objects.append(body + self.tag(at - age_s))
        return bytes([3, len(objects)]) + b"".join(objects)

    def system(self, state: int, *, at: float, system: str = "1.1") -> bytes:
        """Return the unit that tells the *state* of a system."""
        system_kind, number = map(int, system.split("."))
        return b"\x01\x01" + struct.pack("<BBH", system_kind, number, state) + self.tag(at)

    def device(self, state: int, *, at: float) -> bytes:
        """Return the unit that tells the *state* of the transmitter itself."""
        return bytes([21, 1, state]) + self.tag(at)

    def panel_reset(self, *, at: float) -> bytes:
        """Return the unit that tells that somebody reset the panel."""
        return bytes([4, 1, 1, 1, 1, 0]) + self.tag(at)

    def tag(self, at: float) -> bytes:
        """Return *at* by its clock."""
        local = datetime.fromtimestamp(at + self.clock_off_s + self.utc_offset_s, UTC)
        date = local.day, local.month, local.year % 100
        return bytes([local.second, local.minute, local.hour, *date])


def read_center(data: bytes) -> list[CenterFrame]:
    """Return the sound frames in *data*."""
    found: list[CenterFrame] = []
    begin = data.find(b"@@")
    while begin >= 0 and len(data) >= begin + 30:
        serial, *_, length, command = _HEAD.unpack_from(data, begin + 2)
        end = begin + 27 + length
        summed = data[begin + 2 : end]
        if data[end : end + 3] == bytes([sum(summed) % 256]) + b"##":
            found.append(CenterFrame(serial, command, data[begin + 27 : end]))
            begin = data.find(b"@@", end + 3)
        else:
            begin = data.find(b"@@", begin + 1)
    return found


def damaged(frame: bytes) -> bytes:
    """Return *frame* with another byte in its unit, so that its sum is wrong."""
    return re.sub(rb"(?s)(.)(.##)\Z", lambda match: bytes([match[1][0] ^ 1]) + match[2], frame)
