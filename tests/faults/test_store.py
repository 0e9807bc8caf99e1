"""The readings store is away, or answers everything but yes; alarms do not notice.

What ingest does with each single answer is tested in ``tests/adapters/ingest``; here it is that
nothing is lost over all of it, and that no alarm waits.
"""

import asyncio
from pathlib import Path

from tests.faults.scene import ROUNDS, Scene, rounds, scene
from tests.support.deceptive_store import Deception, DeceptiveStore, deceptive_store
from tests.support.influx import FakeInflux, Scripted, fake_influx
from tests.support.servers import Server

ANSWERS = {
    "429": Scripted(429, {"Retry-After": "1"}, "too many requests"),
    "503": Scripted(503, text="unavailable"),
    "401": Scripted(401, text="unauthorized"),
    "500": Scripted(500, text="internal error"),
}

LONG_S = 20.0 if ROUNDS else 3.0


LIES = [each for each in Deception if each is not Deception.HONEST]


def store_at(influx: FakeInflux | DeceptiveStore) -> str:
    return f'[store]\nkind = "influxdb1"\nurl = "{influx.url}"\n[writing]\nlongest_backoff_s = 2.0\n'


async def refuse(here: Scene, influx: FakeInflux) -> None:
    """Each of the answers for a while, then a store that takes only small requests."""
    for answer in here.rng.sample(list(ANSWERS), 2):
        influx.always = ANSWERS[answer]
        await asyncio.sleep(LONG_S / 2)
    influx.always, influx.most_lines = None, here.rng.choice((5, 50))


async def test_a_store_that_is_away_or_refuses_loses_no_reading_and_delays_no_alarm(
    tmp_path: Path,
) -> None:
    async with (
        fake_influx() as influx,
        scene(tmp_path, "readings store away or refusing", 501, store=store_at(influx)) as here,
    ):
        await here.rounds(rounds(1, long=10), lambda: refuse(here, influx), within=45.0, presses=3)
        assert here.row.worst_delay_s < 5.0, "an alarm waited for the readings store"


async def deception(here: Scene, proxy: DeceptiveStore) -> None:
    """Some lies, each for a while; then only the truth."""
    for each in here.rng.sample(LIES, 4 if ROUNDS else 2):
        proxy.deception = each
        await asyncio.sleep(LONG_S / 2)
    proxy.deception = Deception.HONEST


async def test_a_lying_proxy_before_the_store_loses_no_reading_and_delays_no_alarm(
    tmp_path: Path, influxdb1_server: Server
) -> None:
    async with deceptive_store(f"http://127.0.0.1:{influxdb1_server.port}") as proxy:
        store = store_at(proxy).replace("[writing]", "[writing]\nshown_within_s = 2.0")
        async with scene(tmp_path, "a lying proxy before the store", 503, store=store) as here:
            await here.rounds(rounds(1, long=10), lambda: deception(here, proxy), within=45.0, presses=3)
            assert here.row.worst_delay_s < 5.0, "an alarm waited for the readings store"


async def test_the_oracle_sees_a_store_that_takes_and_forgets(tmp_path: Path) -> None:
    async with (
        fake_influx() as influx,
        scene(tmp_path, "store", 502, store=store_at(influx), in_table=False) as here,
    ):

        async def fault() -> None:
            await asyncio.sleep(3)
            influx.readings.clear()

        verdict = await here.round(fault, within=30.0, presses=1)
        assert any("readings are missing" in each for each in verdict.lost)
