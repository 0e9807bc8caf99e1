"""An alarm message that waits for the turn of its gateway."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from contract.ids import GatewayKey
from contract.messages import OpenedAlarm, open_alarm
from contract.recovered_fires import RecoveredFire
from contract.times import Micros


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """A message of the gateway *key*; from its first turn on *opened*, of which *begin* is next.

    *fires* are all that was read in it, once that was found of a message which cannot be read.
    """

    key: GatewayKey
    source: str
    payload: bytes
    received_at: Micros
    opened: OpenedAlarm | None = None
    begin: int = 0
    fires: Sequence[RecoveredFire] | None = None

    @property
    def size(self) -> int:
        """The bytes of the message."""
        return len(self.payload)

    def open(self) -> OpenedAlarm:
        """Return the envelope; raise BadMessage if it cannot be read."""
        return self.opened or open_alarm(self.payload)

    def rest_of(self, opened: OpenedAlarm, most: int) -> "WaitingMessage | None":
        """Return what is left after *most* more signals; None if nothing is."""
        begin = self.begin + most
        return replace(self, opened=opened, begin=begin) if begin < len(opened.signals) else None
