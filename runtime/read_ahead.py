"""A socket that reads ahead: paho asks for one byte, for the length, and for the rest of a packet."""

import asyncio
import socket
from contextlib import suppress
from typing import Self

from runtime.mqtt_message import MqttMessage, publish_at

PUBACK = b"\x40\x02"
"""The beginning of the 4 bytes that acknowledge a message (MQTT 3.1.1, 3.4)."""

PUBACK_LENGTH = 4

ACKS_AGAIN_S = 0.001
"""Seconds until acknowledgements for which there was no room are tried again."""

AHEAD = 8_192
"""Bytes that are read at once: some dozens of alarms, decoded within a few milliseconds."""


class ReadAheadSocket(socket.socket):
    """A connected socket whose ``recv`` is served from what was read at once before.

    As with TLS, ``pending`` says how much of that waits. It reads ahead once in a turn of the event
    loop: a sender that is faster than this program must not keep it from everything else. What
    acknowledges the messages of one turn is sent together.
    """

    _acks = b""
    _ahead = b""
    _next = 0
    _had_its_turn = False

    @classmethod
    def over(cls, connected: socket.socket) -> Self:
        """Return *connected* as such a socket; the other object must not be used any longer."""
        return cls(fileno=connected.detach())

    def pending(self) -> int:
        """Return the number of bytes that were read and not yet asked for."""
        return len(self._ahead) - self._next

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Return up to *bufsize* bytes; raise BlockingIOError where they would come in a later turn."""
        if not self.pending():
            self._read(max(AHEAD, bufsize), flags)
        begin, self._next = self._next, min(self._next + bufsize, len(self._ahead))
        return self._ahead[begin : self._next]

    def wait_for_bytes(self) -> bool:
        """Read ahead if nothing waits; False at the end of the connection.

        Raises BlockingIOError where bytes would come in a later turn, and OSError if it broke.
        """
        if not self.pending():
            self._read(AHEAD, 0)
        return self.pending() > 0

    def take_message(self) -> MqttMessage | None:
        """Take and acknowledge the packet that is next; None unless it is a whole message that waits.

        Whoever takes a message holds it before the acknowledgement is sent, at the end of the turn.
        """
        packet = publish_at(self._ahead, self._next)
        if packet is None:
            return None
        self._next = packet.end
        if packet.number:
            self._acks += PUBACK + packet.number
            self._end_turn_soon()
        return packet.message

    def send(  # type: ignore[override]  # paho sends nothing else
        self, data: bytes | bytearray | memoryview, flags: int = 0, /
    ) -> int:
        """Send *data*, or keep it until the end of this turn if it is an acknowledgement."""
        packet = bytes(data)
        if self._had_its_turn and len(packet) == PUBACK_LENGTH and packet.startswith(PUBACK):
            self._acks += packet
            return len(packet)
        self._send_acks()
        if self._acks:
            raise BlockingIOError  # no packet goes into the middle of another one
        return super().send(packet, flags)

    def _send_acks(self) -> None:
        if self._acks:
            with suppress(BlockingIOError):
                self._acks = self._acks[super().send(self._acks) :]

    def _read(self, size: int, flags: int) -> None:
        if self._had_its_turn:
            raise BlockingIOError
        self._end_turn_soon()
        self._ahead, self._next = super().recv(size, flags), 0

    def _end_turn_soon(self) -> None:
        if not self._had_its_turn:
            self._had_its_turn = True
            asyncio.get_running_loop().call_soon(self._begin_turn)

    def _begin_turn(self) -> None:
        self._had_its_turn = False
        try:
            self._send_acks()
        except OSError:
            self._acks = b""  # the connection broke, as the next read or write will say
        if self._acks:
            asyncio.get_running_loop().call_later(ACKS_AGAIN_S, self._begin_turn)
