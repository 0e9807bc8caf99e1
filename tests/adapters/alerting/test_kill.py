"""Alerting is killed at any moment and begun again: nothing that was receipted is lost."""

import asyncio
import random
import sys
from pathlib import Path

import registry.store
from alerting.settings import Settings
from firmware_sim.peers.command_center import CommandCenter, open_command_center
from runtime.clock import utc_now
from tests.adapters.alerting.center import Gateway, gateway, make_settings
from tests.stories.alerting.house import MARKET, House, house
from tests.support.receipts import numbers_in
from tests.support.servers import Server
from tests.support.waiting import eventually

PROGRAM = """
import asyncio, sys
from alerting.app import run
from alerting.settings import Settings
asyncio.run(run(Settings.model_validate_json(sys.argv[1])))
"""


async def begin(settings: Settings) -> asyncio.subprocess.Process:
    quiet = asyncio.subprocess.DEVNULL
    command = [sys.executable, "-c", PROGRAM, settings.model_dump_json()]
    return await asyncio.create_subprocess_exec(*command, stdout=quiet, stderr=quiet)


async def kill(process: asyncio.subprocess.Process) -> None:
    process.kill()
    await process.wait()


async def more_receipts(market: Gateway, sending: asyncio.Task[None]) -> None:
    before = len(market.receipts)
    await eventually(lambda: len(market.receipts) > before or sending.done(), within=30)


async def send_until_receipted(market: Gateway, total: int) -> None:
    """Send as a gateway does: what has no receipt goes out again."""
    while waiting := sorted(set(range(1, total + 1)) - numbers_in(market.receipts)):
        for seq in waiting[:20]:
            await market.fire(f"unknown-{seq}", seq=seq)
        await asyncio.sleep(0.05)


async def test_killed_again_and_again_it_stores_every_signal_once_and_relays_the_fire(
    broker: Server, tmp_path: Path
) -> None:
    total, received = 200, CommandCenter()
    async with open_command_center(center=received) as url, gateway(broker.port) as market:
        settings = make_settings(tmp_path, broker_port=broker.port, webhook=url)
        async with registry.store.open_store(settings.database_url) as store:
            await store.store_registry(MARKET, who="test", now=utc_now())
        sending = asyncio.create_task(send_until_receipted(market, total))
        process = await begin(settings)
        try:
            for _ in range(3):
                await more_receipts(market, sending)
                await asyncio.sleep(random.uniform(0.0, 0.1))
                await kill(process)
                process = await begin(settings)
            await asyncio.wait_for(sending, 30)
            await eventually(lambda: received.events()[:1] == ["confirmed"])
        finally:
            sending.cancel()
            await kill(process)

    async with house(f"sqlite:///{tmp_path / 'center.db'}") as after:
        assert await stored(after) == [(seq, f"unknown-{seq}") for seq in range(1, total + 1)]
        assert len(await after.incidents()) == 1
        assert len((await after.fire_incident()).points) == total


async def stored(after: House) -> list[tuple[int, str]]:
    rows = await after.rows("SELECT seq, name FROM signals ORDER BY seq")
    return [(row["seq"], row["name"]) for row in rows]
