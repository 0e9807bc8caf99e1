"""Of a database that several processes share, readers get the entries of all of them."""

import pytest
from sqlalchemy import create_engine, insert

from alerting.store.tables import timeline
from tests.adapters.alerting.feed.served import row, served
from tests.support.servers import Server, empty_database
from tests.support.waiting import eventually


async def test_entries_of_another_process_arrive(postgres_server: Server) -> None:
    async with served(empty_database(postgres_server), shared=True) as feed:
        reader = await feed.join()
        await feed.insert(3)
        await feed.has(reader, [1, 2, 3])
        await feed.commit(2)
        await feed.has(reader, [1, 2, 3, 4, 5])
        await feed.leave(reader)


async def test_an_entry_that_is_committed_after_a_later_one_is_not_missed(
    postgres_server: Server,
) -> None:
    url = empty_database(postgres_server)
    async with served(url, shared=True) as feed:
        reader = await feed.join()
        other = create_engine(url)
        with other.connect() as connection:
            connection.execute(insert(timeline), row())
            await feed.commit(1)
            late = await feed.join(after=0)
            await eventually(lambda: feed.feed.waits_for_gap)
            assert (reader.ids, late.ids) == ([], [])
            connection.commit()
        other.dispose()
        for each in (reader, late):
            await feed.has(each, [1, 2])
            await feed.leave(each)


async def test_an_id_that_a_transaction_took_and_rolled_back_holds_nothing_up_for_long(
    postgres_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerting.http.feed_gaps.GAP_S", 0.2)
    url = empty_database(postgres_server)
    async with served(url, shared=True) as feed:
        reader = await feed.join()
        other = create_engine(url)
        with other.connect() as connection:
            connection.execute(insert(timeline), row())
            connection.rollback()
        other.dispose()
        await feed.commit(1)
        await feed.has(reader, [2])
        await feed.leave(reader)
