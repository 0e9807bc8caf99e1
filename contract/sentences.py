r"""Sentences of a detector on a serial line, sans-IO: bytes in, sentences and damage out.

    $TSR,<address>,<sequence>,<quantity>,<value>,<status>*<CRC>\r\n

docs/protocol.md, 2 is normative. Rules for whoever edits this file:

- Upper-case letters occur in the sentence type and the CRC, nowhere else. So a ``$`` that a flipped
  bit makes inside a sentence can never begin a valid one, and no single-bit error passes.
- The decoder keeps at most one unfinished sentence, so memory stays bounded whatever the line does.
- Every byte that is not part of a valid sentence is reported once, as damage.
"""

import re
from binascii import crc_hqx
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from contract.names import is_name

MAX_SENTENCE = 128
"""Longest sentence in bytes, from ``$`` to the line feed."""

SEQUENCE_MODULUS = 65_536
"""A detector counts its sentences from 0 to 65535 and begins again."""

CRC_START = 0xFFFF
"""CRC-16/CCITT-FALSE: polynomial 0x1021, initial value 0xFFFF, no reflection."""

_SENTENCE = re.compile(
    rb"\$(TSR,([a-z0-9][a-z0-9-]{0,62}),(0|[1-9][0-9]{0,4}),([a-z][a-z0-9]{0,15}),"
    rb"(-?[0-9]{1,9}(?:\.[0-9]{1,6})?)?,([a-z]{1,8}))\*([0-9A-F]{4})\r\n"
)
_STOP = re.compile(rb"[$\n]")  # what ends a sentence that has begun: its end, or another one
_VALUE = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?")
_QUANTITY = re.compile(r"[a-z][a-z0-9]{0,15}")


class Status(StrEnum):
    """The status that a detector reports of itself."""

    NORMAL = "normal"
    FAULT = "fault"
    TAMPER = "tamper"
    TEST = "test"
    DISABLED = "disabled"
    LOWBATT = "lowbatt"


_STATUS = {status.value.encode(): status for status in Status}


class DamageCause(StrEnum):
    """The cause of damaged bytes."""

    NOISE = "noise"
    INTERRUPTED = "interrupted"
    OVERLONG = "overlong"
    SHAPE = "shape"
    CHECKSUM = "checksum"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sample of a detector; *value* is None if it could not measure."""

    address: str
    sequence: int
    quantity: str
    value: float | None
    status: Status


@dataclass(frozen=True, slots=True)
class DamagedBytes:
    """Bytes that are not a sentence, and the cause."""

    cause: DamageCause
    data: bytes


def encode(sentence: Sentence) -> bytes:
    """Return the bytes of *sentence*; raise ValueError if it does not fit the format."""
    if not is_name(sentence.address):
        raise ValueError(f"{sentence.address!r} is no address: use a-z, 0-9 and '-', 63 at most")
    if not 0 <= sentence.sequence < SEQUENCE_MODULUS:
        raise ValueError(f"sequence {sentence.sequence} is not within 0..{SEQUENCE_MODULUS - 1}")
    if not _QUANTITY.fullmatch(sentence.quantity):
        raise ValueError(f"{sentence.quantity!r} is no quantity: use a-z and 0-9, 16 at most")
    body = ",".join(
        (
            "TSR",
            sentence.address,
            str(sentence.sequence),
            sentence.quantity,
            "" if sentence.value is None else _digits(sentence.value),
            sentence.status.value,
        )
    ).encode()
    return b"$%b*%04X\r\n" % (body, crc_hqx(body, CRC_START))


def _digits(value: float) -> str:
    """Return *value* with up to six decimals and without exponent."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    if not _VALUE.fullmatch(text):  # after rounding, which may carry into a tenth digit
        raise ValueError(f"{value} does not fit in nine digits and six decimals")
    return "0" if text == "-0" else text


S = TypeVar("S")


class FramedDecoder(Generic[S]):
    """Decodes the bytes of one line into sentences and damage, regardless of how they are split.

    What comes out does not depend on how the bytes were cut into reads, but for noise: bytes
    outside a sentence are reported as they come, so a cut there makes two reports of one.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    def read_frame(self, frame: bytes) -> S | DamageCause:
        """Return the sentence in *frame*, which ends with the first line feed, or why it is none."""
        raise NotImplementedError

    def decode_bytes(self, data: bytes) -> list[S | DamagedBytes]:
        """Return, in order, everything that *data* completes."""
        self._buffer += data
        found: list[S | DamagedBytes] = []
        while (each := self._next()) is not None:
            found.append(each)
        return found

    def give_up(self) -> list[DamagedBytes]:
        """Return what was begun and is not finished; nothing more comes of it."""
        rest = len(self._buffer)
        return [self._discard(rest, DamageCause.INTERRUPTED)] if rest else []

    def _next(self) -> S | DamagedBytes | None:
        """Return the next item in the buffer; None while more bytes are needed."""
        buffer = self._buffer
        if not buffer:
            return None
        if not buffer.startswith(b"$"):
            start = buffer.find(b"$")
            return self._discard(start if start > 0 else len(buffer), DamageCause.NOISE)
        stop = _STOP.search(buffer, 1, MAX_SENTENCE)
        if stop is None:
            overlong = len(buffer) >= MAX_SENTENCE
            return self._discard(MAX_SENTENCE, DamageCause.OVERLONG) if overlong else None
        if stop.group() == b"$":
            return self._discard(stop.start(), DamageCause.INTERRUPTED)
        return self._parse(stop.end())

    def _parse(self, end: int) -> S | DamagedBytes:
        parsed = self.read_frame(bytes(self._buffer[:end]))
        if isinstance(parsed, DamageCause):
            return self._discard(end, parsed)
        del self._buffer[:end]
        return parsed

    def _discard(self, length: int, error: DamageCause) -> DamagedBytes:
        data = bytes(self._buffer[:length])
        del self._buffer[:length]
        return DamagedBytes(error, data)


class Decoder(FramedDecoder[Sentence]):
    """Decodes the samples of detectors that talk unasked."""

    def read_frame(self, frame: bytes) -> Sentence | DamageCause:
        """Return the sample in *frame*, or why it is none."""
        return read_sentence(frame)

    def decode_bytes(self, data: bytes) -> list[Sentence | DamagedBytes]:
        """Return, in order, everything that *data* completes."""
        if not self._buffer and (sentence := _only_sentence(data)) is not None:
            return [sentence]
        return super().decode_bytes(data)


def read_sentence(frame: bytes) -> Sentence | DamageCause:
    """Return the sample in *frame*, or why it is none."""
    match = _SENTENCE.fullmatch(frame)
    return DamageCause.SHAPE if match is None else _sentence_of(match)


def _only_sentence(data: bytes) -> Sentence | None:
    """Return the sentence that is all of *data*, as nearly every read of a line is."""
    match = _SENTENCE.fullmatch(data) if len(data) <= MAX_SENTENCE else None
    parsed = _sentence_of(match) if match is not None else None
    return parsed if isinstance(parsed, Sentence) else None


def _sentence_of(match: re.Match[bytes]) -> Sentence | DamageCause:
    """Return the sentence of *match*, or why it is none."""
    body, address, sequence, quantity, value, status, crc = match.groups()
    if crc_hqx(body, CRC_START) != int(crc, 16):
        return DamageCause.CHECKSUM
    if status not in _STATUS or int(sequence) >= SEQUENCE_MODULUS:
        return DamageCause.SHAPE
    return Sentence(
        address.decode(),
        int(sequence),
        quantity.decode(),
        None if value is None else float(value),
        _STATUS[status],
    )
