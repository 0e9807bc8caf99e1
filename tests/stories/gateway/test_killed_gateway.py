"""A gateway that is killed loses nothing that it had stored; one that is asked stops in order."""

import asyncio
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from tests.adapters.gateway.rig import Center, PtyLine, center
from tests.support.servers import Server
from tests.support.waiting import eventually

CONFIGURATION = """
premises = "p"
gateway = "g"
data_dir = "{data}"
heartbeat_s = 0.2
[broker]
port = {broker}
[[lines]]
name = "line-1"
port = "{line}"
[telemetry]
batch_s = 0.05
resend_first_s = 0.5
"""


@asynccontextmanager
async def process(
    tmp_path: Path, broker: Server, line: PtyLine
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A gateway in a process of its own, which is killed at the end of the block if it still runs."""
    file = tmp_path / "gateway.toml"
    file.write_text(CONFIGURATION.format(data=tmp_path / "data", broker=broker.port, line=line.port))
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tocsin", "gateway", "--config", str(file)
    )
    try:
        yield program
    finally:
        if program.returncode is None:
            program.kill()
        await program.wait()


def all_reported(rct: Center, fires: set[str]) -> bool:
    return fires <= set(rct.story)


async def test_signals_stored_by_a_killed_gateway_arrive_after_its_restart(
    broker: Server, tmp_path: Path
) -> None:
    line, chance = PtyLine(tmp_path), random.Random(11)
    pressed = 0
    async with center(broker) as rct:
        for life in range(4):
            rct.heartbeats.clear()
            async with process(tmp_path, broker, line):
                await eventually(lambda: rct.sees_lines, within=20)
                # Nothing is receipted in half of the lives: the outbox must keep it.
                rct.receipts.update(alarm=life % 2 == 1, telemetry=life % 2 == 1)
                for _ in range(chance.randrange(20, 60)):
                    line.say("co-1", "co", 1.0)
                    line.say(f"call-{pressed}", "manual", 1.0)
                    pressed += 1
                fires = {f"call-{number} fire raised: manual_call" for number in range(pressed)}
                await eventually(partial(all_reported, rct, fires))
        rct.signals.clear()
        rct.receipts.update(alarm=True, telemetry=True)
        async with process(tmp_path, broker, line):
            await eventually(
                lambda: rct.heartbeats[-1:] and rct.heartbeats[-1].alarm.depth == 0, within=20
            )
    # One outbox through all its lives, and no number for two signals.
    assert len(set(rct.epochs)) == 1
    names: dict[int, str] = {}
    for each in rct.signals:
        assert names.setdefault(each.seq, each.name) == each.name


async def test_a_gateway_that_stops_publishes_its_absence_and_keeps_its_readings(
    broker: Server, tmp_path: Path
) -> None:
    line = PtyLine(tmp_path)
    async with center(broker) as rct:
        async with process(tmp_path, broker, line) as program:
            await eventually(lambda: rct.sees_lines, within=20)
            rct.receipts.update(telemetry=False)
            for number in range(500):
                line.say("co-1", "co", float(number))
            await eventually(lambda: rct.count("co-1") > 0)
            program.send_signal(signal.SIGTERM)
            async with asyncio.timeout(5):
                assert await program.wait() == 0
        assert rct.presences[-1].online is False
        heard = rct.count("co-1")
        rct.receipts.update(telemetry=True)
        rct.heartbeats.clear()
        async with process(tmp_path, broker, line):
            await eventually(
                lambda: rct.heartbeats[-1:] and rct.heartbeats[-1].telemetry.depth == 0, within=20
            )
        readings = rct.readings("co-1")
    assert heard <= len(readings)
    assert readings == [float(number) for number in range(len(readings))]
