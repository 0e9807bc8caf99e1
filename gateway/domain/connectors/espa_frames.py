"""Frames of ESPA 4.4.4 (November 1984), the serial interface of paging equipment, made of bytes.

It is ISO 1745 in basic mode: ``ADDRESS ENQ`` polls or selects a station, ``EOT`` ends a transaction, and
``SOH HEADER STX RECORDS ETX BCC`` is a block. A record is ``TYPE US DATA``, with RS between. The block
check is the exclusive or of all bytes behind SOH, up to and with ETX.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import xor

SOH, STX, ETX, EOT, ENQ, ACK, NAK, RS, US = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x15, 0x1E, 0x1F

LONGEST_BLOCK = 512
"""Bytes; the display of a pager holds 16 to 160 characters."""


@dataclass(frozen=True, slots=True)
class EspaEnquiry:
    """A poll or a selection of the station *address*, which is empty where none was named."""

    address: str


@dataclass(frozen=True, slots=True)
class EspaAnswer:
    """One of EOT, ACK and NAK, with the *prefix* before it."""

    control: int
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class EspaBlock:
    """A block; *raw* are its bytes from SOH to the check, and *is_sound* whether they agree."""

    raw: bytes
    is_sound: bool

    @property
    def header(self) -> str:
        """The kind of transaction: 1 is a call to a pager, 2 a status, 3 a request of one."""
        return self.raw[1:].partition(bytes([STX]))[0].strip().decode("latin-1")

    def records(self) -> dict[str, bytes]:
        """Return the data of each record by its type; the first of a type counts."""
        body = self.raw[1:-2].partition(bytes([STX]))[2]
        found: dict[str, bytes] = {}
        for record in body.split(bytes([RS])):
            kind, _, data = record.partition(bytes([US]))
            # Headers and types are padded with blanks by some: "SOH 1 STX 1 US" on paper.
            found.setdefault(kind.strip().decode("latin-1"), data)
        return found


@dataclass(frozen=True, slots=True)
class EspaNoise:
    """Bytes that belong to no frame, and the *cause* in a word."""

    cause: str
    data: bytes


Frame = EspaEnquiry | EspaAnswer | EspaBlock | EspaNoise


def block_check(body: Iterable[int]) -> int:
    """Return the check of the bytes behind SOH, up to and with ETX."""
    return reduce(xor, body, 0)


def encode_block(header: str, records: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a block as it goes over the line."""
    text = bytes([RS]).join(kind.encode("ascii") + bytes([US]) + data for kind, data in records)
    body = header.encode("ascii") + bytes([STX]) + text + bytes([ETX])
    return bytes([SOH]) + body + bytes([block_check(body)])


class FrameReader:
    """Makes frames of the bytes of a line; each byte is in one frame."""

    def __init__(self) -> None:
        self._block = bytearray()
        self._outside = bytearray()

    def reset(self) -> Iterator[Frame]:
        """Forget what is unfinished, and return it as noise."""
        if rest := bytes(self._block + self._outside):
            yield EspaNoise("unfinished", rest)
        self._block.clear()
        self._outside.clear()

    def read(self, data: bytes) -> Iterator[Frame]:
        """Return the frames that *data* completes."""
        for byte in data:
            if self._block:
                yield from self._inside(byte)
            else:
                yield from self._between(byte)

    def _inside(self, byte: int) -> Iterator[Frame]:
        # The check may have the value of any control character.
        if len(self._block) > 1 and self._block[-1] == ETX:
            yield self._ended(byte)
        elif byte in {SOH, EOT, ENQ}:  # The sender began anew, or gave up.
            yield EspaNoise("aborted", bytes(self._block))
            self._block.clear()
            yield from self._between(byte)
        elif len(self._block) >= LONGEST_BLOCK:
            yield EspaNoise("overlong", bytes(self._block))
            self._block.clear()
            yield from self._between(byte)
        else:
            self._block.append(byte)

    def _ended(self, check: int) -> EspaBlock:
        body = bytes(self._block[1:])
        raw = bytes([*self._block, check])
        self._block.clear()
        return EspaBlock(raw, STX in body and check == block_check(body))

    def _between(self, byte: int) -> Iterator[Frame]:
        if byte == SOH:
            yield from self._noise()
            self._block.append(byte)
        elif byte in {ENQ, EOT, ACK, NAK}:
            prefix = self._prefix()
            yield from self._noise()
            yield EspaEnquiry(prefix) if byte == ENQ else EspaAnswer(byte, prefix)
        else:
            self._outside.append(byte)
            if len(self._outside) >= LONGEST_BLOCK:
                yield from self._noise()

    def _prefix(self) -> str:
        """Return the printed character directly before a control character; it is no noise."""
        if self._outside and chr(self._outside[-1]).isalnum() and self._outside[-1] < 0x80:
            return chr(self._outside.pop())
        return ""

    def _noise(self) -> Iterator[Frame]:
        if self._outside.strip(b"\r\n\0 "):
            yield EspaNoise("no_frame", bytes(self._outside))
        self._outside.clear()
