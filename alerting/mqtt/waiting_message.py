"""An alarm message that waits for the turn of its gateway."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from contract.gateway_signing import SignatureVerdict
from contract.ids import GatewayKey
from contract.messages import OpenedAlarm, open_alarm
from contract.recovered_fires import RecoveredFire
from contract.times import Micros
from contract.topics import CENTER_LEVEL

PART_BYTES = 16 * 1_024
"""Bytes of signals that are read together: 50 of a common length. If all are bad, some milliseconds."""


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """A message of the gateway *key*; from its first turn on *opened*, of which *begin* is next.

    *fires* are all that was read in it, once that was found of a message which cannot be read.
    *unverified* is the reason for which its gateway did not sign it, as far as anybody can tell.
    """

    key: GatewayKey
    source: str
    payload: bytes
    received_at: Micros
    opened: OpenedAlarm | None = None
    begin: int = 0
    fires: Sequence[RecoveredFire] | None = None
    unverified: SignatureVerdict | None = None

    @property
    def is_of_center(self) -> bool:
        """Whether it is a round of the synthetic fire, in which nothing is ever stored as a signal."""
        return self.key.premises == CENTER_LEVEL

    @property
    def is_new(self) -> bool:
        """Whether nothing of it was read yet."""
        return self.opened is None and self.fires is None

    def next_part(self, opened: OpenedAlarm, most: int) -> slice:
        """Return the part of at most *most* signals, and of few bytes, that is read next."""
        end, size = self.begin, 0
        for raw in opened.signals[self.begin : self.begin + most]:
            size += len(raw)
            if end > self.begin and size > PART_BYTES:
                break
            end += 1
        return slice(self.begin, end)

    @property
    def size(self) -> int:
        """The bytes of the message."""
        return len(self.payload)

    def open(self) -> OpenedAlarm:
        """Return the envelope; raise BadMessage if it cannot be read."""
        return self.opened or open_alarm(self.payload)

    def rest_from(self, begin: int, opened: OpenedAlarm) -> "WaitingMessage | None":
        """Return what is left from the signal *begin* on; None if nothing is."""
        return replace(self, opened=opened, begin=begin) if begin < len(opened.signals) else None
