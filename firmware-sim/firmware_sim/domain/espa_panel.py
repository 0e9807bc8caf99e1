"""A panel that calls pagers over ESPA 4.4.4, and a station that is polled, each with its faults.

They are written from the standard, apart from what the gateway has: each finds mistakes of the other.
"""

from collections import deque
from dataclasses import dataclass, field
from functools import reduce
from operator import xor

_SOH, _STX, _ETX, _EOT, _ENQ, _ACK, _NAK = b"\x01", b"\x02", b"\x03", b"\x04", b"\x05", b"\x06", b"\x15"
_US, _RS = b"\x1f", b"\x1e"

_MOST_TRIES = 3


@dataclass(frozen=True, slots=True)
class PagerCall:
    """A call to a pager: the text on its display, and the other records of the call."""

    text: str
    address: str = "100"
    call_type: str = "3"
    priority: str = "1"
    encoding: str = "ascii"

    def block(self) -> bytes:
        """Return the call as it goes over the line."""
        records = (
            ("1", self.address),
            ("2", self.text),
            ("3", "1"),
            ("4", self.call_type),
            ("5", "1"),
            ("6", self.priority),
        )
        text = _RS.join(kind.encode() + _US + data.encode(self.encoding) for kind, data in records)
        body = b"1" + _STX + text + _ETX
        return _SOH + body + bytes([reduce(xor, body)])


@dataclass
class PanelFaults:
    """Faults of a peer.

    One that *is_silent* says nothing at all; *spoiled* is the number of blocks whose check is wrong;
    one that *forgets* acknowledges, and does not do what it acknowledged; *calls* is the station that it
    selects instead of the gateway.
    """

    is_silent: bool = False
    spoiled: int = 0
    forgets: bool = False
    calls: str | None = None


@dataclass
class EspaPanel:
    """A panel that is the control station: it polls *pager*, and calls it when there is something."""

    pager: str = "2"
    own: str = "1"
    poll_every_s: float = 0.3
    answer_s: float = 2.0
    faults: PanelFaults = field(default_factory=PanelFaults)
    waiting: deque[PagerCall] = field(default_factory=deque)
    delivered: list[PagerCall] = field(default_factory=list)
    answered_polls: int = 0
    tries: int = 0
    _awaits: str = ""
    _due: float = 0.0

    def call(self, call: PagerCall) -> None:
        """Tell *call* as soon as the line is free."""
        self.waiting.append(call)

    def tick(self, now: float) -> bytes:
        """Return what the panel says by time alone."""
        if self.faults.is_silent or now < self._due:
            return b""
        if self._awaits and self._awaits != "poll":
            self._fail(now)
            return _EOT
        self._due = now + (self.answer_s if self.waiting else self.poll_every_s)
        if self.waiting:
            self._awaits = "selection"
            return _EOT + self.own.encode() + _ENQ + (self.faults.calls or self.pager).encode() + _ENQ
        self._awaits = "poll"
        return _EOT + self.pager.encode() + _ENQ

    def receive(self, data: bytes, now: float) -> bytes:
        """Return what the panel answers to *data*."""
        return b"".join(self._answer(bytes([byte]), now) for byte in data)

    def _answer(self, byte: bytes, now: float) -> bytes:
        if self._awaits == "poll" and byte == _EOT:
            self.answered_polls += 1
            self._awaits = ""
        elif self._awaits == "selection" and byte == _ACK:
            self._awaits, self._due = "receipt", now + self.answer_s
            return self._block()
        elif self._awaits == "receipt" and byte == _ACK:
            self.delivered.append(self.waiting[0] if self.faults.forgets else self.waiting.popleft())
            self._awaits, self.tries, self._due = "", 0, now + self.poll_every_s
            return _EOT
        elif self._awaits == "receipt" and byte == _NAK:
            self._due = now + self.answer_s
            return self._block()
        return b""

    def _block(self) -> bytes:
        self.tries += 1
        block = self.waiting[0].block()
        if self.faults.spoiled:
            self.faults.spoiled -= 1
            return block[:-1] + bytes([block[-1] ^ 0x20])
        return block

    def _fail(self, now: float) -> None:
        """Give up the transaction; the call is tried again, behind others after some tries."""
        self._awaits, self._due = "", now + self.poll_every_s
        if self.tries >= _MOST_TRIES:
            self.tries = 0
            self.waiting.rotate(-1)


@dataclass
class EspaStation:
    """A panel that is polled: it has its turn only when the control station asks for it."""

    own: str = "2"
    control: str = "1"
    faults: PanelFaults = field(default_factory=PanelFaults)
    waiting: deque[PagerCall] = field(default_factory=deque)
    delivered: list[PagerCall] = field(default_factory=list)
    polls: int = 0
    _before: bytes = b""
    _awaits: str = ""

    def call(self, call: PagerCall) -> None:
        """Tell *call* when the station is polled."""
        self.waiting.append(call)

    def tick(self, now: float) -> bytes:
        """Return nothing: a station speaks when it is asked."""
        return b""

    def receive(self, data: bytes, now: float) -> bytes:
        """Return what the station answers to *data*."""
        if self.faults.is_silent:
            return b""
        return b"".join(self._answer(bytes([byte])) for byte in data)

    def _answer(self, byte: bytes) -> bytes:
        before, self._before = self._before, byte
        if byte == _EOT:
            self._awaits = ""
        elif byte == _ENQ and before == self.own.encode():
            return self._answer_poll()
        elif byte == _ACK and self._awaits == "selection":
            self._awaits = "receipt"
            return self.waiting[0].block()
        elif byte == _NAK and self._awaits == "receipt":
            return self.waiting[0].block()
        elif byte == _ACK and self._awaits == "receipt":
            self.delivered.append(self.waiting.popleft())
            self._awaits = ""
            return _EOT
        return b""

    def _answer_poll(self) -> bytes:
        self.polls += 1
        if self.faults.forgets:
            return _ACK
        if not self.waiting:
            return _EOT
        self._awaits = "selection"
        return (self.faults.calls or self.control).encode() + _ENQ
