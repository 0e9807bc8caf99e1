"""A receiver of dialers as SurGard makes them, on its line to a computer, with its faults.

It sends a message, waits 4 s for the ACK, and sends it again, three times (MLR2-E specifications, page
38); then it waits until a heartbeat is acknowledged.
"""

from collections import deque
from dataclasses import dataclass, field

_ACK, _NAK, _DC4 = b"\x06", b"\x15", b"\x14"

HEARTBEAT = b"1011           @    "

_MOST_TRIES = 4


def contact_id(account: str, event: str, *, qualifier: str = "E", zone: str = "001") -> bytes:
    """Return a message of Contact ID, without its terminator."""
    return f"5011 18{account}{qualifier}{event}01{zone}".encode("ascii")


@dataclass
class DialerReceiver:
    """A receiver with the messages that its computer has not acknowledged.

    *spoiled* is the number of messages that the line damages; with *forgets* it repeats what was
    acknowledged; *is_silent* says nothing at all.
    """

    heartbeat_s: float = 30.0
    answer_s: float = 4.0
    is_silent: bool = False
    forgets: bool = False
    spoiled: int = 0
    waiting: deque[bytes] = field(default_factory=deque)
    acknowledged: list[bytes] = field(default_factory=list)
    sent: int = 0
    _awaited: bytes = b""
    _tries: int = 0
    _due: float = 0.0
    _is_resting: bool = False

    def report(self, message: bytes) -> None:
        """Send *message* as soon as its turn comes."""
        self.waiting.append(message)

    def tick(self, now: float) -> bytes:
        """Return what the receiver sends by time alone."""
        if self.is_silent or (self._awaited and now < self._due):
            return b""
        if self._awaited and self._tries < _MOST_TRIES:
            return self._send(self._awaited, now)
        if self._awaited:
            self._is_resting, self._awaited, self._due = True, b"", now
        if self.waiting and not self._is_resting:
            return self._send(self.waiting[0], now)
        return self._send(HEARTBEAT, now) if now >= self._due else b""

    def receive(self, data: bytes, now: float) -> bytes:
        """Return what the receiver sends upon *data*."""
        return b"".join(self._answer(bytes([byte]), now) for byte in data)

    def _answer(self, byte: bytes, now: float) -> bytes:
        if not self._awaited:
            return b""
        if byte == _NAK and self._tries < _MOST_TRIES:
            return self._send(self._awaited, now)
        if byte == _ACK:
            self._accept_acknowledgement(now)
        return b""

    def _accept_acknowledgement(self, now: float) -> None:
        if self._awaited != HEARTBEAT:
            self.acknowledged.append(self._awaited)
            if not self.forgets:
                self.waiting.popleft()
        self._awaited, self._tries, self._is_resting = b"", 0, False
        self._due = now + self.heartbeat_s

    def _send(self, message: bytes, now: float) -> bytes:
        self._tries = self._tries + 1 if message == self._awaited else 1
        self._awaited, self._due = message, now + self.answer_s
        self.sent += 1
        if self.spoiled:
            self.spoiled -= 1
            message = message[:3] + bytes([message[3] | 0x80]) + message[4:]
        return message + _DC4
