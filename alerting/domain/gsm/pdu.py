"""Short messages as a modem takes them: a text cut into parts, and each part as a PDU (3GPP TS 23.040).

A text whose letters the seven-bit alphabet has is sent in it, 160 letters a message; any other, as all
Vietnamese, in UCS-2 (UTF-16), 70 a message. A longer one is cut, and phones show it as one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from alerting.domain.gsm.alphabet import can_encode, pack, septets

MOST_PARTS = 255
"""One byte counts the parts (9.2.3.24.1)."""

_HEADER_BYTES = 6
"""Length, kind, length, reference, count, number (9.2.3.24.1)."""

_HEADER_SEPTETS = 7
"""These bytes and one empty bit, so that text begins on a septet (9.2.3.24)."""

_SUBMIT = 0x01
_RELATIVE_VALIDITY = 0x10
_REPORT_WANTED = 0x20
_HAS_HEADER = 0x40
"""Bits of the first byte (9.2.2.2)."""

_INTERNATIONAL, _UNKNOWN = 0x91, 0x81
"""Kind of a number, in the plan of telephones (9.1.2.5)."""

_NUMBER = re.compile(r"\+?[0-9]{3,20}")
_BETWEEN_DIGITS = re.compile(r"[\s().-]+")


class Alphabet(IntEnum):
    """The coding of letters, by its data coding scheme (3GPP TS 23.038, 4)."""

    GSM7 = 0x00
    UCS2 = 0x08


class BadNumber(ValueError):
    """A text that is not a telephone number."""


class TooLong(ValueError):
    """A text of more parts than a phone can put together."""


class DeliveryStatus(StrEnum):
    """The status of a part, as the network reports it (9.2.3.15)."""

    DELIVERED = "delivered"
    STILL_TRYING = "still_trying"
    FAILED = "failed"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Submit:
    """One message to send: a *text* that fits, which is part *number* of *total* of *reference*.

    *valid_s* is for how many seconds the network keeps trying.
    """

    to: str
    text: str
    alphabet: Alphabet
    valid_s: float
    report: bool
    reference: int = 0
    number: int = 1
    total: int = 1


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """A report on the message that the modem sent under *reference* to *to*; *status* as it came."""

    reference: int
    to: str
    status: int

    @property
    def delivery_status(self) -> DeliveryStatus:
        """The meaning of *status*; a reserved value above 0x7F counts as the last of these."""
        fates = (
            DeliveryStatus.DELIVERED,
            DeliveryStatus.STILL_TRYING,
            DeliveryStatus.FAILED,
            DeliveryStatus.GIVEN_UP,
        )
        return fates[min(self.status >> 5, 3)]


def dialled(address: str) -> str:
    """Return the number in *address* without what people write between digits; raises BadNumber."""
    number = _BETWEEN_DIGITS.sub("", address)
    if not _NUMBER.fullmatch(number):
        raise BadNumber(f"{address!r} is no telephone number; write it as +84 24 3825 1234")
    return number


def alphabet_of(text: str) -> Alphabet:
    """Return the alphabet in which *text* is written."""
    return Alphabet.GSM7 if can_encode(text) else Alphabet.UCS2


def split_text(text: str) -> list[str]:
    """Return *text* in parts that a phone joins; raises TooLong."""
    alphabet = alphabet_of(text)
    whole, part = (160, 153) if alphabet is Alphabet.GSM7 else (70, 67)
    if _length(text, alphabet) <= whole:
        return [text]
    return _bounded(list(_pieces(text, alphabet, part)), MOST_PARTS)


def split_numbered(text: str) -> list[str]:
    """Return *text* in numbered parts, for a modem that cannot join them; raises TooLong."""
    alphabet = alphabet_of(text)
    whole = 160 if alphabet is Alphabet.GSM7 else 70
    if _length(text, alphabet) <= whole:
        return [text]
    pieces = _bounded(list(_pieces(text, alphabet, whole - len("99/99 "))), 99)
    return [f"{number}/{len(pieces)} {piece}" for number, piece in enumerate(pieces, 1)]


def submit_pdu(message: Submit, *, service_center: str | None = None) -> tuple[str, int]:
    """Return *message* in hexadecimal digits, and the length that ``AT+CMGS`` needs: without the center.

    *service_center* is its number; that of the SIM card if absent.
    """
    first = first_byte(report=message.report, joined=message.total > 1)
    head = bytes([first, 0]) + _address(message.to)  # the modem puts its own reference for the 0
    head += bytes([0, message.alphabet, validity(message.valid_s)])
    body = head + _user_data(message)
    return (_center(service_center) + body).hex().upper(), len(body)


def first_byte(*, report: bool, joined: bool) -> int:
    """Return the first byte of a message: its type, its header, and whether a report is wanted."""
    wanted = _REPORT_WANTED if report else 0
    return _SUBMIT | _RELATIVE_VALIDITY | wanted | (_HAS_HEADER if joined else 0)


def read_report(pdu: str) -> DeliveryReport:
    """Return the status report in the hexadecimal digits *pdu* (9.2.2.3); raises ValueError."""
    content = bytes.fromhex(pdu)
    content = content[1 + content[0] :] if content else b""
    if len(content) < 4 or content[0] & 0x03 != 0x02:
        raise ValueError(f"{pdu} is no status report")
    digits = content[2]
    after = 4 + (digits + 1) // 2
    if len(content) < after + 15:
        raise ValueError(f"{pdu} ends too soon for a status report")
    number = content[4:after].hex()
    swapped = "".join(number[i + 1] + number[i] for i in range(0, len(number), 2))[:digits]
    plus = "+" if content[3] == _INTERNATIONAL else ""
    return DeliveryReport(content[1], plus + swapped, content[after + 14])  # behind two times of 7 bytes


def _length(text: str, alphabet: Alphabet) -> int:
    """In septets, or in pairs of bytes."""
    return len(septets(text)) if alphabet is Alphabet.GSM7 else len(_ucs2(text)) // 2


def _ucs2(text: str) -> bytes:
    return text.encode("utf-16-be", errors="replace")


def _pieces(text: str, alphabet: Alphabet, room: int) -> Iterator[str]:
    """*text* in pieces of at most *room*; no letter of two septets, or of two pairs, is torn."""
    piece, used = "", 0
    for letter in text:
        needed = _length(letter, alphabet)
        if used + needed > room:
            yield piece
            piece, used = "", 0
        piece, used = piece + letter, used + needed
    yield piece


def _bounded(pieces: list[str], most: int) -> list[str]:
    if len(pieces) > most:
        raise TooLong(f"{len(pieces)} parts; a phone takes at most {most}: shorten the text")
    return pieces


def _address(number: str) -> bytes:
    """The count of digits, the kind, and the digits, each pair swapped (9.1.2.5)."""
    digits = number.removeprefix("+")
    return bytes([len(digits)]) + _kind_and_digits(number)


def _kind_and_digits(number: str) -> bytes:
    digits = number.removeprefix("+")
    even = digits + "F" * (len(digits) % 2)
    swapped = "".join(even[i + 1] + even[i] for i in range(0, len(even), 2))
    kind = _INTERNATIONAL if number.startswith("+") else _UNKNOWN
    return bytes([kind]) + bytes.fromhex(swapped)


def _center(number: str | None) -> bytes:
    """The service center before a PDU, counted in bytes (3GPP TS 27.005, 4.1); 0: the SIM card's."""
    if number is None:
        return b"\0"
    content = _kind_and_digits(number)
    return bytes([len(content)]) + content


def validity(seconds: float) -> int:
    """A relative validity period, rounded up (9.2.3.12.1): steps of 5 min to 12 h, then of 30 min."""
    minutes = max(5.0, min(seconds / 60, 24 * 60))
    if minutes <= 12 * 60:
        return -int(-minutes // 5) - 1
    return 143 - int(-(minutes - 12 * 60) // 30)


def _user_data(message: Submit) -> bytes:
    """The length in septets or bytes, the header of a part, and the letters (9.2.3.16, 9.2.3.24)."""
    header = b""
    if message.total > 1:
        header = bytes([5, 0, 3, message.reference, message.total, message.number])
    if message.alphabet is Alphabet.UCS2:
        content = header + _ucs2(message.text)
        return bytes([len(content)]) + content
    values = septets(message.text)
    used = _HEADER_SEPTETS if header else 0
    fill = _HEADER_SEPTETS * 7 - _HEADER_BYTES * 8 if header else 0
    return bytes([used + len(values)]) + header + pack(values, fill=fill)
