"""Short messages as a network sees them: sent ones, replies and status reports (3GPP TS 23.040)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = dict(zip(b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65", "\f^{}\\[~]|€", strict=True))
"""The alphabet of 3GPP TS 23.038, 6.2.1, and its extension."""

_SEPTETS = {letter: [value] for value, letter in enumerate(_BASIC) if value != 0x1B} | {
    letter: [0x1B, value] for value, letter in _ESCAPED.items()
}

_SEVEN_HOURS_EAST = timezone(timedelta(hours=7))

_TIME = bytes.fromhex("62116240300082")
"""26 November 2026, 04:03:00, seven hours east: the time of every report here (9.2.3.11)."""


def time_stamp(moment: datetime) -> str:
    """Return *moment* as the clock of a service center in Viet Nam writes it (9.2.3.11)."""
    digits = f"{moment.astimezone(_SEVEN_HOURS_EAST):%y%m%d%H%M%S}"
    return "".join(after + before for before, after in _pairs(digits)) + "82"


class BadShortMessage(ValueError):
    """A PDU that is not a message; the text gives the reason."""


@dataclass(frozen=True, slots=True)
class ShortMessage:
    """One message: part *number* of *total* of the long one *joined_by*."""

    to: str
    text: str
    wants_report: bool
    joined_by: int = 0
    number: int = 1
    total: int = 1


def read_submit(pdu: str, length: int) -> ShortMessage:
    """Return the message in *pdu*, of which *length* bytes follow the service center; raises
    BadMessage.
    """
    try:
        content = bytes.fromhex(pdu)
        content = content[1 + content[0] :]
        if len(content) != length:
            raise BadShortMessage(f"{len(content)} bytes, and the command said {length}")
        return _submit(content)
    except (IndexError, ValueError) as error:
        raise BadShortMessage(str(error)) from error


def report_pdu(message: ShortMessage, *, reference: int, status: int) -> tuple[str, int]:
    """Return the status report on *message*, and its length behind the (absent) service center
    (9.2.2.3).
    """
    digits = message.to.removeprefix("+")
    kind = 0x91 if message.to.startswith("+") else 0x81
    number = bytes.fromhex("".join(b + a for a, b in _pairs(digits + "F" * (len(digits) % 2))))
    head = bytes([0x06, reference, len(digits), kind]) + number
    body = head + _TIME + _TIME + bytes([status])
    return "00" + body.hex().upper(), len(body)


def deliver_pdus(
    sender: str, text: str, *, time: str = "62116240300082", joined_by: int = 7
) -> list[tuple[str, int]]:
    """Return the PDUs of *text* from *sender* to a modem, each with its length (9.2.2.1).

    *time* are the semi-octets of the service center's clock. A sender in letters is alphanumeric.
    """
    scheme, pieces = _scheme_of(text), cut_text(text)
    return [
        _deliver(sender, piece, scheme, time, (joined_by, len(pieces), number))
        for number, piece in enumerate(pieces, 1)
    ]


def cut_text(text: str) -> list[str]:
    """Return *text* in the pieces in which a telephone sends it."""
    scheme = _scheme_of(text)
    room, part = (160, 153) if scheme == 0 else (70, 67)
    sizes = [_size(each, scheme) for each in text]
    if sum(sizes) <= room:
        return [text]
    pieces, used = [""], 0
    for letter, needed in zip(text, sizes, strict=True):
        if used + needed > part:
            pieces, used = [*pieces, ""], 0
        pieces[-1], used = pieces[-1] + letter, used + needed
    return pieces


def _scheme_of(text: str) -> int:
    return 0x00 if all(each in _SEPTETS for each in text) else 0x08


def _size(letter: str, scheme: int) -> int:
    """Return the size of *letter* in septets, or in pairs of bytes."""
    return len(_SEPTETS[letter]) if scheme == 0 else len(letter.encode("utf-16-be")) // 2


def _deliver(
    sender: str, text: str, scheme: int, time: str, place: tuple[int, int, int]
) -> tuple[str, int]:
    reference, total, number = place
    header = bytes([5, 0, 3, reference, total, number]) if total > 1 else b""
    if scheme == 0x08:
        content = header + text.encode("utf-16-be")
        data = bytes([len(content)]) + content
    else:
        values = [value for each in text for value in _SEPTETS[each]]
        skipped = (len(header) * 8 + 6) // 7
        bits = sum(value << (7 * (skipped + n)) for n, value in enumerate(values))
        bits |= int.from_bytes(header, "little")
        count = skipped + len(values)
        data = bytes([count]) + bits.to_bytes((count * 7 + 7) // 8, "little")
    first = 0x44 if header else 0x04
    body = bytes([first]) + _originator(sender) + bytes([0, scheme]) + bytes.fromhex(time) + data
    return "00" + body.hex().upper(), len(body)


def _originator(sender: str) -> bytes:
    digits = sender.removeprefix("+")
    if digits.isdecimal():
        kind = 0x91 if sender.startswith("+") else 0x81
        even = digits + "F" * (len(digits) % 2)
        return bytes([len(digits), kind]) + bytes.fromhex("".join(b + a for a, b in _pairs(even)))
    values = [value for each in sender for value in _SEPTETS[each]]
    bits = sum(value << (7 * n) for n, value in enumerate(values))
    size = (len(values) * 7 + 7) // 8
    return bytes([(len(values) * 7 + 3) // 4, 0xD0]) + bits.to_bytes(size, "little")


class Telephones:
    """Joins the parts of long messages, as telephones do."""

    def __init__(self) -> None:
        self._parts: dict[tuple[str, int, int], dict[int, str]] = {}

    def take(self, message: ShortMessage) -> str | None:
        """Return the whole text once its last part is there."""
        if message.total == 1:
            return message.text
        key = message.to, message.joined_by, message.total
        parts = self._parts.setdefault(key, {})
        parts[message.number] = message.text
        if len(parts) < message.total:
            return None
        del self._parts[key]
        return "".join(parts[number] for number in sorted(parts))


def _submit(content: bytes) -> ShortMessage:
    first = content[0]
    if first & 0x03 != 0x01:
        raise BadShortMessage("not a message to send")
    if (first >> 3) & 0x03 not in {0, 2}:
        raise BadShortMessage("a validity period that is not relative")
    digits, kind = content[2], content[3]
    at = 4 + (digits + 1) // 2
    number = "".join(b + a for a, b in _pairs(content[4:at].hex()))[:digits]
    scheme = content[at + 1]
    at += 3 if first & 0x18 else 2
    text, header = _user_data(content[at], content[at + 1 :], scheme, has_header=bool(first & 0x40))
    to = ("+" if kind == 0x91 else "") + number
    return ShortMessage(to, text, bool(first & 0x20), *header)


def _user_data(
    length: int, data: bytes, scheme: int, *, has_header: bool
) -> tuple[str, tuple[int, int, int]]:
    skipped = data[0] + 1 if has_header else 0
    header = _joined(data[1:skipped]) if has_header else (0, 1, 1)
    if scheme == 0x08:
        if len(data) != length or length > 140:
            raise BadShortMessage(f"{len(data)} bytes of text, and {length} announced")
        return data[skipped:].decode("utf-16-be"), header
    if scheme != 0x00 or length > 160 or len(data) != (length * 7 + 7) // 8:
        raise BadShortMessage(
            f"{len(data)} bytes of text in scheme {scheme}, and {length} septets announced"
        )
    septets = [(int.from_bytes(data, "little") >> (7 * n)) & 0x7F for n in range(length)]
    return "".join(_letters(septets[(skipped * 8 + 6) // 7 :])), header


def _joined(header: bytes) -> tuple[int, int, int]:
    """Return reference, number and total of a part (9.2.3.24.1); no other header is supported."""
    if len(header) != 5 or header[:2] != b"\0\3" or not 1 <= header[4] <= header[3]:
        raise BadShortMessage(f"an unknown header: {header.hex()}")
    return header[2], header[4], header[3]


def _letters(septets: list[int]) -> Iterator[str]:
    escaped = False
    for each in septets:
        if each == 0x1B and not escaped:
            escaped = True
            continue
        yield _ESCAPED[each] if escaped else _BASIC[each]
        escaped = False


def _pairs(digits: str) -> list[tuple[str, str]]:
    return re.findall("(.)(.)", digits)
