"""Find DC-09 frames in bytes as they come: a line feed, CRC, length, the body, a carriage return.

The CRC is four hexadecimal digits; some transmitters send it as two bytes, which may be any. A missing
line feed is forgiven, since the quotation mark behind CRC and length shows a beginning as well.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from receiver.domain.crc import crc_of
from receiver.domain.faults import FrameFault

LONGEST_FRAME = 4_112
"""Bytes: the length has three hexadecimal digits, and around the body stand at most ten bytes."""

_HEAD = re.compile(rb'(?:\n?([0-9A-Fa-f]{4})|\n([\s\S]{2}))(0[0-9A-Fa-f]{3})"')
_LONGEST_HEAD = 10
_BLANK = b"\r\n \x00"


@dataclass(frozen=True, slots=True)
class SoundFrame:
    """The *body* of a frame whose length and CRC are right; *raw* is the frame, as it came.

    An answer has its CRC in the form of the frame: *binary* if that was two bytes.
    """

    body: bytes
    raw: bytes
    binary: bool = False


@dataclass(frozen=True, slots=True)
class UnsoundBytes:
    """Bytes that are no sound frame."""

    fault: FrameFault
    raw: bytes


class FrameSplitter:
    """Splits the bytes of one connection; memory is bounded by one frame."""

    def __init__(self) -> None:
        self._held = b""

    @property
    def is_within_frame(self) -> bool:
        """Return whether bytes wait for the rest of their frame."""
        return bool(self._held.strip(_BLANK))

    def split(self, data: bytes) -> Iterator[SoundFrame | UnsoundBytes]:
        """Yield the frames that *data* completes, and what is damaged, in their order."""
        self._held += data
        while (head := _HEAD.search(self._held)) is not None:
            yield from self._noise(head.start())
            head = _HEAD.match(self._held)
            assert head is not None  # noqa: S101 (it was found there)
            end = self._held.find(b"\r", head.end())
            next_frame = self._held.find(b"\n", head.end())
            if next_frame >= 0 and (end < 0 or next_frame < end):
                yield self._damage(FrameFault.UNFINISHED_FRAME, next_frame)
            elif end >= 0:
                yield self._frame(head, end)
            elif len(self._held) > LONGEST_FRAME:
                yield self._damage(FrameFault.ENDLESS_FRAME, len(self._held))
            else:
                return
        if len(self._held) > LONGEST_FRAME:
            yield from self._noise(len(self._held) - _LONGEST_HEAD)
        else:
            yield from self._noise(self._settled())

    def end(self) -> Iterator[UnsoundBytes]:
        """Yield what is left when the connection ends, or a datagram."""
        if self.is_within_frame:
            is_frame = _HEAD.search(self._held) is not None
            yield self._damage(
                FrameFault.UNFINISHED_FRAME if is_frame else FrameFault.NO_FRAME, len(self._held)
            )
        self._held = b""

    def _settled(self) -> int:
        """Return how many bytes can be no part of a frame: up to a return, or a late line feed."""
        settled = self._held.rfind(b"\r") + 1
        begin = self._held.rfind(b"\n")
        is_begun = begin >= 0 and len(self._held) - begin < _LONGEST_HEAD
        return min(settled, begin) if is_begun else settled

    def _noise(self, length: int) -> Iterator[UnsoundBytes]:
        """Take *length* bytes that are no frame; what is blank stands between frames."""
        if not self._held[:length].strip(_BLANK):
            self._held = self._held[length:]
        elif length:
            yield self._damage(FrameFault.NO_FRAME, length)

    def _damage(self, fault: FrameFault, length: int) -> UnsoundBytes:
        raw, self._held = self._held[:length], self._held[length:]
        return UnsoundBytes(fault, raw)

    def _frame(self, head: re.Match[bytes], end: int) -> SoundFrame | UnsoundBytes:
        body, raw = self._held[head.end() - 1 : end], self._held[: end + 1]
        self._held = self._held[end + 1 :]
        if len(body) != int(head[3], 16):
            return UnsoundBytes(FrameFault.WRONG_LENGTH, raw)
        binary = head[1] is None
        said = int.from_bytes(head[2]) if binary else int(head[1], 16)
        if crc_of(body) != said:
            return UnsoundBytes(FrameFault.WRONG_CRC, raw)
        return SoundFrame(body, raw, binary)
