"""Reads back what the store answered to have stored: only that is receipted (docs/adr).

Each request carried marks; when they are read back the request as a whole has reached the store. Beside
that, batches are counted in the store: each that holds a series which was never read back, and of the
others a few at a time, the newest of each gateway in turn. If one of those falls short, all are counted.
"""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from contract.ids import GatewayKey
from ingest.adapters.stores.store import ReadBackPace, ReadingStore, RefusedLines, StoreAway
from ingest.domain.batches import Batch, Mark
from ingest.domain.read_back_rules import missing_series, order_by_turn, series_of, span_of

COUNTED_IN_TURN = 4
"""Batches counted in one round although nothing is new about them: at most 80 a second."""

COUNTED_AS_NEW = 32
"""Batches with a series never read back that are counted in one round; the others wait for the next."""

AT_ONCE = 4
"""Counts that the store is asked for at a time."""

MOST_SERIES = 300_000
"""Series that are known to have been read back, some 20 MB; beyond, all are counted anew."""

MOST_LAYOUTS = 50_000
"""Layouts of batches of which every series was read back; beyond, they are found out anew."""

IN_DOUBT = 2
"""Factor of the time given to a store that failed before: perhaps it is only slow."""

NOT_THERE = (
    "it answered to have stored what cannot be read back; check any proxy before the store, store.url "
    "and the database name, its retention, and the clock of this machine"
)


@dataclass(eq=False, slots=True)
class WrittenBatch:
    """A batch that the store answered to have stored, except for the lines in *refused*.

    It is *marked* once the marks of its request were read back, was counted *short_counts* times and
    found short each time, and is *doubted* if another one of its request was.
    """

    batch: Batch
    refused: tuple[RefusedLines, ...]
    marks: frozenset[Mark]
    since: float
    marked: bool = False
    doubted: bool = False
    short_counts: int = 0


@dataclass(frozen=True, slots=True)
class ReadBackResult:
    """Result of one round of reading back.

    *shown* were read back, and of these the *counted* reading by reading. *withheld* are not there,
    although their request and the readings of others are. *lost* are not there at all; *reason* says
    why nothing could be asked.
    """

    shown: tuple[WrittenBatch, ...] = ()
    counted: frozenset[WrittenBatch] = frozenset()
    withheld: tuple[WrittenBatch, ...] = ()
    lost: tuple[WrittenBatch, ...] = ()
    reason: str | None = None


@dataclass(slots=True)
class _History:
    """The series that were read back before, and the turns of gateways."""

    series: set[int] = field(default_factory=set)
    layouts: set[int] = field(default_factory=set)
    turns: dict[GatewayKey, int] = field(default_factory=dict)
    turn: int = 0
    counted_at: float = float("-inf")

    def note_batch(self, batch: Batch, now: float) -> None:
        """Note that *batch* was counted."""
        if len(self.series) + len(self.turns) > MOST_SERIES:
            self.series.clear()
            self.layouts.clear()
            self.turns.clear()
        self.turn += 1
        self.turns[batch.id.stream.gateway_key] = self.turn
        if batch.layout not in self.layouts:
            self.series.update(map(hash, series_of(batch)))
            self._note_layout(batch)
        self.counted_at = now

    def knows(self, batch: Batch) -> bool:
        """Return whether every series of *batch* was read back before."""
        if batch.layout in self.layouts:
            return True
        if not self.series.issuperset(map(hash, series_of(batch))):
            return False
        self._note_layout(batch)
        return True

    def _note_layout(self, batch: Batch) -> None:
        if len(self.layouts) >= MOST_LAYOUTS:
            self.layouts.clear()
        self.layouts.add(batch.layout)


class ReadBack:
    """The batches that wait to be read back from the store."""

    def __init__(self, store: ReadingStore, *, shown_within_s: float | None = None) -> None:
        self._store = store
        self._shown_within_s = shown_within_s or store.pace.shown_within_s
        self._waiting: list[WrittenBatch] = []
        self._history = _History()
        self._any_waits = asyncio.Event()
        self._none_waits = asyncio.Event()
        self._none_waits.set()
        self._all_doubted = False
        self.in_doubt = False
        self.shown_at = float("-inf")

    @property
    def pace(self) -> ReadBackPace:
        """Pace at which the store shows what it took."""
        return self._store.pace

    def add_written(
        self, written: Iterable[tuple[Batch, tuple[RefusedLines, ...]]], marks: frozenset[Mark]
    ) -> None:
        """Let batches wait whose request carried *marks*."""
        now = _now()
        self._waiting += [WrittenBatch(batch, refused, marks, now) for batch, refused in written]
        self._signal()

    async def until_any_waits(self) -> None:
        """Return once a batch waits to be read back."""
        await self._any_waits.wait()

    async def until_none_waits(self) -> None:
        """Return once no batch does."""
        await self._none_waits.wait()

    async def check_store(self) -> ReadBackResult:
        """Ask the store once for all that waits; a batch neither shown nor given up goes on waiting."""
        waiting = tuple(self._waiting)
        shown: list[WrittenBatch] = []
        counted: frozenset[WrittenBatch] = frozenset()
        reason = None
        try:
            await self._find(waiting)
            counted = await self._count([each for each in waiting if each.marked])
            shown = [each for each in waiting if each in counted or self._needs_no_count(each)]
        except StoreAway as error:
            reason = str(error)
        withheld, lost = self._given_up(set(waiting).difference(shown))
        self._forget({*shown, *withheld, *lost})
        if shown:
            self.shown_at = _now()
        return ReadBackResult(tuple(shown), counted, withheld, lost, reason)

    async def why_not_shown(self, marks: frozenset[Mark]) -> str | None:
        """Return why the store does not show *marks* as fast as it should; None once it does."""
        end = _now() + self._shown_within_s
        while True:
            reason = await self._why_not_now(marks)
            if reason is None or _now() > end:
                return reason
            await asyncio.sleep(self.pace.check_every_s)

    async def _why_not_now(self, marks: frozenset[Mark]) -> str | None:
        try:
            return None if not marks or await self._store.found_marks(marks) >= marks else NOT_THERE
        except StoreAway as error:
            return f"not read back: {error}"

    async def _find(self, waiting: Collection[WrittenBatch]) -> None:
        marks = frozenset[Mark]().union(*(each.marks for each in waiting if not each.marked))
        found = await self._store.found_marks(marks) if marks else marks
        for each in waiting:
            each.marked = each.marked or each.marks <= found

    async def _count(self, marked: list[WrittenBatch]) -> frozenset[WrittenBatch]:
        """Return those that were counted and are whole."""
        chosen = self._chosen([each for each in marked if not each.refused])
        gate = asyncio.Semaphore(AT_ONCE)
        whole = await asyncio.gather(*(self._is_whole(each, gate) for each in chosen))
        good = frozenset(each for each, good in zip(chosen, whole, strict=True) if good)
        self._doubt([each for each in chosen if each not in good], marked)
        for each in good:
            self._history.note_batch(each.batch, _now())
        return good

    def _doubt(self, short: list[WrittenBatch], marked: list[WrittenBatch]) -> None:
        """Count what shares a request with what is *short*; let nothing pass uncounted meanwhile.

        A reading of a new series may only be late to show: it says nothing of other requests.
        """
        marks = frozenset[Mark]().union(*(each.marks for each in short))
        for each in short:
            each.short_counts += 1
        for each in marked:
            each.doubted = each.doubted or not marks.isdisjoint(each.marks)
        self._all_doubted = any(self._history.knows(each.batch) for each in short)

    def _chosen(self, countable: list[WrittenBatch]) -> list[WrittenBatch]:
        must = [each for each in countable if each.doubted or not self._history.knows(each.batch)]
        must.sort(key=lambda each: each.short_counts)
        rest = {each.batch.id: each for each in countable}
        for each in must:
            del rest[each.batch.id]
        most = COUNTED_AS_NEW if self._all_doubted else COUNTED_IN_TURN
        turn = order_by_turn([each.batch for each in rest.values()], self._history.turns)[:most]
        return must[:COUNTED_AS_NEW] + [rest[batch.id] for batch in turn]

    async def _is_whole(self, written: WrittenBatch, gate: asyncio.Semaphore) -> bool:
        async with gate:
            counts = await self._store.count_span(span_of(written.batch))
        return not missing_series(written.batch, counts, self.pace.resolution_us)

    def _needs_no_count(self, written: WrittenBatch) -> bool:
        if not written.marked or written.refused:
            return written.marked
        return not (self._all_doubted or written.doubted) and self._history.knows(written.batch)

    def _given_up(
        self, rest: Iterable[WrittenBatch]
    ) -> tuple[tuple[WrittenBatch, ...], tuple[WrittenBatch, ...]]:
        now, limit_s = _now(), self._shown_within_s * (IN_DOUBT if self.in_doubt else 1)
        late = [each for each in rest if now - each.since > limit_s]
        over = [each for each in late if each.short_counts or not each.marked]
        short = (each for each in over if each.short_counts)
        withheld = tuple(each for each in short if self._history.counted_at > each.since)
        return withheld, tuple(each for each in over if each not in withheld)

    def _forget(self, done: set[WrittenBatch]) -> None:
        self._waiting = [each for each in self._waiting if each not in done]
        self._signal()

    def _signal(self) -> None:
        now, before = self._any_waits, self._none_waits
        if not self._waiting:
            now, before = before, now
        now.set()
        before.clear()


def _now() -> float:
    return asyncio.get_running_loop().time()
