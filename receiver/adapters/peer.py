"""The sender of bytes, whatever it speaks."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Peer:
    """The sender of bytes, and what takes the answer to it."""

    address: str
    transport: str
    answer: Callable[[bytes], None]

    @property
    def name(self) -> str:
        """The name of the peer in logs and in the quarantine."""
        return f"{self.transport}/{self.address}"
