"""Read a DC-09 message: its header, and its content, deciphered where it is encrypted.

Sources: the public package siadc09 1.0.1, which names its paragraphs of SIA DC-09-2026; pysiaalarm
3.2.2; my_dc09_spt 0.2.2. The text of the standard itself was not at hand: what no source shows is
marked as recalled in docs/connecting.md.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from receiver.domain.faults import FrameFault

_HEADER = re.compile(
    rb'"(\*?)([A-Z][A-Z0-9-]{1,15})"([0-9]{4})'
    rb"(?:R([0-9A-Fa-f]{1,6}))?(?:L([0-9A-Fa-f]{0,6}))?(?:#([0-9A-Fa-f]{1,16}))?\[([\s\S]*)\Z"
)
_TIME = re.compile(rb"_([0-9]{2}:[0-9]{2}:[0-9]{2},[0-9]{2}-[0-9]{2}-[0-9]{4})\s*\Z")
_PARTS = re.compile(rb"([\s\S]*?)\]((?:\[[A-Z$][^\[\]]*\])*)\Z")
_TIME_FORMAT = "%H:%M:%S,%m-%d-%Y"

_BLOCK = 16
_IV = bytes(_BLOCK)


class Refused(Exception):
    """A frame that is not accepted, with its *fault*."""

    def __init__(self, fault: FrameFault, text: str) -> None:
        super().__init__(text)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class MessageHeader:
    """The header of a message; *content* is what stands behind the bracket, perhaps encrypted.

    *receiver*, *prefix* and *account* are as they came, for the answer repeats them: digits without
    the letter or sign before them, None where they are absent.
    """

    encrypted: bool
    token: str
    sequence: int
    receiver: str | None
    prefix: str | None
    account: str | None
    content: bytes

    @property
    def number(self) -> int:
        """The account as a number: zeros in front of it mean nothing."""
        return int(self.account or "0", 16)


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a message; *at* is the transmitter's time in seconds since 1970, or None."""

    data: bytes
    further: bytes
    at: float | None


def read_header(body: bytes) -> MessageHeader:
    """Return the header of *body*; raise Refused."""
    match = _HEADER.match(body)
    if match is None:
        raise Refused(FrameFault.BAD_HEADER, 'not "TOKEN" sequence R L # account [')
    texts = [None if each is None else each.decode("ascii") for each in match.groups()[:6]]
    star, token, sequence, receiver, prefix, account = texts
    return MessageHeader(
        encrypted=bool(star),
        token=token or "",
        sequence=int(sequence or 0),
        receiver=receiver,
        prefix=prefix,
        account=account,
        content=match[7],
    )


def read_content(header: MessageHeader, key: bytes | None) -> Content:
    """Return the content of a message of an account with *key*; raise Refused."""
    if header.encrypted and key is None:
        raise Refused(
            FrameFault.NO_KEY, "it is encrypted, and its account has no key; set accounts[].key"
        )
    if not header.encrypted and key is not None:
        text = "it is not encrypted, and its account has a key; set the same key at the transmitter"
        raise Refused(FrameFault.NOT_ENCRYPTED, text)
    if key is None:
        return _parts(header.content, FrameFault.BAD_DATA)
    return _parts(_deciphered(header.content, key), FrameFault.WRONG_KEY)


def encipher(key: bytes, pad: bytes, text: bytes) -> bytes:
    """Return *text*, which *pad* fills up to whole blocks, encrypted, as hexadecimal digits."""
    cipher = Cipher(algorithms.AES(key), modes.CBC(_IV)).encryptor()
    return (cipher.update(pad + text) + cipher.finalize()).hex().upper().encode()


def pad_length(text: bytes) -> int:
    """Return the bytes of a pad before *text*: at least a block of what nobody can foresee."""
    return _BLOCK + -len(text) % _BLOCK


def _deciphered(content: bytes, key: bytes) -> bytes:
    try:
        blocks = bytes.fromhex(content.decode("ascii"))
    except ValueError as error:
        raise Refused(FrameFault.BAD_DATA, "what is encrypted is not hexadecimal") from error
    if not blocks or len(blocks) % _BLOCK:
        raise Refused(FrameFault.BAD_DATA, f"what is encrypted is not whole blocks of {_BLOCK} bytes")
    cipher = Cipher(algorithms.AES(key), modes.CBC(_IV)).decryptor()
    text = cipher.update(blocks) + cipher.finalize()
    pad, bar, rest = text.partition(b"|")
    if bar and b"]" not in pad:
        return rest
    # Nothing stands between the pad and the bracket: a message without data.
    return text[text.find(b"]") :] if b"]" in text else b""


def _parts(content: bytes, fault: FrameFault) -> Content:
    time = _TIME.search(content)
    content = content[: time.start()] if time else content.rstrip()
    match = _PARTS.match(content)
    if match is None:
        text = "it ends without a bracket"
        if fault is FrameFault.WRONG_KEY:
            text = "it makes no sense deciphered; set the same key at both ends"
        raise Refused(fault, text)
    return Content(match[1], match[2], None if time is None else _seconds(time[1]))


def _seconds(text: bytes) -> float | None:
    """Return the time in *text*, of UTC as the standard has it; None for one that is none."""
    try:
        return datetime.strptime(text.decode("ascii"), _TIME_FORMAT).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def time_text(at: float) -> bytes:
    """Return *at* as it stands in a message."""
    return b"_" + datetime.fromtimestamp(at, UTC).strftime(_TIME_FORMAT).encode()
