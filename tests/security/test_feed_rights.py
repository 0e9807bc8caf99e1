"""A reader of the feed is sent what its account may see at that moment, and nothing of others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from alerting.http import feed_rights, long_requests
from alerting.http.feed import PAGE
from contract.messages import Kind
from tests.support.communes import BLUE, LOST, RED, Province, of_area, province, registered
from tests.support.waiting import eventually


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/center.db"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_rights, "AGAIN_S", 0.05)
    monkeypatch.setattr(long_requests, "LOOK_S", 0.05)


@dataclass
class Reader:
    """A reader of the feed: what it was sent, and whether the stream ended."""

    lines: list[str] = field(default_factory=list)
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@asynccontextmanager
async def reading(one: Province, token: str, query: str = "?after=0") -> AsyncIterator[Reader]:
    reader = Reader()

    async def read() -> None:
        sent = {"Authorization": f"Bearer {token}"}
        try:
            async with one.http.get(f"{one.url}/api/v1/feed{query}", headers=sent) as answer:
                assert answer.status == 200
                async for line in answer.content:
                    reader.connected.set()
                    reader.lines.append(line.decode())
        except aiohttp.ClientPayloadError:
            pass  # it ended between two events
        reader.is_over = True

    task = asyncio.create_task(read())
    await reader.connected.wait()
    try:
        yield reader
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("query", ["?after=0", "", f"?after=0&premises=cho-{RED}"])
async def test_entries_of_other_communes_are_never_sent(database: str, query: str) -> None:
    async with province(database) as one:
        red = one.accounts.add("red", of_area(Role.COMMUNE, RED))
        async with reading(one, red, query) as reader:
            for each in (BLUE, LOST, RED):
                await one.burn(each, kind=Kind.FAULT, point=2)
            await eventually(lambda: f"smoke-2-{RED}" in reader.text)
            assert BLUE not in reader.text
            assert LOST not in reader.text


async def test_a_reader_that_is_far_behind_is_sent_its_own_from_the_database(database: str) -> None:
    async with province(database) as one:
        while await one.engine.transactions.read(lambda store: store.newest_entry()) < 600 + PAGE:
            for each in (RED, BLUE):
                for kind in (Kind.PREALARM, Kind.FIRE):
                    await one.burn(each, kind=kind)
        red = one.accounts.add("red", of_area(Role.COMMUNE, RED))
        rows = await one.engine.transactions.read(lambda store: store.feed(after=0, limit=10_000))
        own = [each.id for each in rows if each.premises == f"cho-{RED}"]
        async with reading(one, red) as reader:
            await eventually(lambda: ids(reader)[-1:] == own[-1:])
            assert ids(reader) == own


def ids(reader: Reader) -> list[int]:
    return [int(each[4:]) for each in reader.lines if each.startswith("id: ")]


async def test_another_premises_in_the_query_is_as_one_that_is_not_there(database: str) -> None:
    async with province(database) as one:
        red = one.accounts.add("red", of_area(Role.COMMUNE, RED))
        async with (
            reading(one, red, f"?after=0&premises=cho-{BLUE}") as elsewhere,
            reading(one, red, "?after=0&premises=nowhere") as nowhere,
            reading(one, red) as own,
        ):
            for each in (BLUE, RED):
                await one.burn(each, kind=Kind.FAULT, point=2)
            await eventually(lambda: f"smoke-2-{RED}" in own.text)
            assert elsewhere.text == nowhere.text


async def test_the_feed_of_a_revoked_token_ends(database: str) -> None:
    async with province(database, communes=(RED,)) as one:
        gone = one.accounts.add("gone", of_area(Role.COMMUNE, RED))
        stays = one.accounts.add("stays", of_area(Role.COMMUNE, RED))
        async with reading(one, gone) as first, reading(one, stays) as second:
            del one.accounts.actors[gone]
            await eventually(lambda: first.is_over)
            await one.burn(RED, kind=Kind.FAULT, point=2)
            await eventually(lambda: f"smoke-2-{RED}" in second.text)
            assert not second.is_over
            assert f"smoke-2-{RED}" not in first.text


async def test_an_account_that_lost_its_role_reads_no_further(database: str) -> None:
    async with province(database, communes=(RED,)) as one:
        token = one.accounts.add("an", of_area(Role.COMMUNE, RED))
        async with reading(one, token) as reader:
            one.accounts.add(token, of_area(Role.TEAM_MEMBER, RED))
            await eventually(lambda: reader.is_over)


async def test_a_premises_that_moved_away_is_sent_no_longer_and_one_that_came_is(database: str) -> None:
    async with province(database) as one:
        red = one.accounts.add("red", of_area(Role.COMMUNE, RED))
        async with reading(one, red, "") as reader:
            content = registered(RED, BLUE)
            areas = {f"cho-{RED}": f"area-{BLUE}", f"cho-{BLUE}": f"area-{RED}"}
            moved = (each.model_copy(update={"area": areas[each.id]}) for each in content.premises)
            await one.register(content.model_copy(update={"premises": tuple(moved)}))
            await eventually(lambda: _sees(one, reader))
            before = len(reader.lines)
            for each in (RED, BLUE):
                await one.burn(each, kind=Kind.FAULT, point=2)
            await eventually(lambda: f"smoke-2-{BLUE}" in reader.text)
            assert RED not in "".join(reader.lines[before:])


async def _sees(one: Province, reader: Reader) -> bool:
    """Have something happen in the other commune until the reader is sent it."""
    await one.burn(BLUE, kind=Kind.PREALARM)
    return BLUE in reader.text


async def test_a_role_that_does_not_call_reads_no_numbers_of_phones(database: str) -> None:
    async with province(database, communes=(RED,)) as one:
        caller = one.accounts.add("caller", of_area(Role.COMMUNE, RED))
        auditor = one.accounts.add("auditor", Grant(role=Role.AUDITOR))
        async with reading(one, caller) as first, reading(one, auditor) as second:
            await one.order(RED, note="gọi 0912 345 678 trước khi thử")
            await eventually(lambda: "trước khi thử" in first.text and "trước khi thử" in second.text)
            assert "0912 345 678" in first.text
            assert "gọi ••••678" in second.text
            assert "345 678" not in second.text
