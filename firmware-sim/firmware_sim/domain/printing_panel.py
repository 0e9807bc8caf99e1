"""A panel that prints, in the form of a Firesense AFP-2800, with its faults."""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from firmware_sim.domain.parity import with_even_parity


class Spoiling(StrEnum):
    """Damage to the bytes on their way."""

    NOTHING = "nothing"
    EVEN_PARITY = "even-parity"
    """The panel prints with seven bits and a parity, and the port reads eight."""


def printed_event(word: str, address: str, *, label: str = "") -> str:
    """Return the event *word* at *address*, whose parts are a zone of three digits and a point."""
    zone, _, point = address.partition("-")
    return f":{word} Z{zone} {point} {label or point} 29/11 20:24;"


@dataclass
class PrintingPanel:
    """A panel with its printer port; nobody answers it, and it waits for nobody."""

    spoiling: Spoiling = Spoiling.NOTHING
    is_silent: bool = False
    _waiting: deque[bytes] = field(default_factory=deque)

    def print_line(self, text: str, *, encoding: str = "ascii") -> None:
        """Print *text*."""
        self._waiting.append(text.encode(encoding) + b"\r\n")

    def tick(self, now: float) -> bytes:
        """Return what is printed now; a panel that *is_silent* loses it."""
        data = b"".join(self._waiting)
        self._waiting.clear()
        if self.is_silent:
            return b""
        if self.spoiling is Spoiling.EVEN_PARITY:
            return with_even_parity(data)
        return data

    def receive(self, data: bytes, now: float) -> bytes:
        """Return nothing."""
        return b""
