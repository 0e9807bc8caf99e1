"""A serial line with noise, cut in the middle of a sentence, unplugged, and with a babbling detector."""

import asyncio
from pathlib import Path

from contract.sentences import Sentence, Status, encode
from contract.times import to_micros
from runtime.clock import utc_now
from tests.adapters.gateway.rig import PtyLine
from tests.faults.oracle import Turn
from tests.faults.scene import Scene, rounds, scene
from tests.support.waiting import eventually

REPEATS = 5
BABBLE_PER_S = 1_000


def noise(here: Scene) -> bytes:
    """Return bytes as a bad line makes them of nothing."""
    return bytes(here.rng.randrange(256) for _ in range(here.rng.randrange(1, 60)))


async def turn(here: Scene, line: PtyLine, point: str, value: int, *, noisy: bool = True) -> None:
    """Press or release, said several times with noise between; the line is whole at least once."""
    here.panel.said.turns.append(Turn(point, value, to_micros(utc_now())))
    for _ in range(REPEATS):
        if noisy:
            line.send(noise(here))
        line.say(point, "manual", float(value))
        await asyncio.sleep(0.15)


async def unplug_while_speaking(here: Scene, line: PtyLine) -> None:
    """Half a sentence, then nothing; the port comes back under another name."""
    point = here.panel.new_name()
    await turn(here, line, point, 1)
    line.send(encode(Sentence(point, 7, "manual", 0.0, Status.NORMAL))[:20])
    line.cut()
    await here.pause(0.5, 1.5)
    line.mend()
    await eventually_open(here)
    await turn(here, line, point, 0, noisy=False)


async def babble(here: Scene, line: PtyLine) -> None:
    """One detector speaks without end, and a call point beside it must be heard."""
    point = here.panel.new_name()
    pressing = asyncio.create_task(turn(here, line, point, 1))
    for number in range(2 * BABBLE_PER_S // 10):
        for each in range(10):
            line.say("lam-nham", "co", float((number * 10 + each) % 20))
        await asyncio.sleep(10 / BABBLE_PER_S)
    await pressing
    await turn(here, line, point, 0)


async def eventually_open(here: Scene) -> None:
    """Wait until the gateway has the port again."""

    async def is_open() -> bool:
        status = await here.site.get("/status", port=here.site.status)
        return all(each["state"] == "up" for each in status["lines"])

    await eventually(is_open, within=30)


async def suffer(here: Scene, line: PtyLine) -> None:
    await eventually_open(here)
    await unplug_while_speaking(here, line)
    await babble(here, line)


async def test_a_bad_serial_line_loses_nothing_that_was_said_on_it(tmp_path: Path) -> None:
    line = PtyLine(tmp_path)
    async with scene(
        tmp_path, "serial: noise, cut, unplugged, babbling", 701, lines=[line.port]
    ) as here:
        await here.rounds(rounds(1, long=20), lambda: suffer(here, line), within=30.0, presses=2)


async def test_the_oracle_sees_what_was_said_to_nobody(tmp_path: Path) -> None:
    line = PtyLine(tmp_path)
    async with scene(tmp_path, "serial", 702, lines=[line.port], in_table=False) as here:
        point = here.panel.new_name()

        async def fault() -> None:
            here.panel.said.turns.append(Turn(point, 1, to_micros(utc_now())))

        assert (await here.round(fault, within=30.0, presses=1)).lost
