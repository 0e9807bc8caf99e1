"""Requirements on the whole of ingest, with a real broker and stores that fail when told to."""

import asyncio
import base64
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import aiomqtt
import pytest

from alerting.domain.watch.synthetic_message import round_message
from contract.messages import (
    Edge,
    Kind,
    Proof,
    Receipt,
    Scope,
    Series,
    Signal,
    decode_receipt,
    encode,
    encode_alarm,
    encode_telemetry,
    telemetry_digest,
)
from contract.times import to_micros
from ingest import app
from ingest.settings import Settings
from runtime.clock import Clock, utc_now
from runtime.spool import open_spool
from tests.support.influx import FakeInflux, Scripted
from tests.support.receipts import numbers_in
from tests.support.servers import Server, free_port, influxdb1
from tests.support.waiting import ended, eventually

TELEMETRY = "tocsin/v1/cho-an-binh/gw-1/telemetry"
ALARM = "tocsin/v1/cho-an-binh/gw-1/alarm"
RECEIPT = "tocsin/v1/cho-an-binh/gw-1/receipt/telemetry"


def series(*rows: tuple[int, float], point: str = "smoke-01", quantity: str = "smoke") -> Series:
    return Series(point=point, quantity=quantity, t=[t for t, _ in rows], v=[v for _, v in rows])


def now() -> int:
    return to_micros(utc_now())


def batch(seq: int, *parts: Series, floor: int = 1, epoch: str = "e1") -> bytes:
    if not parts:
        parts = (series((now() - 1_000_000 + seq, seq / 1_000)),)
    return encode_telemetry(epoch, floor, seq, encode(list(parts)))


class Gateway:
    """The other end of the wire: sends what a test says, and keeps what it is told."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client
        self.receipts: list[Receipt] = []

    async def listen(self) -> None:
        async for message in self._client.messages:
            self.receipts.append(decode_receipt(bytes(message.payload or b"")))

    async def send(self, payload: bytes, *, topic: str = TELEMETRY, retain: bool = False) -> None:
        await self._client.publish(topic, payload, qos=1, retain=retain)

    def told(self, through: int, epoch: str = "e1") -> Callable[[], bool]:
        """Return a check of whether all from 1 *through* are receipted."""
        return lambda: numbers_in(self.receipts, epoch) >= set(range(1, through + 1))

    def told_of(self, *numbers: int, epoch: str = "e1") -> Callable[[], bool]:
        return lambda: numbers_in(self.receipts, epoch) == set(numbers)


@asynccontextmanager
async def gateway(broker: Server) -> AsyncIterator[Gateway]:
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        await client.subscribe("tocsin/v1/+/+/receipt/telemetry", qos=1)
        it = Gateway(client)
        listening = asyncio.create_task(it.listen())
        try:
            yield it
        finally:
            await ended(listening)


class Ingest:
    """A running ingest, as seen from outside."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.url = f"http://127.0.0.1:{settings.web.port}"

    async def get(self, path: str, **params: Any) -> tuple[int, Any]:
        url = self.url + path
        async with aiohttp.ClientSession() as session, session.get(url, params=params) as reply:
            return reply.status, await reply.json()

    async def healthy(self) -> bool:
        try:
            return (await self.get("/healthz"))[0] == 200
        except aiohttp.ClientError:
            return False

    async def answers(self) -> bool:
        try:
            return bool((await self.get("/healthz"))[0])
        except aiohttp.ClientError:
            return False

    async def metric(self, name: str) -> float:
        async with aiohttp.ClientSession() as session, session.get(self.url + "/metrics") as reply:
            lines = (await reply.text()).splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))

    def counts(self, name: str, least: float = 1) -> Callable[[], Awaitable[bool]]:
        async def enough() -> bool:
            return await self.metric(name) >= least

        return enough

    async def stored(self) -> int:
        _, answer = await self.get("/api/v1/readings/count", premises="cho-an-binh")
        return sum(each["count"] for each in answer["counts"])

    def set_aside(self) -> list[dict[str, Any]]:
        files = sorted((self.settings.data_dir / "quarantine").glob("*.jsonl"))
        return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def settings_for(broker: Server, folder: Path, **more: Any) -> Settings:
    quick = {"backoff_s": 0.05, "longest_backoff_s": 0.2, "timeout_s": 2.0}
    more["writing"] = quick | more.get("writing", {})
    return Settings(
        data_dir=folder / "ingest",
        broker={"port": broker.port},
        web={"port": free_port()},
        **more,
    )


@asynccontextmanager
async def running(
    settings: Settings, *, well: bool = True, clock: Clock = utc_now
) -> AsyncIterator[Ingest]:
    """An ingest, from the moment that it is *well*, or answers at all."""
    task = asyncio.create_task(app.run(settings, clock))
    it = Ingest(settings)

    async def up() -> bool:
        if task.done():
            task.result()
        return await it.healthy() if well else await it.answers()

    try:
        await eventually(up)
        yield it
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled(), task.exception()


@pytest.fixture
async def site(broker: Server, tmp_path: Path) -> AsyncIterator[tuple[Ingest, Gateway]]:
    """An ingest with the embedded store, and a gateway."""
    async with running(settings_for(broker, tmp_path)) as ingest, gateway(broker) as it:
        yield ingest, it


def to_fake(influx: FakeInflux, kind: str = "influxdb2") -> dict[str, Any]:
    return {"store": {"kind": kind, "url": influx.url}}


async def test_a_batch_is_receipted_and_can_be_read(site: tuple[Ingest, Gateway]) -> None:
    ingest, gw = site
    t = now() - 2_000_000
    await gw.send(batch(1, series((t, 0.02), (t + 1_000_000, 0.03))))

    await eventually(gw.told(1))
    status, answer = await ingest.get(
        "/api/v1/readings", premises="cho-an-binh", point="smoke-01", quantity="smoke"
    )

    assert status == 200
    assert answer == {
        "premises": "cho-an-binh",
        "point": "smoke-01",
        "quantity": "smoke",
        "unit": "dB/m",
        "t": [t, t + 1_000_000],
        "v": [0.02, 0.03],
        "thinned": False,
    }


async def test_a_receipt_is_sent_only_after_the_reading_is_on_disk(site: tuple[Ingest, Gateway]) -> None:
    ingest, gw = site
    for seq in range(1, 31):
        await gw.send(batch(seq))
        await eventually(lambda: gw.receipts)
        promised = len(numbers_in(gw.receipts))
        with sqlite3.connect(ingest.settings.data_dir / "readings.db") as database:
            on_disk = database.execute("SELECT count(*) FROM readings").fetchone()[0]
        database.close()
        assert on_disk >= promised


async def test_a_clock_that_is_set_back_has_no_reading_refused(broker: Server, tmp_path: Path) -> None:
    back = timedelta(0)
    settings = settings_for(broker, tmp_path)
    async with running(settings, clock=lambda: utc_now() - back) as ingest, gateway(broker) as gw:
        await gw.send(batch(1))
        await eventually(gw.told(1))
        back = timedelta(hours=2)
        await gw.send(batch(2))
        await eventually(gw.told(2))
        assert ingest.set_aside() == []
        await eventually(lambda: _is_stored(ingest, 2))


async def _is_stored(ingest: Ingest, count: int) -> bool:
    return await ingest.stored() == count


async def test_while_the_store_is_away_nothing_is_receipted_and_nothing_is_lost(
    broker: Server, tmp_path: Path, influx: FakeInflux
) -> None:
    settings = settings_for(broker, tmp_path, **to_fake(influx))
    async with running(settings) as ingest, gateway(broker) as gw:
        influx.always = Scripted(503, text="away")
        for seq in range(1, 21):
            await gw.send(batch(seq))
        await eventually(ingest.counts('tocsin_ingest_store_writes_total{outcome="kept"}', 3))
        status, health = await ingest.get("/healthz")
        assert (status, health["ok"]) == (503, False)
        assert "503" in health["store"]
        assert gw.receipts == []
        assert influx.readings == {}

        influx.always = None
        await eventually(gw.told(20))

        assert sum(len(each) for each in influx.readings.values()) == 20
        assert await ingest.healthy()


async def test_an_influxdb_that_is_killed_and_comes_back_has_every_receipted_reading(
    broker: Server, tmp_path: Path
) -> None:
    with influxdb1(tmp_path / "influxdb1") as server:
        store = {"kind": "influxdb1", "url": f"http://127.0.0.1:{server.port}"}
        async with (
            running(settings_for(broker, tmp_path, store=store)) as ingest,
            gateway(broker) as gw,
        ):
            for seq in range(1, 61):
                if seq in {20, 40}:
                    server.kill()
                await gw.send(batch(seq))
                if seq in {30, 50}:
                    await asyncio.to_thread(server.start)
            await eventually(gw.told(60), within=30)
            server.kill()
            await asyncio.to_thread(server.start)

            async def answers() -> int:
                status, answer = await ingest.get("/api/v1/readings/count", premises="cho-an-binh")
                return sum(each["count"] for each in answer["counts"]) if status == 200 else 0

            assert await eventually(answers, within=20) == 60


async def test_a_gateway_that_sends_again_while_the_store_is_away_does_not_fill_the_memory(
    broker: Server, tmp_path: Path, influx: FakeInflux
) -> None:
    settings = settings_for(broker, tmp_path, **to_fake(influx))
    async with running(settings) as ingest, gateway(broker) as gw:
        influx.always = Scripted(503)
        first = [batch(seq) for seq in (1, 2, 3)]
        for payload in first * 5:
            await gw.send(payload)
        await eventually(ingest.counts('tocsin_ingest_duplicates_total{state="waiting"}', 12))

        assert await ingest.metric("tocsin_ingest_backlog_readings") == 3


async def test_beyond_its_bound_the_backlog_drops_and_counts_and_the_gateway_sends_again(
    broker: Server, tmp_path: Path, influx: FakeInflux
) -> None:
    settings = settings_for(broker, tmp_path, **to_fake(influx), writing={"backlog_readings": 5})
    async with running(settings) as ingest, gateway(broker) as gw:
        influx.always = Scripted(503)
        payloads = [batch(seq) for seq in range(1, 9)]
        for payload in payloads:
            await gw.send(payload)
        await eventually(ingest.counts('tocsin_ingest_batches_dropped_total{reason="backlog_full"}', 3))
        influx.always = None
        await eventually(gw.told(5))

        for payload in payloads:
            await gw.send(payload)
        await eventually(gw.told(8))

        assert sum(len(each) for each in influx.readings.values()) == 8


async def test_a_batch_at_which_the_store_fails_holds_back_no_other(
    broker: Server, tmp_path: Path, influx: FakeInflux
) -> None:
    async with running(settings_for(broker, tmp_path, **to_fake(influx))), gateway(broker) as gw:
        influx.always = Scripted(503)
        influx.spoils_all = b"point=poison"
        await gw.send(batch(1, series((now(), 0.1), point="poison")))
        for seq in range(2, 12):
            await gw.send(batch(seq))
        influx.always = None

        await eventually(gw.told_of(*range(2, 12)))


async def test_refused_readings_are_quarantined_and_the_rest_is_written(
    broker: Server, tmp_path: Path, influx: FakeInflux
) -> None:
    settings = settings_for(broker, tmp_path, **to_fake(influx))
    async with running(settings) as ingest, gateway(broker) as gw:
        influx.poison = b"point=smoke-13"
        t = now()
        await gw.send(batch(1, series((t, 0.1)), series((t, 0.13), point="smoke-13")))
        await eventually(gw.told(1))

        (record,) = ingest.set_aside()
        assert record["reason"] == "refused_by_store"
        assert b"smoke-13" in base64.b64decode(record["payload"])
        assert await ingest.stored() == 1
        assert await ingest.metric("tocsin_ingest_readings_stored_total") == 1


async def test_a_known_batch_is_receipted_without_being_written_again(
    broker: Server, tmp_path: Path, influx: FakeInflux
) -> None:
    settings = settings_for(broker, tmp_path, **to_fake(influx))
    payloads = [batch(seq) for seq in (1, 2, 4)]
    async with running(settings), gateway(broker) as gw:
        for payload in payloads:
            await gw.send(payload)
        await eventually(gw.told_of(1, 2, 4))
        influx.posts.clear()
        gw.receipts.clear()
        for payload in payloads:
            await gw.send(payload)
        await eventually(gw.told_of(1, 2, 4))
        assert influx.posts == []


async def test_another_batch_under_a_known_number_is_written_before_it_is_receipted(
    broker: Server, tmp_path: Path, influx: FakeInflux
) -> None:
    """A gateway restored from a backup, or somebody who used its numbers before it did."""
    settings = settings_for(broker, tmp_path, **to_fake(influx))
    async with running(settings), gateway(broker) as gw:
        forged, true = batch(1, floor=1), batch(1, series((now(), 0.07), point="true"))
        await gw.send(forged)
        await eventually(lambda: len(gw.receipts) == 1)
        influx.always = Scripted(503)
        await gw.send(true)
        await gw.send(forged)
        await eventually(lambda: len(gw.receipts) == 2)
        assert gw.receipts[0] == gw.receipts[1], "what is said is said of the forged one"
        influx.always = None
        await eventually(lambda: len(gw.receipts) == 3)
        assert gw.receipts[2].stored == [Proof(1, telemetry_digest(true))]
        assert any("true" in str(key) for key in influx.readings)


async def test_a_floor_makes_no_receipt_of_what_was_not_seen(site: tuple[Ingest, Gateway]) -> None:
    _, gw = site
    await gw.send(batch(501, floor=500))
    await gw.send(batch(2**53, floor=2**53))
    await gw.send(batch(500, floor=500))
    await eventually(gw.told_of(500, 501, 2**53))


async def test_each_epoch_counts_for_itself(site: tuple[Ingest, Gateway]) -> None:
    _, gw = site
    await gw.send(batch(1, epoch="old"))
    await gw.send(batch(1, epoch="new"))
    await gw.send(batch(2, epoch="new"))

    await eventually(gw.told(2, "new"))
    await eventually(gw.told(1, "old"))


GARBAGE = {
    "garbage": (b"\x00\x01garbage", "not_json"),
    "nothing": (b"", "not_json"),
    "truncated": (batch(1)[:-9], "not_json"),
    "text for NaN": (batch(1).replace(b"[0.001]", b"[NaN]"), "not_json"),
    "invalid UTF-8": (batch(1).replace(b"smoke-01", b"smoke-\xff"), "not_json"),
    "oversized": (b'{"v": 1, "epoch": "' + b"e" * 1_100_000 + b'"}', "too_large"),
}


@pytest.mark.parametrize("name", GARBAGE)
async def test_an_unreadable_message_is_quarantined_and_stops_nothing(
    site: tuple[Ingest, Gateway], name: str
) -> None:
    ingest, gw = site
    payload, reason = GARBAGE[name]
    await gw.send(payload)
    await gw.send(payload)
    await gw.send(batch(1))

    await eventually(gw.told(1))
    (record,) = ingest.set_aside()
    assert record["source"] == TELEMETRY
    assert record["reason"] == reason
    assert record["size"] == len(payload)
    assert payload.startswith(base64.b64decode(record["payload"]))
    assert await ingest.metric("tocsin_quarantined_total") == 2


READABLE_HEADERS = {
    "another version": (batch(1).replace(b'"v":1', b'"v":7'), "bad_version"),
    "a number where a list should be": (
        b'{"v":1,"epoch":"e1","floor":1,"seq":1,"series":5}',
        "bad_shape",
    ),
    "more times than values": (batch(1).replace(b'"v":[0.001]', b'"v":[]'), "bad_shape"),
    "infinity": (batch(1).replace(b"[0.001]", b"[1e999]"), "bad_shape"),
    "a line feed in a name": (batch(1).replace(b"smoke-01", b"smoke-01\\n"), "bad_shape"),
}


@pytest.mark.parametrize("name", READABLE_HEADERS)
async def test_a_poisoned_batch_is_receipted_once_it_is_quarantined_so_that_it_blocks_no_lane(
    site: tuple[Ingest, Gateway], name: str
) -> None:
    ingest, gw = site
    payload, reason = READABLE_HEADERS[name]
    await gw.send(payload)

    await eventually(gw.told(1))
    (record,) = ingest.set_aside()
    assert record["reason"] == reason
    assert base64.b64decode(record["payload"]) == payload
    assert await ingest.stored() == 0


@pytest.mark.parametrize("value", [b'"high"', b"NaN", b"1e999", b"null", b"[0.2]"])
async def test_a_bad_reading_among_twenty_points_spoils_its_series_alone(
    site: tuple[Ingest, Gateway], value: bytes
) -> None:
    ingest, gw = site
    t = now() - 1_000_000
    parts = [series((t, 0.25), (t + 1, 0.02), point=f"smoke-{point:02}") for point in range(20)]
    good, bad = batch(1, *parts), parts[7]
    spoiled = encode(bad).replace(b"0.25", value)
    await gw.send(good.replace(encode(bad), spoiled))

    await eventually(gw.told(1))
    assert await ingest.stored() == 38
    (record,) = ingest.set_aside()
    assert record["reason"] == "bad_series"
    assert "series 7: " in record["detail"]
    assert base64.b64decode(record["payload"]) == b"[" + spoiled + b"]"
    assert await ingest.metric('tocsin_ingest_readings_refused_total{reason="bad_series"}') == 2


async def test_a_batch_whose_bad_series_cannot_be_quarantined_has_no_receipt(
    site: tuple[Ingest, Gateway],
) -> None:
    ingest, gw = site
    folder = ingest.settings.data_dir / "quarantine"
    folder.rmdir()
    parts = [series((now(), 0.25)), series((now(), 0.1), point="smoke-02")]
    payload = batch(1, *parts).replace(b"0.25", b'"?"')
    await gw.send(payload)
    await gw.send(batch(2))
    await eventually(gw.told_of(2))

    folder.mkdir()
    await gw.send(payload)
    await eventually(gw.told_of(1, 2))


@pytest.mark.parametrize(
    ("t", "value", "reason"),
    [
        pytest.param(7, 0.02, "time_too_early", id="a clock at 1970"),
        pytest.param(4_070_908_800_000_000, 0.02, "time_too_late", id="a clock at 2099"),
        pytest.param(None, 5_000.0, "value_too_high", id="smoke of 5000 dB/m"),
    ],
)
async def test_an_implausible_reading_is_quarantined_and_the_others_are_stored(
    site: tuple[Ingest, Gateway], t: int | None, value: float, reason: str
) -> None:
    ingest, gw = site
    good = now() - 5_000_000
    await gw.send(
        batch(1, series((good, 0.01), (good + 1 if t is None else t, value), (good + 2, 0.03)))
    )

    await eventually(gw.told(1))
    (record,) = ingest.set_aside()
    assert record["reason"] == reason
    assert str(value).encode() in base64.b64decode(record["payload"])
    assert await ingest.stored() == 2


async def test_a_reading_ahead_of_the_center_by_less_than_an_hour_is_stored(
    site: tuple[Ingest, Gateway],
) -> None:
    ingest, gw = site
    await gw.send(batch(1, series((now() + 3_000_000_000, 0.01))))

    await eventually(gw.told(1))
    assert await ingest.stored() == 1


async def test_a_retained_message_from_earlier_times_harms_nothing(
    broker: Server, tmp_path: Path
) -> None:
    async with gateway(broker) as gw:
        await gw.send(batch(3, floor=3, epoch="long-ago"), retain=True)
        async with running(settings_for(broker, tmp_path)) as ingest:
            await gw.send(batch(1))
            await eventually(gw.told(1))
            await eventually(gw.told_of(3, epoch="long-ago"))

            assert await ingest.metric("tocsin_ingest_retained_total") == 1
            assert await ingest.stored() == 2


async def test_a_message_under_a_bad_topic_is_quarantined(site: tuple[Ingest, Gateway]) -> None:
    ingest, gw = site
    await gw.send(batch(1), topic="tocsin/v1/Cho An Binh/gw-1/telemetry")

    await eventually(ingest.set_aside)
    assert ingest.set_aside()[0]["reason"] == "bad_topic"


async def test_a_round_of_the_synthetic_fire_is_no_copy_of_a_signal_and_not_set_aside(
    site: tuple[Ingest, Gateway],
) -> None:
    ingest, gw = site
    await gw.send(round_message("e1", 1), topic="tocsin/v1/~center/tocsin-alerting/alarm")
    await gw.send(batch(1), topic="tocsin/v1/Cho An Binh/gw-1/telemetry")

    await eventually(ingest.set_aside)  # what came after it
    assert len(ingest.set_aside()) == 1
    assert await ingest.metric("tocsin_ingest_signals_total") == 0


async def test_a_batch_that_cannot_be_quarantined_has_no_receipt(site: tuple[Ingest, Gateway]) -> None:
    ingest, gw = site
    folder = ingest.settings.data_dir / "quarantine"
    folder.rmdir()
    payload, _ = READABLE_HEADERS["infinity"]
    await gw.send(payload)
    await gw.send(batch(2, series((7, 0.02), (now(), 0.03))))
    await gw.send(batch(3))
    await eventually(lambda: gw.receipts)
    assert numbers_in(gw.receipts) == {3}

    folder.mkdir()
    await gw.send(payload)
    await gw.send(batch(2, series((7, 0.02), (now(), 0.03))))
    await eventually(gw.told(3))


async def test_the_copy_of_a_signal_waits_on_disk_for_a_store_that_is_away(
    broker: Server, tmp_path: Path, influx: FakeInflux
) -> None:
    settings = settings_for(broker, tmp_path, **to_fake(influx, "influxdb1"))
    async with running(settings) as ingest, gateway(broker) as gw:
        influx.always = Scripted(503)
        for seq in range(1, 101):
            await gw.send(alarm(seq), topic=ALARM)
        await gw.send(b"garbage", topic=ALARM)
        # Told to end as soon as it has the last one: those before it may still be on their way to disk.
        await eventually(ingest.counts('tocsin_ingest_signal_messages_total{outcome="unreadable"}'))
    assert influx.signals == {}
    influx.always = None

    async with running(settings) as ingest, gateway(broker) as gw:
        await eventually(lambda: len(influx.signals) == 100)
        await gw.send(alarm(100), topic=ALARM)
        await eventually(ingest.counts('tocsin_ingest_signal_messages_total{outcome="stored"}', 1))

        assert len(influx.signals) == 100
        assert gw.receipts == []


def alarm(seq: int) -> bytes:
    signal = Signal(
        seq=seq,
        kind=Kind.FIRE,
        edge=Edge.RAISED,
        scope=Scope.POINT,
        name="smoke-01",
        reason="smoke_above_alarm",
        quantity="smoke",
        value=0.31,
        changed_at=1_795_464_785_000_000 + seq,
        committed_at=1_795_464_785_000_100 + seq,
    )
    return encode_alarm("a1", 1, [encode(signal)])


async def test_copies_of_signals_are_bounded_and_the_oldest_go_first(
    broker: Server, tmp_path: Path, influx: FakeInflux
) -> None:
    settings = settings_for(broker, tmp_path, **to_fake(influx), writing={"signal_messages": 4})
    async with running(settings) as ingest, gateway(broker) as gw:
        influx.always = Scripted(503)
        for seq in range(1, 8):
            await gw.send(alarm(seq), topic=ALARM)
        await eventually(ingest.counts('tocsin_ingest_signal_messages_total{outcome="dropped"}', 3))
        with sqlite3.connect(settings.data_dir / "signals.db") as database:
            kept = [seq for (seq,) in database.execute("SELECT seq FROM entries ORDER BY seq")]
        database.close()
        assert kept == [4, 5, 6, 7]
        influx.always = None

        def newest_stored() -> bool:
            text = " ".join(influx.signals.values())
            return all(f"seq={seq}i" in text for seq in kept)

        await eventually(newest_stored)


async def test_a_copy_on_disk_that_cannot_be_read_does_not_stop_the_others(
    broker: Server, tmp_path: Path, influx: FakeInflux
) -> None:
    settings = settings_for(broker, tmp_path, **to_fake(influx))
    async with open_spool(settings.data_dir / "signals.db", utc_now) as spool:
        await spool.append(lambda _: b'{"of": "another version"}')
    async with running(settings), gateway(broker) as gw:
        await gw.send(alarm(1), topic=ALARM)
        await eventually(lambda: len(influx.signals) == 1)


async def test_two_processes_of_one_group_divide_the_work(broker: Server, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        both = [
            await stack.enter_async_context(
                running(
                    settings_for(broker, tmp_path / name, client_id=f"ingest-{name}", share="ingest")
                )
            )
            for name in ("a", "b")
        ]
        gw = await stack.enter_async_context(gateway(broker))
        for seq in range(1, 21):
            await gw.send(batch(seq))

        await eventually(gw.told(20))
        shares = [await each.stored() for each in both]
        assert sum(shares) == 20
        assert all(shares)


async def test_ingest_resumes_when_the_broker_comes_back(broker: Server, tmp_path: Path) -> None:
    async with running(settings_for(broker, tmp_path)) as ingest:
        broker.kill()

        async def away() -> bool:
            return not await ingest.healthy()

        await eventually(away)
        broker.start()
        await eventually(ingest.healthy)
        async with gateway(broker) as gw:
            await gw.send(batch(1))
            await eventually(gw.told(1))


async def test_the_embedded_store_forgets_readings_past_their_days(
    broker: Server, tmp_path: Path
) -> None:
    settings = settings_for(broker, tmp_path, store={"kind": "embedded", "retention_days": 30})
    old = now() - int(timedelta(days=31) / timedelta(microseconds=1))
    async with running(settings) as ingest, gateway(broker) as gw:
        await gw.send(batch(1, series((old, 0.1), (now(), 0.2))))
        await eventually(gw.told(1))
        assert await ingest.stored() == 2

    async with running(settings) as ingest:

        async def one() -> bool:
            return await ingest.stored() == 1

        await eventually(one)
