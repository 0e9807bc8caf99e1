"""Work for a bounded process that goes wrong, or says how it is bounded; it imports little."""

import os
from pathlib import Path


def busy(_order: bytes, _content: bytes) -> tuple[bytes, bytes]:
    """Never end."""
    while True:
        pass


def verbose(_order: bytes, _content: bytes) -> tuple[bytes, bytes]:
    """Make more than is allowed."""
    return b"", b"x" * 2_000_000


def environment(_order: bytes, _content: bytes) -> tuple[bytes, bytes]:
    """Return the environment."""
    return repr(dict(os.environ)).encode(), b""


def standing(_order: bytes, _content: bytes) -> tuple[bytes, bytes]:
    """Return the score by which the kernel chooses, and the priority."""
    score = Path("/proc/self/oom_score_adj").read_text().strip()
    return f"{score} {os.nice(0)}".encode(), b""
