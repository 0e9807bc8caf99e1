"""What every readings store can do, and the three things that may become of a batch."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from contract.times import Micros
from ingest.domain.batches import Batch, Mark, Signals, Stretch
from ingest.domain.thinning import Curve


class StoreAway(Exception):
    """The store does not answer, or not now; nothing is known to be stored. Try again later."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What the store will never take of the part at *index*: its *lines*, and what the store said."""

    index: int
    lines: bytes
    detail: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the parts of one write: those in *kept* are to be written again.

    The store says that it took all others, except for the lines in *refused*: believed only once
    every one of *marks*, which went with them, was read back. *reason* tells why any were kept;
    *retry_after_s* how many seconds the store wants to be left alone, if it said so.
    """

    refused: tuple[Refused, ...] = ()
    kept: frozenset[int] = frozenset()
    reason: str | None = None
    retry_after_s: float | None = None
    marks: frozenset[Mark] = frozenset()


@dataclass(frozen=True, slots=True)
class Pace:
    """Pace at which a store shows what it took.

    It is asked again every *ask_s* seconds. What it does not show within *patience_s* it does not have.
    """

    ask_s: float
    patience_s: float
    resolution_us: int = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which readings are asked for: *start* and *end* inclusive, in microseconds since 1970."""

    premises: str
    point: str
    quantity: str
    start: Micros
    end: Micros
    max_points: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many readings the store holds of one quantity at one point."""

    point: str
    quantity: str
    count: int


class Store(Protocol):
    """A place for readings. Writing the same batch again changes nothing."""

    @property
    def pace(self) -> Pace:
        """Pace at which the store shows what it took."""
        ...

    async def identify(self) -> str:
        """Return who the store says it is; raises StoreAway where that is no store of this kind."""
        ...

    async def found(self, marks: Collection[Mark]) -> frozenset[Mark]:
        """Those of *marks* that are read back whole; raises StoreAway."""
        ...

    async def count_stretch(self, stretch: Stretch) -> dict[tuple[str, str], int]:
        """Return how many readings are read back of each point and quantity; raises StoreAway."""
        ...

    async def write(self, batches: Sequence[Batch]) -> Outcome:
        """Hand over *batches*, or a mark alone if there are none; what became of them, never raises."""
        ...

    async def write_signals(self, copies: Sequence[Signals]) -> Outcome:
        """Store *copies*, in the same way."""
        ...

    async def series(self, wanted: Wanted) -> Curve:
        """The readings asked for, of all gateways of the premises; raises StoreAway."""
        ...

    async def counts(self, premises: str) -> list[Count]:
        """What is stored of *premises*, by point and quantity; raises StoreAway."""
        ...

    async def forget(self, before: Micros) -> int:
        """Delete readings older than *before* where the store does not do so itself; how many."""
        ...
