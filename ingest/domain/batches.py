"""The values that ingest stores: numbered batches of readings, and copies of signals."""

from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec import Struct

from contract.ids import StreamKey
from contract.messages import Proof, Series, Signal
from contract.times import Micros


class BatchId(NamedTuple):
    """A batch of a stream: its number, the floor that was claimed beside it, the digest of its bytes."""

    stream: StreamKey
    floor: int
    seq: int
    digest: str

    @property
    def proof(self) -> Proof:
        """For the receipt."""
        return Proof(self.seq, self.digest)


class SeriesKey(NamedTuple):
    """A series at the premises of its gateway."""

    point: str
    quantity: str


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of plausible readings, ready to be stored; *readings* is how many it holds.

    *layout* stands for the gateway and the series that it has readings of, in their order: most batches
    of a gateway have that of the one before, and need no look at each series.
    """

    id: BatchId
    series: tuple[Series, ...]
    readings: int = field(init=False)
    layout: int = field(init=False)

    def __post_init__(self) -> None:
        # Counted once: the backlog, the groups and the metrics all need it.
        object.__setattr__(self, "readings", sum([len(each.t) for each in self.series]))
        names = tuple([(each.point, each.quantity) for each in self.series if each.t])
        object.__setattr__(self, "layout", hash((self.id.stream.gateway_key, names)))


class Mark(NamedTuple):
    """A number that nobody can guess, written with the lines of one request and read back afterwards."""

    number: int
    at: Micros


class ReadingSpan(NamedTuple):
    """The readings of one gateway between *start* and *end*, both inclusive."""

    premises: str
    gateway: str
    start: Micros
    end: Micros


class SignalCopy(Struct, frozen=True):
    """The signals of one alarm message: the copy that is stored beside the readings."""

    premises: str
    gateway: str
    epoch: str
    signals: tuple[Signal, ...]
