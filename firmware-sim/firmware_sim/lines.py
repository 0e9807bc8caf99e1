"""Opens the lines that a scenario names."""

from contextlib import AbstractAsyncContextManager

from firmware_sim.adapters.line import CannotOpen, Line
from firmware_sim.adapters.pty_line import open_pty
from firmware_sim.adapters.tcp_line import open_tcp
from firmware_sim.wiring import Pty, Tcp

__all__ = ["FINISHING_S", "CannotOpen", "open_line"]

FINISHING_S = 2.0
"""How long readers have, at the end, to read what they were sent."""


def open_line(line: Pty | Tcp) -> AbstractAsyncContextManager[Line]:
    """*line*, open within the block; raises CannotOpen."""
    match line:
        case Pty():
            return open_pty(line.link)
        case Tcp():
            return open_tcp(line.host, line.port)
