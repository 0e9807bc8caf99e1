"""The account of each stream of batches, kept on disk for the ledger.

No receipt is made of this file: a batch is receipted once it is stored itself, or known to be the very
one that was. So a commit need not reach the disk at once, and streams may be forgotten when there are
too many: a batch that is written a second time changes nothing.
"""

import json
import sqlite3
from collections import OrderedDict
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import structlog

from contract.coverage import Coverage
from contract.ids import GatewayKey, StreamKey
from contract.ledger import EpochCount
from contract.times import Micros, to_micros
from ingest.domain.batches import BatchId
from runtime.clock import Clock
from runtime.sender_log import SenderLog
from runtime.sqlite_thread import SqliteThread, Sync, open_sqlite

log = structlog.get_logger(__name__)
log_of_senders = SenderLog(log)

MOST_STREAMS = 100_000
"""Streams that are remembered: ten times the gateways of a large province, with a few epochs each."""

MOST_EPOCHS = 16
"""Streams of one gateway; beyond it the stream goes of which the least was seen."""

FORGOTTEN_AFTER = timedelta(days=400)
"""A stream that was not heard for so long has no account any more."""

MOST_DIGESTS = 200_000
"""Batches that are recognized when they come again; any other one counts as new."""

_SCHEMA = """
DROP TABLE IF EXISTS lanes;
CREATE TABLE IF NOT EXISTS accounts (
    premises TEXT NOT NULL, gateway TEXT NOT NULL, epoch TEXT NOT NULL,
    seen TEXT NOT NULL, floor INTEGER NOT NULL, stored INTEGER NOT NULL, quarantined INTEGER NOT NULL,
    duplicates INTEGER NOT NULL, verified INTEGER NOT NULL, heard_at INTEGER NOT NULL,
    PRIMARY KEY (premises, gateway, epoch)
);
"""

_SAVE = "INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(slots=True)
class StreamAccount:
    """The batches of one stream, as counts; *coverage* holds the numbers that were seen."""

    coverage: Coverage = field(default_factory=Coverage)
    stored: int = 0
    quarantined: int = 0
    duplicates: int = 0
    verified: int = 0
    heard_at: Micros = 0


class StreamAccounts:
    """The account of every stream; made by ``open_stream_accounts``."""

    def __init__(
        self, file: SqliteThread, accounts: OrderedDict[StreamKey, StreamAccount], clock: Clock
    ) -> None:
        self._file = file
        self._accounts = accounts
        self._clock = clock
        self._streams: dict[GatewayKey, list[StreamKey]] = {}
        for stream in accounts:
            self._streams.setdefault(stream.gateway_key, []).append(stream)
        self._digests: OrderedDict[tuple[StreamKey, int], str] = OrderedDict()

    def is_done(self, batch: BatchId) -> bool:
        """Return whether that very batch is known to be stored, or quarantined."""
        return self._digests.get((batch.stream, batch.seq)) == batch.digest

    def count_duplicate(self, stream: StreamKey) -> None:
        """Count a batch that came again."""
        if (account := self._accounts.get(stream)) is not None:
            account.duplicates += 1

    def counts(self) -> dict[StreamKey, EpochCount]:
        """Return the counts of every stream."""
        return {stream: _counted(account) for stream, account in self._accounts.items()}

    async def settle(
        self,
        batch_ids: Iterable[BatchId],
        *,
        quarantined: bool = False,
        verified: Collection[BatchId] = frozenset(),
    ) -> None:
        """Count batches as stored, or as *quarantined*.

        The readings of those *verified* were counted in the store.
        """
        streams = set()
        for batch_id in batch_ids:
            account = self._note_batch(batch_id, quarantined=quarantined)
            if batch_id in verified:
                account.verified = max(account.verified, batch_id.seq)
            streams.add(batch_id.stream)
        await self._save(streams, self._drop_excess(streams))

    def _note_batch(self, batch_id: BatchId, *, quarantined: bool) -> StreamAccount:
        stream, seq = batch_id.stream, batch_id.seq
        account = self._account_of(stream)
        account.heard_at = to_micros(self._clock())
        is_new = seq not in account.coverage
        if account.coverage.note_message([seq], batch_id.floor):
            log_of_senders.warning(
                "batch number not believed; check that gateway",
                sender=stream.gateway_key,
                stream=stream,
                number=seq,
            )
        if is_new and seq in account.coverage:
            account.quarantined += quarantined
            account.stored += not quarantined
        self._digests[stream, seq] = batch_id.digest
        if len(self._digests) > MOST_DIGESTS:
            self._digests.popitem(last=False)
        return account

    def _account_of(self, stream: StreamKey) -> StreamAccount:
        if stream not in self._accounts:
            self._accounts[stream] = StreamAccount()
            self._streams.setdefault(stream.gateway_key, []).append(stream)
        self._accounts.move_to_end(stream)
        return self._accounts[stream]

    def _drop_excess(self, streams: set[StreamKey]) -> list[StreamKey]:
        """Keep to the bounds, of one gateway, over time, and in all; return the dropped streams."""
        dropped = [
            each for key in {each.gateway_key for each in streams} for each in self._excess_of(key)
        ]
        before = to_micros(self._clock() - FORGOTTEN_AFTER)
        while (oldest := next(iter(self._accounts), None)) is not None and (
            len(self._accounts) > MOST_STREAMS or self._accounts[oldest].heard_at < before
        ):
            dropped.append(self._drop(oldest))
        return dropped

    def _excess_of(self, gateway: GatewayKey) -> Iterator[StreamKey]:
        while len(self._streams[gateway]) > MOST_EPOCHS:
            yield self._drop(min(self._streams[gateway], key=self._count_seen))

    def _count_seen(self, stream: StreamKey) -> int:
        return self._accounts[stream].coverage.count_seen(2**53)

    def _drop(self, stream: StreamKey) -> StreamKey:
        del self._accounts[stream]
        self._streams[stream.gateway_key].remove(stream)
        if not self._streams[stream.gateway_key]:
            del self._streams[stream.gateway_key]
        return stream

    async def _save(self, streams: set[StreamKey], dropped: list[StreamKey]) -> None:
        rows = [_row(each, self._accounts[each]) for each in streams if each in self._accounts]

        def save(database: sqlite3.Connection) -> None:
            database.executemany(_SAVE, rows)
            database.executemany(
                "DELETE FROM accounts WHERE (premises, gateway, epoch) = (?, ?, ?)", dropped
            )

        try:
            await self._file.transact(save)
        except sqlite3.Error as error:
            log.warning("ledger write failed; the account is lost at a restart", reason=str(error))


@asynccontextmanager
async def open_stream_accounts(path: Path, clock: Clock) -> AsyncIterator[StreamAccounts]:
    """Open the accounts in the file at *path*; raises Unusable."""
    async with open_sqlite(path, _SCHEMA, Sync.CRASH) as file:
        yield StreamAccounts(file, await file.run(_load), clock)


def _counted(account: StreamAccount) -> EpochCount:
    return EpochCount(
        coverage=account.coverage,
        stored=account.stored,
        quarantined=account.quarantined,
        duplicated=account.duplicates,
        verified=account.verified,
        heard_at=account.heard_at,
    )


def _row(stream: StreamKey, account: StreamAccount) -> tuple[str | int, ...]:
    seen = json.dumps(account.coverage.ranges), account.coverage.floor
    counts = account.stored, account.quarantined, account.duplicates, account.verified, account.heard_at
    return *stream, *seen, *counts


def _load(database: sqlite3.Connection) -> OrderedDict[StreamKey, StreamAccount]:
    rows = database.execute("SELECT * FROM accounts ORDER BY heard_at")
    return OrderedDict(
        (StreamKey(premises, gateway, epoch), StreamAccount(Coverage(json.loads(seen), floor), *counts))
        for premises, gateway, epoch, seen, floor, *counts in rows
    )
