"""A site with two ways to the center: two brokers, of which one after the other is killed."""

import asyncio
import itertools
from pathlib import Path

from tests.faults.panel import TIMES
from tests.faults.scene import Scene, rounds, scene
from tests.support.servers import Server, mosquitto
from tests.support.waiting import eventually

BACK_S = 45.0

PATHS = """
[telemetry]
resend_first_s = 1
resend_longest_s = 5
[[paths]]
name = "fibre"
broker = {{ host = "127.0.0.1", port = {first} }}
[[paths]]
name = "mobile"
broker = {{ host = "127.0.0.1", port = {second} }}
"""


async def all_up(here: Scene) -> bool:
    """Return whether site and center are connected to both."""
    status = await here.site.get("/status", port=here.site.status)
    health = [await here.site.get("/healthz", port=p) for p in (here.site.alerting, here.site.ingest)]
    states = {each["state"] for each in status["paths"]}
    return states == {"up"} and not any(each["brokers_away"] for each in health)


async def kill_for_a_while(here: Scene, server: Server) -> None:
    # One fault at a time: the broker that was killed last is found again within 5 s.
    await eventually(lambda: all_up(here), within=20.0)
    server.kill()
    await here.pause(6.0, 8.0)
    await asyncio.to_thread(server.start)


async def test_either_of_two_brokers_may_die_and_no_alarm_waits(tmp_path: Path) -> None:
    with mosquitto(tmp_path / "second") as second:
        async with scene(
            tmp_path, "one of two brokers killed", 951, gateway_extra=PATHS, second=second.port
        ) as here:
            here.panel.times = TIMES
            servers = itertools.cycle((here.broker, second))
            await here.rounds(
                rounds(2, long=20),
                lambda: kill_for_a_while(here, next(servers)),
                within=BACK_S,
                presses=4,
            )
            # A dead path costs the time until the other one is tried, and not that of its repair: 6 s.
            assert here.row.worst_delay_s < 5.0
