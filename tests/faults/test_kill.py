"""Gateway, broker, ingest and alerting are killed with SIGKILL, alone and together, during bursts."""

import asyncio
from dataclasses import replace
from pathlib import Path

from tests.faults.panel import TIMES
from tests.faults.scene import Scene, rounds, scene

VICTIMS = ("gateway", "broker", "ingest", "alerting")

BACK_S = 45.0
"""All is back to normal so many seconds after the last process was begun again."""


async def kill_some(here: Scene) -> None:
    """Kill one to four of them, at moments of their own, and begin each again."""

    async def kill_one(name: str) -> None:
        await here.pause(0.0, 2.0)
        await here.kill(name)
        await here.pause(0.0, 1.0)
        await here.start(name)

    victims = here.rng.sample(VICTIMS, here.rng.choice((1, 1, 2, 4)))
    if "gateway" in victims:
        # Killed between storing a signal and noting that it did, it tells it again.
        here.allowed = replace(here.allowed, repeats=here.allowed.repeats + 12)
    async with asyncio.TaskGroup() as tasks:
        for name in victims:
            tasks.create_task(kill_one(name))


async def test_processes_killed_at_any_moment_lose_nothing_and_come_back(tmp_path: Path) -> None:
    async with scene(tmp_path, "SIGKILL at random moments", 101) as here:
        here.panel.times = TIMES
        await here.rounds(rounds(1, long=50), lambda: kill_some(here), within=BACK_S)


async def test_the_oracle_sees_an_outbox_that_is_gone_after_a_kill(tmp_path: Path) -> None:
    async with scene(tmp_path, "outbox gone", 102, in_table=False) as here:

        async def fault() -> None:
            await here.kill("alerting")
            await asyncio.sleep(4)  # all has been pressed, and waits in the outbox
            await here.kill("gateway")
            here.forget_outbox()
            await here.start("gateway")
            await here.start("alerting")

        verdict = await here.round(fault, within=BACK_S, presses=3)
        assert verdict.lost
