"""What ingest holds of a gateway: numbered batches of readings, and copies of signals."""

from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec import Struct

from contract.messages import Proof, Series, Signal
from contract.times import Micros


class Lane(NamedTuple):
    """The telemetry of one outbox of one gateway: what is numbered from 1 and receipted together."""

    premises: str
    gateway: str
    epoch: str


class Number(NamedTuple):
    """One batch of a lane, the floor that was claimed beside it, and the digest of its bytes."""

    lane: Lane
    floor: int
    seq: int
    digest: str

    @property
    def proof(self) -> Proof:
        """For the receipt."""
        return Proof(self.seq, self.digest)


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of plausible readings, ready to be stored; *readings* is how many it holds."""

    number: Number
    series: tuple[Series, ...]
    readings: int = field(init=False)

    def __post_init__(self) -> None:
        # Counted once: the backlog, the groups and the metrics all ask for it.
        object.__setattr__(self, "readings", sum([len(each.t) for each in self.series]))


class Mark(NamedTuple):
    """A number that nobody can guess, written with the lines of one request and read back afterwards."""

    number: int
    at: Micros


class Stretch(NamedTuple):
    """The readings of one gateway between *start* and *end*, both inclusive."""

    premises: str
    gateway: str
    start: Micros
    end: Micros


class Signals(Struct, frozen=True):
    """The signals of one alarm message: the copy that is stored beside the readings."""

    premises: str
    gateway: str
    epoch: str
    signals: tuple[Signal, ...]
