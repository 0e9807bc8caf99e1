r"""Sentences of a polled line: what its master asks, and what detectors answer beside their samples.

    $TSQ,<address>,<token>*<CRC>\r\n           the master asks one detector
    $TSE,<address>,<token>,<count>*<CRC>\r\n   the end of an answer of <count> samples
    $TSD,<prefix>*<CRC>\r\n                    the master searches detectors by their serial numbers
    $TSI,<serial>,<address>*<CRC>\r\n          a detector that was searched says who it is

docs/protocol.md, 2.1 is normative. The rules of contract/sentences.py hold here too.
"""

import re
from binascii import crc_hqx
from dataclasses import dataclass

from contract.names import is_name
from contract.sentences import CRC_START, DamageCause, FramedDecoder, Sentence, read_sentence

TOKENS = 256
"""A master counts its polls from 0 to 255 and begins again."""

MOST_SAMPLES = 9
"""Samples in one answer."""

SERIAL_DIGITS = 8

_NAME = r"[a-z0-9][a-z0-9-]{0,62}"
_NUMBER = r"0|[1-9][0-9]{0,2}"
_FORMS = {
    b"Q": re.compile(rf"TSQ,({_NAME}),({_NUMBER})".encode()),
    b"E": re.compile(rf"TSE,({_NAME}),({_NUMBER}),([0-9])".encode()),
    b"D": re.compile(rb"TSD,([0-9a-f]{0,8})"),
    b"I": re.compile(rf"TSI,([0-9a-f]{{8}}),({_NAME})".encode()),
}
_FRAME = re.compile(rb"\$(TS([QEDI]),[!-~]*)\*([0-9A-F]{4})\r\n")
_PREFIX = re.compile(r"[0-9a-f]{0,8}")


@dataclass(frozen=True, slots=True)
class Poll:
    """The master asks the detector at *address*."""

    address: str
    token: int


@dataclass(frozen=True, slots=True)
class AnswerEnd:
    """The answer to the poll *token* is over; it had *count* samples."""

    address: str
    token: int
    count: int


@dataclass(frozen=True, slots=True)
class SerialSearch:
    """The master asks all detectors whose serial number begins with *prefix*."""

    prefix: str


@dataclass(frozen=True, slots=True)
class DetectorIdentity:
    """A detector says its *serial* number, and the *address* that is set on it."""

    serial: str
    address: str


PollingSentence = Poll | AnswerEnd | SerialSearch | DetectorIdentity


def encode_polling(sentence: PollingSentence) -> bytes:
    """Return the bytes of *sentence*; raise ValueError if it does not fit the format."""
    match sentence:
        case Poll(address, token):
            body = f"TSQ,{_checked(address)},{_bounded(token, TOKENS)}"
        case AnswerEnd(address, token, count):
            body = f"TSE,{_checked(address)},{_bounded(token, TOKENS)},{_bounded(count, 10)}"
        case SerialSearch(prefix):
            if not _PREFIX.fullmatch(prefix):
                raise ValueError(f"{prefix!r} begins no serial number: use up to eight of 0-9 and a-f")
            body = f"TSD,{prefix}"
        case DetectorIdentity(serial, address):
            if len(serial) != SERIAL_DIGITS or not _PREFIX.fullmatch(serial):
                raise ValueError(f"{serial!r} is not a serial number: use eight of 0-9 and a-f")
            body = f"TSI,{serial},{_checked(address)}"
    data = body.encode()
    return b"$%b*%04X\r\n" % (data, crc_hqx(data, CRC_START))


def _checked(address: str) -> str:
    if not is_name(address):
        raise ValueError(f"{address!r} is not an address: use a-z, 0-9 and '-', 63 at most")
    return address


def _bounded(number: int, bound: int) -> int:
    if not 0 <= number < bound:
        raise ValueError(f"{number} is not within 0..{bound - 1}")
    return number


class PolledDecoder(FramedDecoder[Sentence | PollingSentence]):
    """Decodes the bytes of a polled line, whoever says them."""

    def read_frame(self, frame: bytes) -> Sentence | PollingSentence | DamageCause:
        """Return the sentence in *frame*, or why it is none."""
        match = _FRAME.fullmatch(frame)
        if match is None:
            return read_sentence(frame)
        body, kind, crc = match.groups()
        fields = _FORMS[kind].fullmatch(body)
        if fields is None:
            return DamageCause.SHAPE
        if crc_hqx(body, CRC_START) != int(crc, 16):
            return DamageCause.CHECKSUM
        return _sentence(kind, [each.decode() for each in fields.groups()])


def _sentence(kind: bytes, fields: list[str]) -> PollingSentence | DamageCause:
    if kind == b"D":
        return SerialSearch(fields[0])
    if kind == b"I":
        return DetectorIdentity(fields[0], fields[1])
    token = int(fields[1])
    if token >= TOKENS:
        return DamageCause.SHAPE
    return Poll(fields[0], token) if kind == b"Q" else AnswerEnd(fields[0], token, int(fields[2]))
