"""A broker that forgets all it had, and one that takes everything and passes nothing on."""

import asyncio
from pathlib import Path

from tests.faults.scene import Scene, liar, rounds, scene
from tests.support.fault_proxy import Mode

BACK_S = 45.0


async def forget_everything(here: Scene) -> None:
    """The broker keeps nothing on disk here: begun again, it knows no session and no message."""
    await here.pause(0.2, 1.5)
    await here.kill("broker")
    await here.pause(0.0, 2.0)
    await here.start("broker")


async def swallow(here: Scene) -> None:
    """Alerting's connection stays, and nothing comes through it."""
    await here.pause(0.0, 0.5)
    await here.downlink.set(Mode.SWALLOW)
    await here.pause(2.0, 4.0)
    await here.downlink.set(Mode.THROUGH)
    here.downlink.cut()


async def test_a_broker_that_lost_its_state_loses_nothing(tmp_path: Path) -> None:
    async with scene(tmp_path, "broker begun again without its state", 201) as here:
        await here.rounds(rounds(1, long=20), lambda: forget_everything(here), within=BACK_S)


async def test_a_broker_that_accepts_and_never_forwards_loses_nothing(tmp_path: Path) -> None:
    async with scene(tmp_path, "broker accepts and never forwards", 202) as here:
        await here.rounds(rounds(1, long=20), lambda: swallow(here), within=BACK_S)


async def test_the_oracle_sees_a_center_that_receipts_and_does_not_store(tmp_path: Path) -> None:
    async with scene(tmp_path, "liar", 203, in_table=False) as here:

        async def fault() -> None:
            async with liar(here.broker.port):
                await here.downlink.set(Mode.SWALLOW)
                await asyncio.sleep(4)
            await here.downlink.set(Mode.THROUGH)
            here.downlink.cut()

        verdict = await here.round(fault, within=BACK_S, presses=3)
        assert any("receipted, not held" in each for each in verdict.lost)
        assert any("released, not held" in each for each in verdict.lost)
