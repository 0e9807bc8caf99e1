"""A recorded fire, from a serial line to the command center, through every real component.

The recordings are made from public burn tests, which are not part of the project: without them these
tests are skipped.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from firmware_sim.adapters.files import open_recording
from tests.support.house import PREMISES, PROGRAM, House, finish, house
from tests.support.servers import Server, influxdb1
from tests.support.waiting import eventually
from tests.support.warm_start import warm_child

DATA = Path(__file__).parents[3] / "shared" / "data" / "fires"
BURNS = {
    "nist": DATA / "nist_smoke_alarms" / "NIST_Smoke_Alarms_SDC07.csv.gz",
    "fsri": DATA / "fsri_compartments_2018" / "500kW_Open_Corner_1.csv.gz",
}

Series = dict[tuple[str, str], list[float]]


@pytest.fixture
def influx(tmp_path: Path) -> Iterator[Server]:
    with influxdb1(tmp_path / "influx") as server:
        yield server


@pytest.mark.parametrize(("burn", "speed"), [("nist", 20), ("fsri", 100)])
async def test_a_recorded_burn_is_confirmed_relayed_and_stored_reading_by_reading(
    burn: str, speed: int, tmp_path: Path, broker: Server, influx: Server
) -> None:
    if not BURNS[burn].exists():
        pytest.skip(f"no recorded burns beside this checkout ({BURNS[burn].name})")
    recording, line = tmp_path / "burn.csv", tmp_path / "line"
    await finish("convert", tmp_path, "sim", "convert", burn, str(BURNS[burn]), "-o", str(recording))
    replayed = series_of(recording)
    async with house(
        tmp_path,
        broker=broker.port,
        store=f'[store]\nkind = "influxdb1"\nurl = "http://127.0.0.1:{influx.port}"\n',
        lines=[str(line)],
        points={point: kind_of(quantity) for point, quantity in replayed},
        # Time runs faster, and so must the detectors' own time constants.
        gateway_extra=f"[detection.smoke]\nfilter_s = {15 / speed}\n" + configured(replayed),
    ) as site:
        await replay_on(site, line, recording, speed=speed)
        (confirmed,) = await eventually(lambda: site.relays("confirmed"), within=10)
        assert confirmed.relay.premises.id == PREMISES
        assert confirmed.relay.reason == "second_point_in_window"
        assert await incident_phases(site) == ["confirmed"]
        await eventually(lambda: nothing_waits(site), within=20)
        assert await stored_series(site.http, influx.port, replayed) == replayed


def configured(series: Series) -> str:
    """The points as the gateway knows them: one that it does not is missing, and confirms nothing."""
    return "".join(
        f'[[points]]\nname = "{point}"\naddress = "{point}"\n'
        f'line = "line-1"\nkind = "{kind_of(quantity)}"\n'
        for point, quantity in series
    )


async def replay_on(site: House, line: Path, recording: Path, *, speed: int) -> None:
    """Replay once the line's fault is over: until then a point's partners are out of service."""
    begin = site.folder / "begin"
    replay = [*PROGRAM, "sim", "replay", str(recording), "--link", str(line)]
    replay += ["--speed", str(speed), "--start-when", str(begin)]
    async with warm_child("replay", replay, site.folder) as running:
        await eventually(lambda: line_is_there(site), within=30)
        begin.touch()
        assert await asyncio.wait_for(running.process.wait(), 60) == 0, running.log.read_text()


async def line_is_there(site: House) -> bool:
    (only,) = (await site.get("/status", port=site.status))["lines"]
    return bool(only["state"] == "up")


async def incident_phases(site: House) -> list[str]:
    return [each["phase"] for each in (await site.get("/api/v1/incidents?state=open"))["incidents"]]


async def nothing_waits(site: House) -> bool:
    status = await site.get("/status", port=site.status)
    waiting = (status["alarm"]["depth"], status["telemetry"]["depth"], status["pending_readings"])
    return waiting == (0, 0, 0)


def series_of(recording: Path) -> Series:
    """Each point's values, in order."""
    series: Series = defaultdict(list)
    for reading in open_recording(recording):
        series[reading.point, reading.quantity].append(reading.value)
    return dict(series)


def kind_of(quantity: str) -> str:
    return {"smoke": "smoke", "temperature": "heat"}[quantity]


async def stored_series(http: aiohttp.ClientSession, port: int, wanted: Series) -> Series:
    """Return the answer of InfluxDB itself for each point, in order of time."""
    stored: Series = {}
    for point, quantity in wanted:
        query = (
            f"SELECT value FROM reading WHERE premises = '{PREMISES}' AND point = '{point}' "
            f"AND quantity = '{quantity}' ORDER BY time"
        )
        async with http.get(
            f"http://127.0.0.1:{port}/query", params={"db": "tocsin", "q": query, "epoch": "u"}
        ) as answer:
            rows = (await answer.json())["results"][0]["series"][0]["values"]
        stored[point, quantity] = [value for _, value in rows]
    return stored
