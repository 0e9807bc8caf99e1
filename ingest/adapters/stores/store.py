"""The port that every readings store implements; a write is stored, refused or kept."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from contract.times import Micros
from ingest.domain.batches import Batch, Mark, ReadingSpan, SeriesKey, SignalCopy
from ingest.domain.thinning import Curve


class StoreAway(Exception):
    """The store does not answer, or not now; nothing is known to be stored. Try again later."""


@dataclass(frozen=True, slots=True)
class RefusedLines:
    """Lines of the part at *index* that the store will never take, and its answer as *detail*."""

    index: int
    lines: bytes
    detail: str


@dataclass(frozen=True, slots=True)
class WriteOutcome:
    """Outcome for the parts of one write: those in *kept* are to be written again.

    The store answered to have stored all others, except for the lines in *refused*: believed only once
    every one of *marks*, which went with them, was read back. *reason* says why any were kept,
    *retry_after_s* for how many seconds the store asks to be left alone, if it does.
    """

    refused: tuple[RefusedLines, ...] = ()
    kept: frozenset[int] = frozenset()
    reason: str | None = None
    retry_after_s: float | None = None
    marks: frozenset[Mark] = frozenset()


@dataclass(frozen=True, slots=True)
class ReadBackPace:
    """Pace at which a store shows what it stored.

    It is asked again every *check_every_s*. What it does not show within *shown_within_s* is not there.
    It keeps apart readings that are *resolution_us* apart.
    """

    check_every_s: float
    shown_within_s: float
    resolution_us: int = 1


@dataclass(frozen=True, slots=True)
class CurveQuery:
    """The readings asked for; *start* and *end* inclusive, in microseconds since 1970."""

    premises: str
    point: str
    quantity: str
    start: Micros
    end: Micros
    max_points: int


@dataclass(frozen=True, slots=True)
class SeriesCount:
    """The number of readings that the store holds of one series."""

    point: str
    quantity: str
    count: int


class ReadingSource(Protocol):
    """A place that readings are read from."""

    async def read_curve(self, wanted: CurveQuery) -> Curve:
        """Return the readings asked for, of all gateways of the premises; raises StoreAway."""
        ...

    async def count_readings(self, premises: str) -> list[SeriesCount]:
        """Return the counts of all series of *premises*; raises StoreAway."""
        ...


class ReadingStore(ReadingSource, Protocol):
    """A place for readings. Writing the same batch again changes nothing."""

    @property
    def pace(self) -> ReadBackPace:
        """Pace at which the store shows what it stored."""
        ...

    async def identify(self) -> str:
        """Return the name of the server; raises StoreAway where that is not a store of this kind."""
        ...

    async def found_marks(self, marks: Collection[Mark]) -> frozenset[Mark]:
        """Return those of *marks* that are read back whole; raises StoreAway."""
        ...

    async def count_span(self, span: ReadingSpan) -> dict[SeriesKey, int]:
        """Return how many readings are read back of each series; raises StoreAway."""
        ...

    async def write_batches(self, batches: Sequence[Batch]) -> WriteOutcome:
        """Write *batches*, or a mark alone if there are none; return the outcome, never raise."""
        ...

    async def write_signals(self, copies: Sequence[SignalCopy]) -> WriteOutcome:
        """Write *copies* in the same way."""
        ...

    async def delete_before(self, before: Micros) -> int:
        """Delete readings older than *before* where the store does not do so itself; return how many."""
        ...
