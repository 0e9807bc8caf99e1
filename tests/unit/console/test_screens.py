"""Each screen is served by itself: one that reads too slowly is skipped, and then sent all rows anew."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest

from accounts.domain.visible import EVERYWHERE, NOWHERE, Visible
from console.adapters.metrics import Metrics
from console.adapters.screens import BLIND_S, Screen, ScreenEnd, Screens
from console.domain.desk_rows import OpenRows
from console.domain.items import FeedEntry, OpenRow
from console.domain.sight import Sight
from contract.http.console import CenterPart, LiveTick, PartState, UpstreamPart
from tests.support.waiting import eventually

ALL = Sight(EVERYWHERE, EVERYWHERE, EVERYWHERE, EVERYWHERE)
RED = Visible(frozenset({"red"}))
ONE = Sight(RED, RED, NOWHERE, RED)


def tick() -> LiveTick:
    part = CenterPart(state=PartState.OK, since=1)
    upstream = UpstreamPart(state=PartState.OK, since=1, lag_ms=0)
    return LiveTick(
        at=2, upstream=upstream, ingest=part, broker=part, clock_offset_ms=0, gap=0, screens=1
    )


@asynccontextmanager
async def connected(sight: Sight) -> AsyncIterator[tuple[Screen, socket.socket]]:
    """A screen, and the other end of its connection, which has little room."""
    here, there = socket.socketpair()
    here.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(asyncio.Protocol, sock=here)
    there.setblocking(False)
    yield Screen(transport, "session", sight, chunked=False), there
    transport.abort()
    there.close()


@asynccontextmanager
async def served(*rows: tuple[str, str]) -> AsyncIterator[tuple[Screens, OpenRows, Metrics]]:
    """Screens of so many rows, ids and premises, while they are served."""
    metrics, known = Metrics(), OpenRows()
    known.replace_all({key: row(key, premises) for key, premises in rows})
    screens = Screens(known, metrics, tick, waiting_bytes=16_384)
    running = asyncio.create_task(screens.run())
    yield screens, known, metrics
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def row(key: str, premises: str, note: str = "") -> OpenRow:
    data = f'{{"id":"{key}","premises":{{"id":"{premises}"}},"note":"{note}"}}'
    return OpenRow(premises=premises, data=data.encode(), state="fire")


class PageEnd:
    """The other end of a stream, and what came there."""

    def __init__(self, there: socket.socket) -> None:
        self._there = there
        self.came = b""

    def has(self, text: bytes, *, times: int = 1) -> bool:
        """Read what is there; return whether *text* came so often."""
        self.came += read(self._there)
        return self.came.count(text) >= times


def read(there: socket.socket) -> bytes:
    came = b""
    try:
        while part := there.recv(1_000_000):
            came += part
    except BlockingIOError:
        return came
    return came


async def test_a_screen_that_reads_too_slowly_is_skipped_counted_and_sent_all_rows_anew() -> None:
    async with (
        served(("a", "red")) as (screens, rows, metrics),
        connected(ALL) as (slow, slow_end),
        connected(ALL) as (quick, quick_end),
    ):
        screens.add(slow)
        screens.add(quick)
        page = PageEnd(quick_end)
        for number in range(100):
            screens.note_rows(rows.replace(["a"], {"a": row("a", "red", f"{number}{'x' * 20_000}")}))
            await eventually(partial(page.has, f'"note":"{number}x'.encode()))
            if slow.needs_reset:
                break
        assert slow.needs_reset
        assert metrics.resets._value.get() == 1
        assert not quick.needs_reset
        late = PageEnd(slow_end)
        await eventually(lambda: late.has(b'"reset":true', times=2))
        assert not slow.needs_reset


async def test_a_screen_that_takes_nothing_for_too_long_is_let_go() -> None:
    async with connected(ALL) as (screen, _):
        screen.send(b"x" * 1_000_000)
        assert not screen.has_room(16_384, 100.0)
        assert not screen.has_room(16_384, 129.0)
        assert not screen.left.done()
        assert not screen.has_room(16_384, 131.0)
        assert screen.left.result() is ScreenEnd.SLOW


async def test_a_screen_gets_rows_and_entries_of_its_own_premises_alone_masked() -> None:
    async with (
        served(("a", "red"), ("b", "blue")) as (screens, rows, _),
        connected(ONE) as (screen, end),
    ):
        screens.add(screen)
        page = PageEnd(end)
        await eventually(lambda: page.has(b"event: tick"))
        assert b'"id":"a"' in page.came
        assert b"blue" not in page.came
        changed = {"a": row("a", "red", "0912345678"), "b": row("b", "blue", "x")}
        screens.note_rows(rows.replace(["a", "b"], changed))
        screens.note_entry(FeedEntry(premises="blue", data=b'{"premises":"blue"}', id=1))
        screens.note_entry(FeedEntry(premises="red", data=b'{"by":"0912345678"}', id=2))
        await eventually(lambda: page.has(b"event: entries"))
        assert b"blue" not in page.came
        assert b"0912345678" not in page.came
        assert page.came.count("••••678".encode()) == 2
        screens.note_rows(rows.replace(["a", "b"], {}))
        await eventually(lambda: page.has(b'"gone":["a"]'))


async def test_screens_without_ticks_for_as_long_as_makes_a_page_blind_are_not_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [100.0]
    monkeypatch.setattr("console.adapters.screens._now", lambda: now[0])
    screens = Screens(OpenRows(), Metrics(), tick, waiting_bytes=16_384)
    now[0] += BLIND_S - 0.1
    assert screens.are_ticking
    now[0] += 0.2
    assert not screens.are_ticking
