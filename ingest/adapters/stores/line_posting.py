"""Posts lines to an InfluxDB, such that one bad line costs nothing but itself."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

import aiohttp
import structlog

from ingest.adapters.stores.markers import Marker
from ingest.adapters.stores.store import RefusedLines, StoreAway, WriteOutcome
from ingest.domain.batches import Mark
from ingest.domain.write_replies import (
    WriteVerdict,
    judge_reply,
    kept_reason,
    retry_after_s,
    type_conflict,
)

log = structlog.get_logger(__name__)

MOST_REFUSALS = 400
"""Refused posts that the search for bad lines may cost. It takes about 2 log2(n) for each bad line
among n; beyond, what is still mixed is refused whole, and quarantined whole."""

MOST_BYTES = 1_000_000
"""Bytes of one post, about 10,000 readings: below the 1 MiB at which aiohttp and many proxies object."""


@dataclass(frozen=True, slots=True)
class WriteReply:
    """An HTTP answer to a post; *text* is the beginning of its body, or its reason phrase."""

    status: int
    text: str
    retry_after_s: float | None = None
    location: str | None = None

    @property
    def verdict(self) -> WriteVerdict:
        """Verdict on the lines."""
        return judge_reply(self.status, self.text)

    @property
    def detail(self) -> str:
        """The answer in one line."""
        return f"{self.status} {self.text}"

    @property
    def kept_reason(self) -> str:
        """Reason and remedy for the operator, where the reply kept the lines."""
        return kept_reason(self.status, self.text, self.location)


def reply_from(reply: aiohttp.ClientResponse, text: str, now: datetime) -> WriteReply:
    """Return the reply that aiohttp has, with the beginning of its *text*."""
    said = text[:500].strip() or reply.reason or ""
    return reply_of(reply.status, said, reply.headers, now)


def reply_of(status: int, text: str, headers: Mapping[str, str], now: datetime) -> WriteReply:
    """Return the reply of *status* and *headers*."""
    wait = retry_after_s(headers.get("Retry-After"), now)
    return WriteReply(status, text, wait, headers.get("Location"))


Post = Callable[[bytes], Awaitable[WriteReply]]
"""Posts lines; raises StoreAway if there is no answer."""

FindDropped = Callable[[bytes, Mark], Awaitable[bytes]]
"""Returns those of the lines of a request with a mark that are not in the store; raises StoreAway."""


_MARK_ALONE: list["_Piece"] = []
"""A group without lines."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some lines of the part at *index*."""

    index: int
    lines: bytes

    def halves(self) -> "list[_Piece]":
        """Return the piece in two halves, or whole if it is a single line."""
        lines = self.lines.split(b"\n")
        middle = len(lines) // 2
        halves = (lines[:middle], lines[middle:])
        return [_Piece(self.index, b"\n".join(half)) for half in halves if half]


async def post_parts(
    parts: Sequence[bytes], post: Post, marker: Marker, *, find_dropped: FindDropped | None = None
) -> WriteOutcome:
    """Post the lines of all *parts* together, and in ever smaller groups where the reply asks for it.

    Each post carries a mark of *marker*. Without parts a mark goes alone. Where the store says that it
    dropped some lines and stored the rest, *find_dropped* reads back which, and nothing is posted again.
    """
    pieces = [_Piece(index, lines) for index, lines in enumerate(parts) if lines]
    posting = _Posting(post, marker, find_dropped)
    return await posting.run(_by_size(pieces) or [_MARK_ALONE])


def _by_size(pieces: list[_Piece]) -> list[list[_Piece]]:
    """Return *pieces* in groups of up to MOST_BYTES, in their order."""
    groups: list[list[_Piece]] = []
    room = 0
    for each in chain.from_iterable(map(_small_enough, pieces)):
        if not groups or len(each.lines) > room:
            groups.append([])
            room = MOST_BYTES
        groups[-1].append(each)
        room -= len(each.lines) + 1
    return groups


def _small_enough(piece: _Piece) -> list[_Piece]:
    halves = piece.halves() if len(piece.lines) > MOST_BYTES else [piece]
    if len(halves) == 1:
        return halves
    return [small for half in halves for small in _small_enough(half)]


class _Posting:
    """One write: the groups of pieces that wait, and what was refused so far.

    A refusal counts only from a store that takes a mark before it and another one after it: whatever
    stands before the store may begin or cease to refuse everything in between.
    """

    def __init__(self, post: Post, marker: Marker, find_dropped: FindDropped | None) -> None:
        self._post = post
        self._marker = marker
        self._find_dropped = find_dropped
        self._marks: set[Mark] = set()
        self._waiting: list[list[_Piece]] = []
        self._refused: list[RefusedLines] = []
        self._refusals = 0
        self._unproven = False  # something was refused, and no later mark was taken yet

    async def run(self, groups: list[list[_Piece]]) -> WriteOutcome:
        """Post the pieces of *groups* until each is written, refused, or kept."""
        self._waiting = groups[::-1]
        stopped = await self._post_all()
        if stopped is None and self._unproven:
            self._waiting = [_MARK_ALONE]
            stopped = await self._post_all()
        if stopped is not None:
            return stopped
        return WriteOutcome(refused=tuple(self._refused), marks=frozenset(self._marks))

    async def _post_all(self) -> WriteOutcome | None:
        """Post what waits; return the outcome where something was neither written nor refused."""
        while self._waiting:
            if (stopped := await self._post_group(self._waiting.pop())) is not None:
                return stopped
        return None

    async def _post_group(self, group: list[_Piece]) -> WriteOutcome | None:
        mark = self._marker.next()
        try:
            reply = await self._post(self._marker.enclose([each.lines for each in group], mark))
        except StoreAway as error:
            return self._stopped(group, str(error), None)
        verdict = reply.verdict
        if verdict is WriteVerdict.WRITTEN:
            self._marks.add(mark)
        elif verdict is WriteVerdict.KEEP or not group:
            return self._stopped(group, reply.kept_reason, reply.retry_after_s)
        elif verdict is WriteVerdict.PARTIAL:
            return await self._settle_partial(group, mark, reply)
        else:
            self._search(group, reply)
        return None

    async def _settle_partial(
        self, group: list[_Piece], mark: Mark, reply: WriteReply
    ) -> WriteOutcome | None:
        """Refuse what the store dropped of *group*; keep all of it if a type conflict left nothing."""
        dropped = await self._dropped(group, mark)
        conflict = type_conflict(reply.text)
        if conflict is not None and (dropped is None or _are_all(dropped, group)):
            return self._stopped(group, conflict, None)
        if dropped is None:
            self._search(group, reply)
            return None
        self._marks.add(mark)
        self._refused += [RefusedLines(each.index, each.lines, reply.detail) for each in dropped]
        return None

    async def _dropped(self, group: list[_Piece], mark: Mark) -> list[_Piece] | None:
        """Return the lines of *group* that are not in the store; None if that cannot be found out."""
        if self._find_dropped is None:
            return None
        try:
            missing = [replace(each, lines=await self._find_dropped(each.lines, mark)) for each in group]
        except StoreAway as error:
            log.info("dropped lines not read back; searching for them", reason=str(error))
            return None
        return [each for each in missing if each.lines]

    def _search(self, group: list[_Piece], reply: WriteReply) -> None:
        """Have the bad lines of *group* searched for, once the store took a mark."""
        if reply.verdict is WriteVerdict.SPLIT or self._marks:
            self._divide(group, reply)
        else:
            self._waiting += [group, _MARK_ALONE]

    def _stopped(self, group: list[_Piece], reason: str, retry_after_s: float | None) -> WriteOutcome:
        kept = frozenset(each.index for pieces in (group, *self._waiting) for each in pieces)
        kept = kept.union(each.index for each in self._refused)
        return WriteOutcome((), kept, reason, retry_after_s, frozenset(self._marks))

    def _divide(self, group: list[_Piece], reply: WriteReply) -> None:
        self._refusals += 1
        smaller = group if len(group) > 1 else group[0].halves()
        if len(smaller) == 1 or self._refusals > MOST_REFUSALS:
            self._refused += [RefusedLines(each.index, each.lines, reply.detail) for each in group]
            self._unproven = True
            return
        middle = len(smaller) // 2
        self._waiting += [smaller[middle:], smaller[:middle]]


def _are_all(dropped: list[_Piece], group: list[_Piece]) -> bool:
    return [each.lines for each in dropped] == [each.lines for each in group]
