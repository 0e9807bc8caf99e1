"""Readers of the feed get what they asked for; a slow one is let go alone."""

import asyncio
import threading
from pathlib import Path

import pytest

from runtime.database import READERS
from tests.adapters.alerting.feed.served import Served, served
from tests.support.waiting import eventually


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/center.db"


async def test_a_premises_is_left_out_of_what_is_in_memory_too(database: str) -> None:
    async with served(database) as feed:
        of_market, of_all = await feed.join(query="?premises=cho"), await feed.join()
        await feed.commit(2, premises="nha-pho")
        await feed.commit(1, premises="cho")
        await feed.has(of_all, [1, 2, 3])
        await feed.has(of_market, [3])
        for each in (of_market, of_all):
            await feed.leave(each)


async def test_readers_that_follow_do_not_need_the_database(database: str) -> None:
    async with served(database) as feed:
        readers = [await feed.join() for _ in range(5)]
        done = threading.Event()
        read = feed.engine.transactions.read_for_web
        every_thread = [asyncio.create_task(read(lambda _: done.wait(30))) for _ in range(READERS)]
        await feed.commit(3)
        for each in readers:
            await feed.has(each, [1, 2, 3])
        done.set()
        await asyncio.gather(*every_thread)
        for each in readers:
            await feed.leave(each)


async def test_readers_get_everything_although_alarms_never_end(database: str) -> None:
    async with served(database, alarms_wait=lambda: True) as feed:
        readers = [await feed.join() for _ in range(20)]
        for _ in range(30):
            await feed.commit(2)
        for each in readers:
            await feed.has(each, list(range(1, 61)))
            await feed.leave(each)


async def test_a_reader_that_stops_reading_is_let_go_and_another_gets_everything(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerting.http.feed_reader.WRITE_S", 0.3)
    async with served(database) as feed:
        writer = await stuck(feed)
        other = await feed.join()
        await eventually(lambda: feed.readers() == 2)
        for _ in range(200):
            await feed.commit(1, pad=50_000)
        await feed.has(other, list(range(1, 201)))
        await eventually(lambda: feed.readers() == 1)
        await feed.commit(1)
        await feed.has(other, list(range(1, 202)))
        await feed.leave(other)
        writer.transport.abort()


async def stuck(feed: Served) -> asyncio.StreamWriter:
    """A reader that never takes anything."""
    port = int(feed.url.split(":")[2].split("/")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1_024)
    writer.write(b"GET /feed HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await reader.readline()
    return writer


async def test_a_reader_over_http_1_0_gets_events_without_chunks(database: str) -> None:
    async with served(database) as feed:
        port = int(feed.url.split(":")[2].split("/")[0])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /feed HTTP/1.0\r\n\r\n")
        await reader.readuntil(b": connected\n\n")
        await feed.commit(1)
        assert await reader.readline() == b"id: 1\n"
        writer.close()


async def test_a_head_request_is_answered_and_ends(database: str) -> None:
    async with served(database) as feed, feed.http.head(feed.url) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/event-stream"
        await eventually(lambda: feed.readers() == 0)


async def test_a_calm_feed_has_a_beat(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alerting.http.feed_reader.BEAT_S", 0.1)
    monkeypatch.setattr("alerting.http.feed.TICK_S", 0.1)
    async with served(database) as feed, asyncio.timeout(10), feed.http.get(feed.url) as answer:
        async for line in answer.content:
            if line == b": beat\n":
                break


async def test_readers_are_let_go_when_the_service_ends(database: str) -> None:
    async with served(database) as feed:
        reader = await feed.join()
        await feed.commit(2)
        await feed.has(reader, [1, 2])
    assert reader.task is not None
    assert reader.task.done()
