"""Find frames of GB/T 26875.3 in bytes as they come, and write them.

A frame is ``@@``, a head of 25 bytes, the data unit, the sum of head and unit, ``##``. Numbers have
their low byte first. Neither sign is kept out of the unit, so a beginning is believed only together
with its end and its sum; a sound frame behind what only looks like a beginning never waits for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from receiver.domain.faults import FrameFault
from receiver.domain.frame_splitter import UnsoundBytes

BEGIN, END = b"@@", b"##"
LONGEST_UNIT = 1_024
LONGEST_FRAME = 30 + LONGEST_UNIT

_UNIT_AT = 27
_TAIL = 3
_BLANK = b"\r\n \x00"


class GbtHead(NamedTuple):
    """The head of a frame, but for the length: *source* and *destination* are 6 bytes as numbers.

    *version* and *tag*, the time at which it was sent, are bytes as they stand.
    """

    serial: int
    version: bytes
    tag: bytes
    source: int
    destination: int
    command: int


@dataclass(frozen=True, slots=True)
class GbtFrame:
    """A frame whose length, end and sum are right; *raw* is the frame, as it came."""

    head: GbtHead
    unit: bytes
    raw: bytes


def write_frame(head: GbtHead, unit: bytes = b"") -> bytes:
    """Return the frame of *head* and *unit*."""
    summed = b"".join(
        (
            head.serial.to_bytes(2, "little"),
            head.version,
            head.tag,
            head.source.to_bytes(6, "little"),
            head.destination.to_bytes(6, "little"),
            len(unit).to_bytes(2, "little"),
            bytes([head.command]),
            unit,
        )
    )
    return BEGIN + summed + _sum_of(summed) + END


def read_head(raw: bytes) -> GbtHead | None:
    """Return the head of *raw*, whose sum may be wrong; None if it is too short for one."""
    if len(raw) < _UNIT_AT or not raw.startswith(BEGIN):
        return None
    return GbtHead(
        serial=int.from_bytes(raw[2:4], "little"),
        version=raw[4:6],
        tag=raw[6:12],
        source=int.from_bytes(raw[12:18], "little"),
        destination=int.from_bytes(raw[18:24], "little"),
        command=raw[26],
    )


class GbtSplitter:
    """Splits the bytes of one connection; memory is bounded by one frame and what is read at once."""

    def __init__(self) -> None:
        self._held = b""

    @property
    def is_within_frame(self) -> bool:
        """Return whether bytes wait for the rest of their frame."""
        return bool(self._held)

    def split(self, data: bytes) -> Iterator[GbtFrame | UnsoundBytes]:
        """Yield the frames that *data* completes, and what is damaged, in their order."""
        self._held += data
        while (found := _first_sound(self._held)) is not None:
            begin, frame = found
            yield from self._unsound(begin)
            self._held = self._held[len(frame.raw) :]
            yield frame
        yield from self._unsound(None)

    def end(self) -> Iterator[UnsoundBytes]:
        """Yield what is left when the connection ends."""
        yield from self._unsound(len(self._held))

    def _unsound(self, until: int | None) -> Iterator[UnsoundBytes]:
        """Yield what is damaged *until* there; if that is None, keep what may yet become a frame."""
        left = len(self._held) if until is None else until
        while left:
            fault, length = _fault_of(self._held[:left], more_may_come=until is None)
            if not length:
                return
            raw, self._held = self._held[:length], self._held[length:]
            left -= length
            if raw.strip(_BLANK):
                yield UnsoundBytes(fault, raw)


def _first_sound(data: bytes) -> tuple[int, GbtFrame] | None:
    begin = data.find(BEGIN)
    while begin >= 0:
        size = _size_at(data, begin)
        if size is not None and begin + size <= len(data):
            raw = data[begin : begin + size]
            head = read_head(raw)
            if raw.endswith(END) and raw[-3:-2] == _sum_of(raw[2:-3]) and head is not None:
                return begin, GbtFrame(head, raw[_UNIT_AT:-_TAIL], raw)
        begin = data.find(BEGIN, begin + 1)
    return None


def _size_at(data: bytes, begin: int) -> int | None:
    """Return the size of the frame that begins there; None where its length is missing or too long."""
    length = int.from_bytes(data[begin + 24 : begin + 26], "little")
    is_there = len(data) - begin >= _UNIT_AT
    return _UNIT_AT + length + _TAIL if is_there and length <= LONGEST_UNIT else None


def _fault_of(data: bytes, *, more_may_come: bool) -> tuple[FrameFault, int]:
    """Return the first fault of *data*, in which is no sound frame, and its bytes; 0 if it may grow."""
    begin, following = data.find(BEGIN), data.find(BEGIN, 1)
    # The last byte may be the first half of the sign of a frame that is under way.
    kept = more_may_come and data.endswith(BEGIN[:1])
    cut = following if following > 0 else len(data) - kept
    if begin:
        return FrameFault.NO_FRAME, cut
    if len(data) < _UNIT_AT:
        return FrameFault.UNFINISHED_FRAME, 0 if more_may_come else cut
    size = _size_at(data, 0)
    if size is None:
        return FrameFault.TOO_LONG, cut
    if size > len(data):
        return FrameFault.UNFINISHED_FRAME, 0 if more_may_come else cut
    if data[size - 2 : size] == END:
        return FrameFault.WRONG_SUM, size
    return FrameFault.WRONG_LENGTH, cut


def _sum_of(summed: bytes) -> bytes:
    return bytes([sum(summed) & 0xFF])
