"""A socket that reads ahead: paho asks for one byte, for the length, and for the rest of a packet."""

import asyncio
import socket
from typing import Self

AHEAD = 8_192
"""Bytes that are read at once: some dozens of alarms, decoded within a few milliseconds."""


class ReadAheadSocket(socket.socket):
    """A connected socket whose ``recv`` is served from what was read at once before.

    As with TLS, ``pending`` says how much of that waits. It reads ahead once in a turn of the event
    loop: a sender that is faster than this program must not keep it from everything else.
    """

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
            self._take_turn()
            self._ahead, self._next = super().recv(max(AHEAD, bufsize), flags), 0
        begin, self._next = self._next, min(self._next + bufsize, len(self._ahead))
        return self._ahead[begin : self._next]

    def _take_turn(self) -> None:
        if self._had_its_turn:
            raise BlockingIOError
        self._had_its_turn = True
        asyncio.get_running_loop().call_soon(self._begin_turn)

    def _begin_turn(self) -> None:
        self._had_its_turn = False
