"""Short messages as a modem hands them over: a PDU from the network becomes a sender and a text.

By 3GPP TS 23.040, 9.2.2.1, and the data coding schemes of 3GPP TS 23.038, 4. What is no text, such as
the settings that an operator sends to a telephone, is refused by its name.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

from alerting.domain.gsm.alphabet import letters, unpack
from alerting.domain.gsm.pdu import Alphabet

_DELIVER, _TYPE = 0x00, 0x03
_HAS_HEADER = 0x40
"""Bits of the first byte (9.2.2.1)."""

_ALPHANUMERIC, _INTERNATIONAL = 0x50, 0x10
_KIND_BITS = 0x70
"""The kind of a number (9.1.2.5)."""

_JOINED_8, _JOINED_16, _PORTS_8, _PORTS_16 = 0x00, 0x08, 0x04, 0x05
"""Elements of a header (9.2.3.24)."""

MOST_BYTES = 300
"""A PDU has 175 bytes and its service center 12 at most."""


class NoDeliver(ValueError):
    """Digits that are not a message from the network, or not a text; the error names the reason."""


class MessagePart(NamedTuple):
    """The place of a message in a long one: *number* of *total*, which share a *reference*."""

    reference: int
    total: int
    number: int


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """A *text* from *sender*, which the service center took *at* some time; *part* of a long one."""

    sender: str
    text: str
    at: datetime | None
    part: MessagePart | None = None


def read_deliver(pdu: str) -> ReceivedMessage:
    """Return the message in the hexadecimal digits *pdu*; raises NoDeliver."""
    try:
        content = bytes.fromhex(pdu)
    except ValueError:
        raise NoDeliver("not hexadecimal digits") from None
    if len(content) > MOST_BYTES:
        raise NoDeliver(f"{len(content)} bytes; a PDU has {MOST_BYTES} at most")
    try:
        return _message(content[1 + content[0] :])
    except IndexError:
        raise NoDeliver("it ends too soon") from None


def _message(content: bytes) -> ReceivedMessage:
    first = content[0]
    if first & _TYPE != _DELIVER:
        raise NoDeliver(f"its first byte {first:#04x} is not that of a message to a telephone")
    digits, kind = content[1], content[2]
    at = 3 + (digits + 1) // 2
    sender = _sender(content[3:at], digits, kind)
    scheme, time, length = content[at + 1], content[at + 2 : at + 9], content[at + 9]
    text, part = _user_data(
        content[at + 10 :], length, _alphabet(scheme), has_header=bool(first & _HAS_HEADER)
    )
    return ReceivedMessage(sender, text, _time(time), part)


def _sender(content: bytes, digits: int, kind: int) -> str:
    if kind & _KIND_BITS == _ALPHANUMERIC:
        return letters(unpack(content, digits * 4 // 7)).strip()
    swapped = "".join(f"{each & 0x0F:X}{each >> 4:X}" for each in content)[:digits]
    if not swapped.isdecimal():
        raise NoDeliver(f"its sender {swapped!r} is not a number")
    return ("+" if kind & _KIND_BITS == _INTERNATIONAL else "") + swapped


def _alphabet(scheme: int) -> Alphabet:
    """Return the alphabet by the data coding *scheme*; raises NoDeliver where it is no text."""
    group = scheme >> 4
    if group < 0x8:
        if scheme & 0x20:
            raise NoDeliver("its text is compressed")
        return _named(scheme >> 2 & 0x03)
    if group == 0xF:
        return _named(scheme >> 2 & 0x01)
    return Alphabet.UCS2 if group == 0xE else Alphabet.GSM7


def _named(bits: int) -> Alphabet:
    if bits == 1:
        raise NoDeliver("it holds data and no text")
    return Alphabet.UCS2 if bits == 2 else Alphabet.GSM7


def _time(semi: bytes) -> datetime | None:
    """Return the time of the service center (9.2.3.11); None where it is none."""
    try:
        year, month, day, hour, minute, second = (_swapped(each) for each in semi[:6])
        zone = _swapped(semi[6] & 0xF7) * (-15 if semi[6] & 0x08 else 15)
        there = timezone(timedelta(minutes=zone))
        return datetime(2000 + year, month, day, hour, minute, second, tzinfo=there).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _swapped(byte: int) -> int:
    return (byte & 0x0F) * 10 + (byte >> 4)


def _user_data(
    data: bytes, length: int, alphabet: Alphabet, *, has_header: bool
) -> tuple[str, MessagePart | None]:
    header = data[1 : 1 + data[0]] if has_header else b""
    skipped = 1 + len(header) if has_header else 0
    part = _part(header)
    if alphabet is Alphabet.UCS2:
        content = data[skipped:length]
        if len(data) < length or len(content) % 2:
            raise NoDeliver("its text ends too soon")
        return content.decode("utf-16-be", errors="replace"), part
    if len(data) * 8 // 7 < length:
        raise NoDeliver("its text ends too soon")
    return letters(unpack(data, length)[(skipped * 8 + 6) // 7 :]), part


def _part(header: bytes) -> MessagePart | None:
    """Return the place in a long message that *header* names; raises NoDeliver for data of programs."""
    found: MessagePart | None = None
    while len(header) >= 2:
        name, size = header[0], header[1]
        content, header = header[2 : 2 + size], header[2 + size :]
        if name in {_PORTS_8, _PORTS_16}:
            raise NoDeliver("it is for a program of a telephone")
        if (name, len(content)) == (_JOINED_8, 3):
            found = MessagePart(content[0], content[1], content[2])
        elif (name, len(content)) == (_JOINED_16, 4):
            found = MessagePart(int.from_bytes(content[:2], "big"), content[2], content[3])
    if found is not None and not 1 <= found.number <= found.total:
        return None  # to be ignored (9.2.3.24.1)
    return None if found is None or found.total == 1 else found
