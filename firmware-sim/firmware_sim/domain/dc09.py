"""Write what a transmitter of SIA DC-09 sends, and read what a receiver answers.

Written from the same public sources as the receiver (docs/connecting.md), and apart from it: the two
share no line, so that a mistake of one is seen by the other.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_ANSWER = re.compile(
    rb'\n(?:[0-9A-F]{4}|[\s\S]{2})0[0-9A-F]{3}("\*?(ACK|NAK|DUH)"([0-9]{4})[^\[]*\[([^\r]*))\r'
)


@dataclass(frozen=True, slots=True)
class Dialler:
    """A transmitter of *account*, whose clock is off by *clock_off_s*."""

    account: str
    receiver: str = ""
    prefix: str = "0"
    key: bytes | None = None
    clock_off_s: float = 0.0

    def frame(
        self, token: str, sequence: int, data: str = "", *, at: float | None = None, pad: bytes = b""
    ) -> bytes:
        """Return a frame with *data*, and the time *at* if it is given or the account is encrypted."""
        receiver = f"R{self.receiver}" if self.receiver else ""
        head = f"{sequence:04}{receiver}L{self.prefix}#{self.account}["
        time = b"" if at is None else _time(at + self.clock_off_s)
        if self.key is None:
            return frame_of(f'"{token}"{head}{data}]'.encode() + time)
        text = (f"|{data}]" if data else "]").encode() + time
        filled = (pad or bytes(range(97, 117)) * 3)[: 16 + -len(text) % 16] + text
        cipher = Cipher(algorithms.AES(self.key), modes.CBC(bytes(16))).encryptor()
        hidden = (cipher.update(filled) + cipher.finalize()).hex().upper()
        return frame_of(f'"*{token}"{head}{hidden}'.encode())

    def poll(self, sequence: int, *, at: float | None = None) -> bytes:
        """Return a poll."""
        return self.frame("NULL", sequence, at=at)

    def sia(self, sequence: int, events: str, *, at: float | None = None) -> bytes:
        """Return *events* of DC-03, such as ``Nri1/FA012``."""
        return self.frame("SIA-DCS", sequence, f"#{self.account}|{events}", at=at)

    def contact_id(self, sequence: int, event: str, *, at: float | None = None) -> bytes:
        """Return an *event* of Contact ID, such as ``1110 01 012``."""
        return self.frame("ADM-CID", sequence, f"#{self.account}|{event}", at=at)


@dataclass(frozen=True, slots=True)
class ReceiverAnswer:
    """The answer of a receiver; *time* is that in a NAK or an encrypted ACK, as text."""

    word: str
    sequence: int
    time: str = ""


def frame_of(body: bytes) -> bytes:
    """Return *body* as a frame."""
    return b"\n" + check_of(body) + b"0%03X" % len(body) + body + b"\r"


def check_of(body: bytes) -> bytes:
    """Return the CRC of *body* as it stands in its frame."""
    crc = 0
    for byte in body:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return b"%04X" % crc


def read_answers(data: bytes, key: bytes | None = None) -> list[ReceiverAnswer]:
    """Return the sound answers in *data*; those that are encrypted are read with *key*."""
    answers = []
    for match in _ANSWER.finditer(data):
        body, word, sequence, content = match.groups()
        if match[0][1:5] != check_of(body):
            continue
        if body.startswith(b'"*') and key is not None:
            cipher = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).decryptor()
            content = cipher.update(bytes.fromhex(content.decode())) + cipher.finalize()
        time = content.rpartition(b"]_")[2] if b"]_" in content else b""
        answers.append(ReceiverAnswer(word.decode(), int(sequence), time.decode("ascii", "replace")))
    return answers


def _time(at: float) -> bytes:
    return datetime.fromtimestamp(at, UTC).strftime("_%H:%M:%S,%m-%d-%Y").encode()
