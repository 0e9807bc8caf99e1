"""Transmitters of SIA DC-09 and their receiver: bad networks, lost answers, replays, floods, kills.

What a transmitter was acknowledged arrives, and what it had to tell again arrives once.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from firmware_sim.peers.dialler import SimulatedDialler
from tests.faults.scene import ROUNDS, scene
from tests.faults.transmitters import (
    AFAR,
    FLOODING,
    GATEWAYS,
    OWN,
    PLAIN,
    REGISTRY,
    SEALED,
    Transmitters,
    dialler,
    transmitters,
)
from tests.support.fault_proxy import Mode
from tests.support.waiting import eventually

BACK_S = 60.0

UNTIL_SILENT_S = 4.0
"""Longer than three polls of the transmitter in clear, so that its line is silent."""

ACKNOWLEDGED_WITHIN_S = 5.0
"""While others flood, and on a machine that is busy with the same test."""


async def cut(site: Transmitters) -> None:
    """Cut the line for so long that it is missed."""
    await site.network.set(Mode.REFUSE)
    await asyncio.sleep(UNTIL_SILENT_S)
    await site.network.set(Mode.THROUGH)
    await eventually(lambda: site.names(GATEWAYS[PLAIN], "line_silent"))


async def half_open(site: Transmitters) -> None:
    """Let all packets vanish, while both ends believe in their connection."""
    await site.network.set(Mode.SWALLOW)
    await asyncio.sleep(UNTIL_SILENT_S)
    await site.network.set(Mode.THROUGH)
    site.network.freeze()
    await eventually(lambda: site.names(GATEWAYS[PLAIN], "line_silent"))


async def no_answers(site: Transmitters) -> None:
    """Let what is told arrive, and no answer: everything is told again."""
    before = await site.counted("tocsin_receiver_repeated_total")
    await site.network.set(Mode.MUTE)
    await eventually(lambda: _grew(site, "tocsin_receiver_repeated_total", before))
    await site.network.set(Mode.THROUGH)


async def replay(site: Transmitters) -> None:
    """Let somebody send again, from another address, what was heard on the line."""
    before = await site.counted("tocsin_receiver_repeated_total")
    heard = [bytes(each) for each in site.network.heard]
    for at in range(0, len(heard), 50):
        await _say(site, b"".join(heard[at : at + 50]))
    await eventually(lambda: _grew(site, "tocsin_receiver_repeated_total", before))


async def flood(site: Transmitters) -> None:
    """Let one address pour polls, noise and frames of nobody, over TCP and UDP."""
    metrics = ("tocsin_receiver_refused_total", "tocsin_receiver_slowed_total")
    before = {each: await site.counted(each) for each in metrics}
    async with _pouring(site):
        await asyncio.sleep(3.0)
        for each in metrics:
            await eventually(partial(_grew, site, each, before[each]))
    await eventually(lambda: site.names(OWN, "unreadable_messages"))
    log = site.here.site.children["receiver"].log.read_text()
    assert f"peer=tcp/{AFAR}" in log, "who floods is named"


async def killed(site: Transmitters) -> None:
    """Kill the receiver at any moment."""
    for _ in range(2):
        await site.here.pause(0.0, 1.5)
        await site.here.kill("receiver")
        await site.here.pause(0.0, 1.0)
        await site.here.start("receiver")


async def killed_before_it_answered(site: Transmitters) -> None:
    """Kill the receiver while a fire is on its disk, and its transmitter has no answer."""
    before = await site.stored(SEALED)
    await site.network.set(Mode.MUTE)
    teller, zone = site.dialler(SEALED), site.new_zone()
    pressing = asyncio.create_task(site.turn(teller, zone, 1))
    await eventually(lambda: _stored_more(site, SEALED, before))
    await site.here.kill("receiver")
    await site.network.set(Mode.THROUGH)
    site.network.cut()
    await site.here.start("receiver")
    await pressing
    await site.turn(teller, zone, 0)


async def no_broker(site: Transmitters) -> None:
    """Kill the broker; a transmitter is acknowledged all the same."""
    await site.here.kill("broker")
    async with asyncio.timeout(ACKNOWLEDGED_WITHIN_S):
        await site.press_and_release(site.dialler(SEALED))
    await site.here.start("broker")


KINDS: dict[str, Callable[[Transmitters], Coroutine[Any, Any, None]]] = {
    "line cut": cut,
    "half-open": half_open,
    "no answers": no_answers,
    "replayed": replay,
    "another floods": flood,
    "receiver killed": killed,
    "receiver killed before it answered": killed_before_it_answered,
    "no broker": no_broker,
}


@pytest.mark.timeout(7_200 if ROUNDS else 400)
@pytest.mark.parametrize("kinds", [list(KINDS)] if not ROUNDS else [[each] for each in KINDS], ids=str)
async def test_transmitters_lose_no_fire_that_was_acknowledged(kinds: list[str], tmp_path: Path) -> None:
    name = f"DC-09: {kinds[0]}" if len(kinds) == 1 else "DC-09: each kind"
    async with (
        scene(tmp_path, name, 821, registry_extra=REGISTRY) as here,
        transmitters(here) as site,
        _polling(site),
    ):
        for kind in kinds:
            count = min(ROUNDS, 10) or 1
            await here.rounds(count, partial(_come_and_go, site, kind), within=BACK_S, presses=1)


async def test_the_oracle_sees_an_inbox_that_is_gone(tmp_path: Path) -> None:
    async with (
        scene(tmp_path, "DC-09: inbox gone", 822, registry_extra=REGISTRY, in_table=False) as here,
        transmitters(here) as site,
    ):

        async def fault() -> None:
            await here.kill("broker")
            await site.press_and_release(site.dialler(PLAIN))
            await here.kill("receiver")
            for each in (tmp_path / "receiver").glob("inbox.db*"):
                each.unlink()
            await here.start("receiver")
            await here.start("broker")

        verdict = await here.round(fault, within=BACK_S, presses=1)
        assert verdict.lost


async def _come_and_go(site: Transmitters, kind: str) -> None:
    """Press call points behind two transmitters before, during and after a fault."""
    plain, sealed = site.dialler(PLAIN), site.dialler(SEALED)

    async def press(teller: SimulatedDialler) -> None:
        for _ in range(2):
            await site.press_and_release(teller)
            await site.here.pause(0.2, 1.0)

    async with asyncio.TaskGroup() as tasks:
        for each in (plain, sealed):
            await site.press_and_release(each)
            tasks.create_task(press(each))
        tasks.create_task(KINDS[kind](site))
    await site.press_and_release(plain)


@asynccontextmanager
async def _polling(site: Transmitters) -> AsyncIterator[None]:
    """Let the transmitter in clear poll within the block."""

    async def poll() -> None:
        teller = site.dialler(PLAIN)
        while True:
            await teller.poll()
            await asyncio.sleep(0.3)

    async with _in_background(poll()):
        yield


@asynccontextmanager
async def _pouring(site: Transmitters) -> AsyncIterator[None]:
    own, nobody = dialler(FLOODING), dialler("DEAD")
    sound = b"".join(own.poll(number) for number in range(1, 200))
    unsound = b"".join(nobody.sia(number, "Nri1/FA001") + b"\x00noise\r" for number in range(1, 200))

    async def over_tcp(data: bytes) -> None:
        while True:
            with suppress(OSError):
                await _say(site, data * 20)

    async def over_udp() -> None:
        loop = asyncio.get_running_loop()
        sending, _ = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, local_addr=(AFAR, 0), remote_addr=("127.0.0.1", site.port)
        )
        try:
            while True:
                for _ in range(50):
                    sending.sendto(own.poll(1))
                await asyncio.sleep(0.02)
        finally:
            sending.close()

    async with (
        _in_background(over_tcp(sound)),
        _in_background(over_tcp(unsound)),
        _in_background(over_udp()),
    ):
        yield


@asynccontextmanager
async def _in_background(work: Awaitable[None]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _say(site: Transmitters, data: bytes) -> None:
    """Send *data* from another address, past the network, and leave the answers unread."""
    _, writer = await asyncio.open_connection("127.0.0.1", site.port, local_addr=(AFAR, 0))
    try:
        writer.write(data)
        await writer.drain()
        await asyncio.sleep(0.2)
    finally:
        writer.close()


async def _grew(site: Transmitters, metric: str, before: float) -> bool:
    return await site.counted(metric) > before


async def _stored_more(site: Transmitters, account: str, before: int) -> bool:
    return await site.stored(account) > before
