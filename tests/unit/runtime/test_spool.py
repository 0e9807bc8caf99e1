"""The spool: what it took is there, whatever happens; what was let go is gone."""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.digests import digest
from runtime.spool import LAYOUT, Depth, NewerLayout, NotStored, Spool, SpoolEntry, open_spool
from tests.support.depth import examples

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


@asynccontextmanager
async def opened(path: Path | None) -> AsyncIterator[Spool]:
    async with open_spool(path, lambda: NOW) as spool:
        yield spool


async def sql(spool: Spool, text: str) -> list[tuple[object, ...]]:
    return await spool._thread.run(lambda file: file._database.execute(text).fetchall())


def ready(body: bytes, _number: int) -> bytes:
    return body


async def put(spool: Spool, *bodies: bytes) -> list[int]:
    return list(await asyncio.gather(*(spool.append(partial(ready, body)) for body in bodies)))


async def kept(spool: Spool) -> dict[int, bytes]:
    return {entry.seq: entry.body for entry in await spool.entries()}


async def test_an_appended_entry_is_there_after_reopening_with_epoch_and_number(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "a.db"
    async with opened(path) as spool:
        assert await put(spool, b"one", b"two") == [1, 2]
        epoch = spool.epoch
    async with opened(path) as spool:
        assert await spool.entries() == [
            SpoolEntry(seq, 1_795_464_000_000_000, body) for seq, body in ((1, b"one"), (2, b"two"))
        ]
        assert (spool.epoch, spool.last_seq, spool.begun_anew) == (epoch, 2, False)
        assert (spool.depth.entries, spool.depth.floor) == (2, 1)


async def test_the_number_is_given_to_the_builder_of_the_entry(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as spool:
        await spool.append(lambda seq: f"number {seq}".encode())
        assert await kept(spool) == {1: b"number 1"}


async def test_a_released_entry_is_gone_and_its_number_is_never_used_again(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with opened(path) as spool:
        await put(spool, *(b"x" for _ in range(5)))
        await spool.release(through=2, above=[4, 5])
        assert await kept(spool) == {3: b"x"}
        await spool.release(through=5)
        assert (spool.depth.entries, spool.depth.floor) == (0, 6)
    async with opened(path) as spool:
        assert await put(spool, b"y") == [6]


async def test_a_receipt_given_twice_releases_nothing_twice(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as spool:
        await put(spool, b"x", b"y")
        await spool.release(through=1)
        await spool.release(through=1, above=[1])
        assert spool.depth.entries == 1


async def test_an_entry_stands_for_others_in_one_commit_and_is_as_old_as_they(tmp_path: Path) -> None:
    path, clock = tmp_path / "a.db", [NOW]
    async with open_spool(path, lambda: clock[0]) as spool:
        await put(spool, b"one", b"two", b"three")
        first, second, _ = await spool.entries()
        clock[0] = NOW + timedelta(hours=1)
        assert await spool.append(lambda _: b"both", instead_of=[first, second]) == 4
        assert (spool.depth.entries, spool.depth.floor) == (2, 3)
    async with opened(path) as spool:
        assert await kept(spool) == {3: b"three", 4: b"both"}
        assert (await spool.entries())[1].at == first.at


async def test_replaced_entries_are_kept_if_the_disk_refuses_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with opened(path) as spool:
        await put(spool, b"one", b"two")
        entries = await spool.entries()
        await sql(spool, "PRAGMA busy_timeout = 50")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotStored):
            await spool.append(lambda _: b"both", instead_of=entries)
        other.execute("ROLLBACK")
        other.close()
        assert await kept(spool) == {1: b"one", 2: b"two"}
        assert (spool.depth.entries, spool.depth.floor) == (2, 1)


async def test_the_room_of_what_was_released_is_known(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as spool:
        await put(spool, random.Random(3).randbytes(200_000))
        assert spool.depth.spare < 10_000
        await spool.release(through=1)
        assert spool.depth.spare > 190_000


async def test_pages_are_read_in_order(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as spool:
        await put(spool, *(b"x" for _ in range(10)))
        assert [entry.seq for entry in await spool.entries(after=4, limit=3)] == [5, 6, 7]


async def test_a_burst_of_appends_costs_few_commits(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with opened(path) as spool:
        commits = 0
        file = await spool._thread.run(lambda file: file)
        insert = file.insert

        def counting(entries: list[SpoolEntry], instead_of: list[int]) -> Depth:
            nonlocal commits
            commits += 1
            return insert(entries, instead_of)

        file.insert = counting  # type: ignore[method-assign] # it has no other place for a counter
        assert sorted(await put(spool, *(b"x" for _ in range(2_000)))) == list(range(1, 2_001))
    assert commits <= 3


async def test_an_entry_is_on_disk_for_others_to_see_when_append_returns(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with opened(path) as spool:
        await put(spool, b"x")
        with sqlite3.connect(path) as other:
            assert other.execute("SELECT seq, body FROM entries").fetchall() == [(1, b"x")]
        other.close()
        assert await sql(spool, "PRAGMA synchronous") == [(2,)]


async def test_a_file_of_a_newer_program_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with opened(path) as spool:
        await put(spool, b"x")
    with sqlite3.connect(path) as other:
        other.execute("UPDATE meta SET layout = ?", (LAYOUT + 1,))
    other.close()
    with pytest.raises(NewerLayout, match=f"layout {LAYOUT + 1}"):
        async with opened(path):
            pass
    assert path.exists()


async def test_a_corrupt_file_is_set_aside_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    for name in ("a.db", "a.db-wal", "a.db-shm"):
        (tmp_path / name).write_bytes(b"this is no database " * 300)
    async with opened(path) as spool:
        assert spool.begun_anew
        assert await put(spool, b"x") == [1]
    names = {each.name for each in tmp_path.iterdir() if "corrupt" in each.name}  # noqa: ASYNC240
    stem = "a.db.corrupt-1795464000000000"
    assert names == {stem, f"{stem}-wal", f"{stem}-shm"}
    assert (tmp_path / stem).read_bytes().startswith(b"this is no database")


async def test_a_disk_that_refuses_raises_and_keeps_nothing_of_the_entry(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with opened(path) as spool:
        await put(spool, b"x")
        await sql(spool, "PRAGMA busy_timeout = 50")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotStored):
            await put(spool, b"y")
        with pytest.raises(NotStored):
            await spool.release(through=1)
        other.execute("ROLLBACK")
        other.close()
        assert await put(spool, b"z") == [3]
        assert await kept(spool) == {1: b"x", 3: b"z"}


async def test_a_cancelled_append_leaves_the_other_entries(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as spool:
        tasks = [asyncio.create_task(spool.append(lambda _: b"x")) for _ in range(10)]
        await asyncio.sleep(0)
        tasks[3].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await spool.settle()
        assert set(await kept(spool)) == set(range(1, 11))


async def test_a_long_body_is_stored_compressed_and_read_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    series = b'[{"point":"smoke-01","quantity":"smoke","t":[1795464000000000],"v":[0.02]}]' * 100
    async with opened(path) as spool:
        await put(spool, series, b"\0 begins with the mark of a compressed one")
        assert list((await kept(spool)).values()) == [
            series,
            b"\0 begins with the mark of a compressed one",
        ]
        assert await spool.release_proven({1: digest(series), 2: digest(b"others")}) == [2]
        ((length,),) = await sql(
            spool, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        )
        assert isinstance(length, int)
        assert length < len(series)


async def test_proven_entries_leave_with_the_commit_of_the_next_entry(tmp_path: Path) -> None:
    async with open_spool(tmp_path / "a.db", lambda: NOW, release_within_s=3_600) as spool:
        await put(spool, b"one", b"two")
        proofs = {1: digest(b"one"), 2: digest(b"others")}
        released = asyncio.create_task(spool.release_proven(proofs))
        await asyncio.sleep(0)
        assert spool.depth.entries == 0
        assert set(await kept(spool)) == {1, 2}
        await put(spool, b"three")
        assert await released == [2]
        assert await kept(spool) == {2: b"two", 3: b"three"}
        assert spool.depth.entries == 2


async def test_proven_entries_leave_by_themselves_where_no_entry_comes(tmp_path: Path) -> None:
    async with open_spool(tmp_path / "a.db", lambda: NOW, release_within_s=0.05) as spool:
        await put(spool, b"one")
        assert await spool.release_proven({1: digest(b"one")}) == []
        assert await kept(spool) == {}


async def test_proven_entries_that_still_wait_leave_when_the_spool_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with open_spool(path, lambda: NOW, release_within_s=3_600) as spool:
        await put(spool, b"one")
        waiting = asyncio.create_task(spool.release_proven({1: digest(b"one")}))
        await asyncio.sleep(0)
        waiting.cancel()
    async with opened(path) as spool:
        assert await kept(spool) == {}


async def test_proven_entries_leave_although_the_disk_refuses_the_next_one(tmp_path: Path) -> None:
    async with open_spool(tmp_path / "a.db", lambda: NOW, release_within_s=3_600) as spool:
        await put(spool, b"one")
        await sql(
            spool, "CREATE TRIGGER full BEFORE INSERT ON entries BEGIN SELECT RAISE(FAIL, 'full'); END"
        )
        released = asyncio.create_task(spool.release_proven({1: digest(b"one")}))
        await asyncio.sleep(0)
        with pytest.raises(NotStored):
            await put(spool, b"two")
        assert await released == []
        assert await kept(spool) == {}


async def test_what_the_disk_does_not_release_is_kept_and_told(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with open_spool(path, lambda: NOW, release_within_s=0.05) as spool:
        await put(spool, b"one")
        await sql(spool, "PRAGMA busy_timeout = 50")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotStored):
            await spool.release_proven({1: digest(b"one")})
        other.execute("ROLLBACK")
        other.close()
        assert (await kept(spool), spool.depth.entries) == ({1: b"one"}, 1)


async def test_a_spool_may_live_in_memory() -> None:
    async with opened(None) as spool:
        assert await put(spool, b"x") == [1]
        assert await kept(spool) == {1: b"x"}


steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(1, 4)),
        st.tuples(st.just("release"), st.integers(0, 12)),
        st.tuples(st.just("let go"), st.integers(1, 12)),
        st.tuples(st.just("prove"), st.integers(1, 12)),
        st.tuples(st.just("reopen"), st.just(0)),
    ),
    max_size=20,
)


@settings(max_examples=examples(40), deadline=None)
@given(steps)
def test_a_spool_keeps_exactly_what_was_not_released_whatever_happens(
    steps: list[tuple[str, int]],
) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(_live(Path(folder) / "a.db", steps))


async def _live(path: Path, steps: list[tuple[str, int]]) -> None:
    model: dict[int, bytes] = {}
    last = 0
    stack = opened(path)
    spool = await stack.__aenter__()
    for what, number in steps:
        if what == "append":
            bodies = [b"%d of %d" % (each, last) * (1 + 200 * (each % 2)) for each in range(number)]
            numbers = await put(spool, *bodies)
            assert numbers == list(range(last + 1, last + 1 + number))
            model.update(zip(numbers, bodies, strict=True))
            last += number
        elif what == "release":
            await spool.release(through=number)
            model = {seq: body for seq, body in model.items() if seq > number}
        elif what == "let go":
            await spool.release(through=0, above=[number])
            model.pop(number, None)
        elif what == "prove":
            there = model.pop(number, b"")
            assert await spool.release_proven({number: digest(there)}) == []
        else:
            await stack.__aexit__(None, None, None)
            stack = opened(path)
            spool = await stack.__aenter__()
        assert await kept(spool) == model
        assert spool.depth.entries == len(model)
        assert spool.depth.floor == min(model, default=last + 1)
    await stack.__aexit__(None, None, None)


async def test_an_entry_is_stored_though_nobody_waits_for_it(tmp_path: Path) -> None:
    async with open_spool(tmp_path / "a.db", lambda: NOW) as spool:
        for _ in range(5):
            spool.submit(b"entry %d".__mod__)
        assert spool.waiting == 5
    async with open_spool(tmp_path / "a.db", lambda: NOW) as spool:
        assert [each.body for each in await spool.entries()] == [b"entry %d" % n for n in range(1, 6)]
