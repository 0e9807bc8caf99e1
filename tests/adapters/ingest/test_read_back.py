"""Requirements on ingest where a proxy before the store answers to have stored what it did not."""

import base64
from pathlib import Path

import aiohttp
import pytest

from contract.messages import Heartbeat, LaneState, Series, encode
from tests.adapters.ingest.conftest import a_name
from tests.adapters.ingest.test_ingest import (
    ALARM,
    TELEMETRY,
    Gateway,
    Ingest,
    alarm,
    batch,
    gateway,
    now,
    running,
    settings_for,
)
from tests.support.deceptive_store import Deception, deceptive_store
from tests.support.influx import FakeInflux, Scripted
from tests.support.receipts import numbers_in
from tests.support.servers import Server
from tests.support.waiting import eventually

READINGS = 6
"""In each batch, of two points."""

LIES = [each for each in Deception if each is not Deception.HONEST]


def a_batch(seq: int) -> bytes:
    t = now() - 60_000_000 + seq * 1_000_000
    times = [t, t + 10_000, t + 20_000]
    return batch(
        seq,
        *(
            Series(point=point, quantity="smoke", t=times, v=[0.1, 0.2, seq / 100])
            for point in ("a", "b")
        ),
    )


def covered(gw: Gateway) -> int:
    """Return the count of receipted batches."""
    return len(numbers_in(gw.receipts))


async def away(ingest: Ingest) -> bool:
    """Return whether ingest reports its store as away."""
    status, said = await ingest.get("/healthz")
    return status == 503 and said["store"] != "ok"


async def in_the_store(http: aiohttp.ClientSession, url: str, database: str) -> int:
    """Return the count of readings in the store itself."""
    params = {"db": database, "q": "SELECT count(value) FROM reading"}
    async with http.get(f"{url}/query", params=params) as reply:
        (result,) = (await reply.json())["results"]
    return sum(each["values"][0][1] for each in result.get("series", []))


@pytest.mark.parametrize("deception", LIES, ids=[each.name for each in LIES])
async def test_nothing_is_receipted_that_a_deceptive_proxy_swallowed(
    influxdb1_server: Server, broker: Server, tmp_path: Path, deception: Deception
) -> None:
    real = f"http://127.0.0.1:{influxdb1_server.port}"
    async with aiohttp.ClientSession() as http, deceptive_store(real) as proxy:
        async with http.post(f"{real}/query", params={"q": "CREATE DATABASE elsewhere"}) as made:
            assert made.status == 200
        database = a_name()
        settings = settings_for(
            broker,
            tmp_path,
            store={"kind": "influxdb1", "url": proxy.url, "database": database},
            writing={"shown_within_s": 0.6, "longest_backoff_s": 0.3},
        )
        async with running(settings) as ingest, gateway(broker) as gw:
            await gw.send(a_batch(1))
            await eventually(gw.told(1))

            proxy.deception = deception
            for seq in (2, 3, 4):
                await gw.send(a_batch(seq))
            await eventually(lambda: away(ingest))
            await eventually(ingest.counts("tocsin_ingest_store_away"))
            stored = await in_the_store(http, real, database)
            assert covered(gw) * READINGS <= stored
            assert ingest.set_aside() == []

            proxy.deception = Deception.HONEST
            await eventually(gw.told(4), within=30.0)
            assert await in_the_store(http, real, database) == 4 * READINGS
            await eventually(ingest.healthy, within=30.0)
            assert ingest.set_aside() == []


@pytest.mark.parametrize(
    "deception",
    [Deception.SWALLOWS, Deception.NO_READINGS, Deception.STRANGER],
    ids=lambda deception: deception.name,
)
async def test_nothing_swallowed_is_receipted_with_victoria_metrics_behind_the_proxy(
    victoria_metrics_server: Server, broker: Server, tmp_path: Path, deception: Deception
) -> None:
    async with deceptive_store(f"http://127.0.0.1:{victoria_metrics_server.port}") as proxy:
        settings = settings_for(
            broker,
            tmp_path,
            store={"kind": "influxdb2", "url": proxy.url, "reads": "victoriametrics"},
            writing={"shown_within_s": 4.0, "longest_backoff_s": 0.3},
        )
        async with running(settings) as ingest, gateway(broker) as gw:
            await gw.send(a_batch(1))
            await eventually(gw.told(1), within=40.0)

            proxy.deception = deception
            for seq in (2, 3, 4):
                await gw.send(a_batch(seq))
            await eventually(
                lambda: away(ingest), within=90.0 if deception is Deception.STRANGER else 20.0
            )
            assert covered(gw) == 1

            proxy.deception = Deception.HONEST
            await eventually(gw.told(4), within=60.0)
            await eventually(ingest.healthy, within=60.0)
            assert ingest.set_aside() == []


async def test_a_batch_that_the_store_drops_silently_is_quarantined_and_delays_no_other(
    influx: FakeInflux, broker: Server, tmp_path: Path
) -> None:
    store = {"kind": "influxdb1", "url": influx.url}
    settings = settings_for(broker, tmp_path, store=store, writing={"shown_within_s": 0.5})
    async with running(settings) as ingest, gateway(broker) as gw:
        await gw.send(a_batch(1))
        await eventually(gw.told(1))
        old = now() - 60_000_000_000
        influx.drops = str(old).encode()
        await gw.send(batch(2, Series(point="a", quantity="smoke", t=[old], v=[0.5])))
        seq = 2

        async def others_go_on() -> bool:
            nonlocal seq
            seq += 1
            await gw.send(a_batch(seq))
            return bool(ingest.set_aside())

        await eventually(others_go_on, within=30.0, every=0.1)
        (aside,) = ingest.set_aside()
        assert aside["reason"] == "not_read_back"
        assert str(old) in base64.b64decode(aside["payload"]).decode()
        await eventually(gw.told(seq))
        assert await ingest.metric('tocsin_ingest_batches_dropped_total{reason="backlog_full"}') == 0
        (line,) = (await ingest.get("/api/v1/ledger"))[1]["gateways"]
        assert (line["quarantined"], line["missing"]) == (1, 0)


async def test_the_ledger_names_the_newest_batch_that_was_read_back(
    influxdb1_server: Server, broker: Server, tmp_path: Path
) -> None:
    url = f"http://127.0.0.1:{influxdb1_server.port}"
    store = {"kind": "influxdb1", "url": url, "database": a_name()}
    settings = settings_for(broker, tmp_path, store=store)
    async with running(settings) as ingest, gateway(broker) as gw:
        for seq in (1, 2, 3):
            await gw.send(a_batch(seq))
        await eventually(gw.told(3))

        (line,) = (await ingest.get("/api/v1/ledger"))[1]["gateways"]
        assert (line["stored"], line["verified"]) == (3, 3)
    async with running(settings) as ingest:
        (line,) = (await ingest.get("/api/v1/ledger"))[1]["gateways"]
        assert line["verified"] == 3


async def test_a_copy_of_a_signal_that_was_swallowed_comes_again(
    influxdb1_server: Server, broker: Server, tmp_path: Path
) -> None:
    async with deceptive_store(f"http://127.0.0.1:{influxdb1_server.port}") as proxy:
        store = {"kind": "influxdb1", "url": proxy.url, "database": a_name()}
        settings = settings_for(broker, tmp_path, store=store, writing={"shown_within_s": 0.5})
        async with running(settings) as ingest, gateway(broker) as gw:
            proxy.deception = Deception.SWALLOWS
            await gw.send(alarm(1), topic=ALARM)
            await eventually(lambda: proxy.swallowed >= 2)
            stored = 'tocsin_ingest_signal_messages_total{outcome="stored"}'
            assert await ingest.metric(stored) == 0
            proxy.deception = Deception.HONEST
            await eventually(ingest.counts(stored))


async def test_a_gateway_of_which_nothing_could_be_stored_is_in_the_ledger(
    influx: FakeInflux, broker: Server, tmp_path: Path
) -> None:
    settings = settings_for(broker, tmp_path, store={"kind": "influxdb1", "url": influx.url})
    async with running(settings) as ingest, gateway(broker) as gw:
        influx.always = Scripted(503)
        beat = Heartbeat(
            v=1,
            at=now(),
            alarm=LaneState(epoch="a1", depth=0, oldest_age_s=0.0, last_seq=0),
            telemetry=LaneState(epoch="e1", depth=3, oldest_age_s=1.0, last_seq=12),
        )
        await gw.send(encode(beat), topic=TELEMETRY.replace("telemetry", "heartbeat"))

        async def listed() -> bool:
            return bool((await ingest.get("/api/v1/ledger"))[1]["gateways"])

        await eventually(listed)
        (line,) = (await ingest.get("/api/v1/ledger"))[1]["gateways"]
        counts = [line[name] for name in ("sent", "claimed", "waiting", "missing", "verified")]
        assert counts == [12, 9, 3, 0, 0]


async def test_nothing_is_written_to_a_server_that_identifies_itself_as_something_else(
    influxdb1_server: Server, broker: Server, tmp_path: Path
) -> None:
    async with deceptive_store(f"http://127.0.0.1:{influxdb1_server.port}") as proxy:
        store = {"kind": "influxdb1", "url": proxy.url, "database": a_name()}
        settings = settings_for(broker, tmp_path, store=store)
        async with running(settings) as ingest:
            assert (await ingest.get("/healthz"))[1]["store_server"].startswith("InfluxDB 1.6")
        proxy.deception = Deception.STRANGER
        async with running(settings, well=False) as ingest, gateway(broker) as gw:
            await eventually(lambda: away(ingest))
            await gw.send(a_batch(1))
            await eventually(ingest.counts("tocsin_ingest_messages_total"))
            assert (
                "something else that does not name itself InfluxDB; correct store.url"
                in (await ingest.get("/healthz"))[1]["store"]
            )
            assert proxy.swallowed == 0
            proxy.deception = Deception.HONEST
            await eventually(gw.told(1))
