"""A serial server that loses its power: no FIN, no RST, and what is said when it is back is heard."""

import asyncio
from pathlib import Path

import pytest

from contract.times import to_micros
from runtime.clock import utc_now
from tests.faults.oracle import Turn
from tests.faults.scene import Scene, rounds, scene
from tests.support.serial_server import SerialServer, power_can_be_cut, serial_server
from tests.support.waiting import eventually

pytestmark = pytest.mark.skipif(
    not power_can_be_cut(), reason="needs CAP_NET_ADMIN to make sockets vanish"
)


async def turn(here: Scene, server: SerialServer, point: str, value: int) -> None:
    """Press or release, said several times, as detectors do."""
    here.panel.said.turns.append(Turn(point, value, to_micros(utc_now())))
    for _ in range(5):
        server.say(point, "manual", float(value))
        await asyncio.sleep(0.15)


async def lose_power(here: Scene, server: SerialServer) -> None:
    """Cut the power for a moment; nobody touches the gateway."""
    before, point = server.connections, here.panel.new_name()
    await eventually(lambda: server.connections > 0)
    await turn(here, server, point, 1)
    server.cut_power()
    await here.pause(0.5, 2)
    await server.power_up()
    # By keepalive or by the line's silence; the time is not judged here.
    await eventually(lambda: server.connections > max(1, before), within=90)
    await turn(here, server, point, 0)


async def test_a_serial_server_without_power_is_heard_again_without_a_hand(tmp_path: Path) -> None:
    async with serial_server() as server:
        line = f"socket://127.0.0.1:{server.port}"
        async with scene(tmp_path, "a serial server without power", 711, lines=[line]) as here:
            await here.rounds(
                rounds(1, long=10), lambda: lose_power(here, server), within=30.0, presses=2
            )
