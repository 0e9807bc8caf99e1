"""Reading back what the store said that it took: only that is receipted (docs/adr).

Each request carried marks; when they are read back the request as a whole has reached the store. Beside
that, batches are counted in the store: each that holds a series which was never read back, and of the
others a few at a time, the newest of each gateway in turn. If one of those falls short, all are counted.
"""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from ingest.adapters.stores.base import Pace, Refused, Store, StoreAway
from ingest.domain.batches import Batch, Mark
from ingest.domain.proof import in_turn, series_of, short_of, stretch_of

COUNTED_IN_TURN = 4
"""Batches counted in one round although nothing is new about them: at most 80 a second."""

COUNTED_AS_NEW = 32
"""Batches with a series never read back that are counted in one round; the others wait for the next."""

AT_ONCE = 4
"""Counts that the store is asked for at a time."""

MOST_SERIES = 300_000
"""Series that are known to have been read back, some 20 MB; beyond, all are counted anew."""

IN_DOUBT = 2
"""So many times the patience for a store that failed before: perhaps it is only slow."""

NOT_THERE = (
    "it says that it took what cannot be read back; see what stands before the store, whether store.url "
    "and the database name are right, its retention, and the clock of this machine"
)


@dataclass(eq=False, slots=True)
class Pending:
    """A batch that the store said it took, with the lines of it that it *refused*.

    It is *marked* once the marks of its request were read back, was counted *looks* times and found
    short each time, and is *doubted* if another one of its request was.
    """

    batch: Batch
    refused: tuple[Refused, ...]
    marks: frozenset[Mark]
    since: float
    marked: bool = False
    doubted: bool = False
    looks: int = 0


@dataclass(frozen=True, slots=True)
class Round:
    """Result of one look at the store.

    *shown* were read back, and of these the *counted* reading by reading. *withheld* are not there,
    although their request and the readings of others are. *lost* are not there at all; *reason* says
    why nothing could be asked.
    """

    shown: tuple[Pending, ...] = ()
    counted: frozenset[Pending] = frozenset()
    withheld: tuple[Pending, ...] = ()
    lost: tuple[Pending, ...] = ()
    reason: str | None = None


@dataclass(slots=True)
class _Memory:
    """Memory of what was read back before."""

    series: set[int] = field(default_factory=set)
    turns: dict[tuple[str, str], int] = field(default_factory=dict)
    turn: int = 0
    counted_at: float = float("-inf")

    def note(self, batch: Batch, now: float) -> None:
        """Take note that *batch* was counted."""
        if len(self.series) + len(self.turns) > MOST_SERIES:
            self.series.clear()
            self.turns.clear()
        self.turn += 1
        self.turns[batch.number.lane.premises, batch.number.lane.gateway] = self.turn
        self.series.update(map(hash, series_of(batch)))
        self.counted_at = now

    def knows(self, batch: Batch) -> bool:
        """Return whether every series of *batch* was read back before."""
        return self.series.issuperset(map(hash, series_of(batch)))


class Prover:
    """The batches that wait to be read back."""

    def __init__(self, store: Store, *, shown_within_s: float | None = None) -> None:
        self._store = store
        self._patience_s = shown_within_s or store.pace.patience_s
        self._waiting: list[Pending] = []
        self._memory = _Memory()
        self._some = asyncio.Event()
        self._none = asyncio.Event()
        self._none.set()
        self._all_doubted = False
        self.in_doubt = False
        self.shown_at = float("-inf")

    @property
    def pace(self) -> Pace:
        """Pace at which the store shows what it took."""
        return self._store.pace

    def add(self, some: Iterable[tuple[Batch, tuple[Refused, ...]]], marks: frozenset[Mark]) -> None:
        """Let batches wait whose request carried *marks*."""
        now = _now()
        self._waiting += [Pending(batch, refused, marks, now) for batch, refused in some]
        self._signal()

    async def some(self) -> None:
        """Wait until something waits."""
        await self._some.wait()

    async def none(self) -> None:
        """Wait until nothing does."""
        await self._none.wait()

    async def look(self) -> Round:
        """Ask the store once for all that waits; what is neither shown nor given up waits on."""
        waiting = tuple(self._waiting)
        shown: list[Pending] = []
        counted: frozenset[Pending] = frozenset()
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
        return Round(tuple(shown), counted, withheld, lost, reason)

    async def why_not_shown(self, marks: frozenset[Mark]) -> str | None:
        """Return why the store does not show *marks* as fast as it should; None once it does."""
        end = _now() + self._patience_s
        while True:
            reason = await self._why_not_now(marks)
            if reason is None or _now() > end:
                return reason
            await asyncio.sleep(self.pace.ask_s)

    async def _why_not_now(self, marks: frozenset[Mark]) -> str | None:
        try:
            return None if not marks or await self._store.found(marks) >= marks else NOT_THERE
        except StoreAway as error:
            return f"not read back: {error}"

    async def _find(self, waiting: Collection[Pending]) -> None:
        marks = frozenset[Mark]().union(*(each.marks for each in waiting if not each.marked))
        found = await self._store.found(marks) if marks else marks
        for each in waiting:
            each.marked = each.marked or each.marks <= found

    async def _count(self, marked: list[Pending]) -> frozenset[Pending]:
        """Those that were counted and are whole."""
        chosen = self._chosen([each for each in marked if not each.refused])
        gate = asyncio.Semaphore(AT_ONCE)
        whole = await asyncio.gather(*(self._is_whole(each, gate) for each in chosen))
        good = frozenset(each for each, good in zip(chosen, whole, strict=True) if good)
        self._doubt([each for each in chosen if each not in good], marked)
        for each in good:
            self._memory.note(each.batch, _now())
        return good

    def _doubt(self, short: list[Pending], marked: list[Pending]) -> None:
        """Count what shares a request with what is *short*; let nothing pass uncounted meanwhile.

        A reading of a new series may only be late to show: it says nothing of other requests.
        """
        marks = frozenset[Mark]().union(*(each.marks for each in short))
        for each in short:
            each.looks += 1
        for each in marked:
            each.doubted = each.doubted or not marks.isdisjoint(each.marks)
        self._all_doubted = any(self._memory.knows(each.batch) for each in short)

    def _chosen(self, countable: list[Pending]) -> list[Pending]:
        must = [each for each in countable if each.doubted or not self._memory.knows(each.batch)]
        must.sort(key=lambda each: each.looks)
        rest = {each.batch.number: each for each in countable}
        for each in must:
            del rest[each.batch.number]
        most = COUNTED_AS_NEW if self._all_doubted else COUNTED_IN_TURN
        turn = in_turn([each.batch for each in rest.values()], self._memory.turns)[:most]
        return must[:COUNTED_AS_NEW] + [rest[batch.number] for batch in turn]

    async def _is_whole(self, pending: Pending, gate: asyncio.Semaphore) -> bool:
        async with gate:
            counts = await self._store.count_stretch(stretch_of(pending.batch))
        return not short_of(pending.batch, counts, self.pace.resolution_us)

    def _needs_no_count(self, pending: Pending) -> bool:
        if not pending.marked or pending.refused:
            return pending.marked
        return not (self._all_doubted or pending.doubted) and self._memory.knows(pending.batch)

    def _given_up(self, rest: Iterable[Pending]) -> tuple[tuple[Pending, ...], tuple[Pending, ...]]:
        now, patience_s = _now(), self._patience_s * (IN_DOUBT if self.in_doubt else 1)
        over = [
            each for each in rest if now - each.since > patience_s and (each.looks or not each.marked)
        ]
        withheld = tuple(each for each in over if each.looks and self._memory.counted_at > each.since)
        return withheld, tuple(each for each in over if each not in withheld)

    def _forget(self, done: set[Pending]) -> None:
        self._waiting = [each for each in self._waiting if each not in done]
        self._signal()

    def _signal(self) -> None:
        here, gone = (self._some, self._none) if self._waiting else (self._none, self._some)
        here.set()
        gone.clear()


def _now() -> float:
    return asyncio.get_running_loop().time()
