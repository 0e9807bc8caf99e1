"""Requirements on the account of each stream, and on the batches that wait."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.ids import StreamKey
from contract.ledger import EpochCount
from contract.messages import Series
from ingest.adapters import stream_accounts as accounts_module
from ingest.adapters.backlog import Backlog
from ingest.adapters.stream_accounts import (
    FORGOTTEN_AFTER,
    MOST_EPOCHS,
    StreamAccounts,
    open_stream_accounts,
)
from ingest.domain.batches import Batch, BatchId
from runtime.clock import utc_now

STREAM = StreamKey("p", "g", "e")


def batch_id(seq: int, *, stream: StreamKey = STREAM, floor: int = 1, digest: str = "d") -> BatchId:
    return BatchId(stream, floor, seq, digest)


def account(accounts: StreamAccounts, stream: StreamKey = STREAM) -> EpochCount | None:
    return accounts.counts().get(stream)


async def test_settled_batches_are_accounted_for_after_a_restart(tmp_path: Path) -> None:
    async with open_stream_accounts(tmp_path / "coverage.db", utc_now) as accounts:
        await accounts.settle([batch_id(1), batch_id(2), batch_id(5)])

    async with open_stream_accounts(tmp_path / "coverage.db", utc_now) as accounts:
        found = account(accounts)
        assert found is not None
        assert (found.stored, found.coverage.ranges) == (3, [(1, 2), (5, 5)])


async def test_only_the_very_same_batch_counts_as_stored(tmp_path: Path) -> None:
    async with open_stream_accounts(tmp_path / "coverage.db", utc_now) as accounts:
        await accounts.settle([batch_id(1, digest="one")])
        assert accounts.is_done(batch_id(1, digest="one"))
        assert not accounts.is_done(batch_id(1, digest="another"))
        assert not accounts.is_done(batch_id(1, digest="one", stream=StreamKey("p", "g", "f")))


async def test_a_floor_above_its_own_batch_is_not_believed(tmp_path: Path) -> None:
    async with open_stream_accounts(tmp_path / "coverage.db", utc_now) as accounts:
        await accounts.settle([batch_id(7, floor=2**53)])

        found = account(accounts)
        assert found is not None
        assert found.coverage.floor == 7


async def test_the_longest_unheard_of_too_many_streams_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts_module, "MOST_STREAMS", 3)
    many = [StreamKey("p", f"g{each}", "e") for each in range(5)]
    async with open_stream_accounts(tmp_path / "coverage.db", utc_now) as accounts:
        for stream in [*many[:3], many[0], *many[3:]]:
            await accounts.settle([batch_id(1, stream=stream)])
        assert [stream in accounts.counts() for stream in many] == [True, False, False, True, True]

    async with open_stream_accounts(tmp_path / "coverage.db", utc_now) as accounts:
        assert [stream in accounts.counts() for stream in many] == [True, False, False, True, True]


async def test_invented_epochs_displace_neither_the_true_one_nor_another_gateway(
    tmp_path: Path,
) -> None:
    other = StreamKey("p", "other", "e")
    async with open_stream_accounts(tmp_path / "coverage.db", utc_now) as accounts:
        await accounts.settle([batch_id(1), batch_id(2), batch_id(1, stream=other)])
        for each in range(200):
            await accounts.settle(
                [batch_id(2**53, stream=StreamKey("p", "g", f"made-up-{each}"), floor=2**53)]
            )
        assert account(accounts) is not None
        assert account(accounts, other) is not None
        assert len(accounts.counts()) == MOST_EPOCHS + 1


async def test_an_epoch_that_nobody_hears_expires(tmp_path: Path) -> None:
    now = utc_now()
    async with open_stream_accounts(tmp_path / "coverage.db", lambda: now) as accounts:
        await accounts.settle([batch_id(1)])
        now += FORGOTTEN_AFTER + timedelta(days=1)
        await accounts.settle([batch_id(1, stream=StreamKey("p", "other", "e"))])
        assert account(accounts) is None


def batch(seq: int, readings: int) -> Batch:
    rows = list(range(readings))
    series = Series(point="p", quantity="smoke", t=rows, v=[0.0] * readings)
    return Batch(batch_id(seq), (series,))


@given(st.lists(st.integers(1, 30), max_size=30), st.integers(1, 100), st.integers(1, 50))
async def test_a_backlog_never_holds_more_than_its_bound_and_gives_each_batch_once(
    sizes: list[int], limit: int, most: int
) -> None:
    backlog = Backlog(limit)
    taken = [seq for seq, size in enumerate(sizes) if backlog.add(batch(seq, size))]
    assert backlog.readings <= max(limit, *sizes, 0) if sizes else backlog.readings == 0

    given_out: list[int] = []
    while len(given_out) < len(taken):
        group = await backlog.take_group(most)
        assert len(group) == 1 or sum(each.readings for each in group) <= most
        given_out += [each.id.seq for each in group]
        for each in group:
            backlog.forget(each)

    assert given_out == taken
    assert backlog.readings == 0
    assert not any(backlog.holds(batch_id(seq)) for seq in taken)


async def test_a_batch_larger_than_the_bound_is_taken_alone() -> None:
    backlog = Backlog(10)

    assert backlog.add(batch(1, 50))
    assert not backlog.add(batch(2, 1))
    assert backlog.holds(batch_id(1))
    assert not backlog.holds(batch_id(2))
