"""Opens the lines that a scenario names."""

from contextlib import AbstractAsyncContextManager

from firmware_sim.adapters.line import CannotOpen, SimulatedLine
from firmware_sim.adapters.pty_line import open_pty
from firmware_sim.adapters.tcp_line import open_tcp
from firmware_sim.scenario.io_config import PtyConfig, TcpConfig

__all__ = ["FINISHING_S", "CannotOpen", "open_line"]

FINISHING_S = 2.0
"""Seconds that readers have, at the end, to read the rest."""


def open_line(line: PtyConfig | TcpConfig) -> AbstractAsyncContextManager[SimulatedLine]:
    """Return *line*, open within the block; raises CannotOpen."""
    match line:
        case PtyConfig():
            return open_pty(line.link)
        case TcpConfig():
            return open_tcp(line.host, line.port)
