"""Requirements on a gateway that sends too much: it costs itself, and nobody else."""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any

import aiomqtt
from prometheus_client import CollectorRegistry

from ingest.adapters.backlog import Backlog
from ingest.adapters.free_space import MIB, FreeSpace
from ingest.adapters.metrics import Metrics
from ingest.adapters.quarantine_writer import QuarantineWriter
from runtime.clock import utc_now
from runtime.quarantine import Quarantine, RefusedPayload
from tests.adapters.ingest.conftest import Place
from tests.adapters.ingest.test_ingest import (
    Ingest,
    batch,
    gateway,
    now,
    running,
    series,
    settings_for,
    to_fake,
)
from tests.faults.disk import small_disk
from tests.support.influx import FakeInflux, Scripted
from tests.support.receipts import numbers_in
from tests.support.servers import Server
from tests.support.waiting import eventually

NOISY = "tocsin/v1/cho-an-binh/noisy/telemetry"


def rows(count: int, *, ago_s: int = 1) -> list[tuple[int, float]]:
    start = now() - ago_s * 1_000_000 - count
    return [(start + each, 0.02) for each in range(count)]


async def flood(broker: Server, payloads: list[bytes], topic: str = NOISY) -> None:
    async with aiomqtt.Client("127.0.0.1", broker.port, max_inflight_messages=1_000) as client:
        client.pending_calls_threshold = 10_000
        await asyncio.gather(*(client.publish(topic, each, qos=1) for each in payloads))


async def health(ingest: Ingest) -> Any:
    return (await ingest.get("/healthz"))[1]


async def test_readings_beyond_the_quota_wait_at_their_gateway_and_others_go_on(
    broker: Server, tmp_path: Path
) -> None:
    quota = {"readings_at_once": 100, "readings_s": 0.001}
    async with running(settings_for(broker, tmp_path, quota=quota)) as ingest, gateway(broker) as gw:
        await flood(broker, [batch(seq, series(*rows(60))) for seq in range(1, 21)])
        dropped = 'tocsin_ingest_batches_dropped_total{reason="readings_flood"}'
        await eventually(ingest.counts(dropped, 19))
        await gw.send(batch(1))
        await eventually(lambda: len(gw.receipts) == 2)

        assert await ingest.stored() == 61
        told = await health(ingest)
        assert told["ok"]
        assert told["readings_flood"] == ["cho-an-binh/noisy: too_many_readings"]
        assert await ingest.metric("tocsin_ingest_readings_flood") == 1


async def test_a_backlog_of_old_readings_passes_where_so_many_new_ones_do_not(
    broker: Server, tmp_path: Path
) -> None:
    quota = {"readings_at_once": 100, "readings_s": 0.001}
    async with running(settings_for(broker, tmp_path, quota=quota)) as ingest, gateway(broker) as gw:
        for seq in range(1, 11):
            await gw.send(batch(seq, series(*rows(100, ago_s=3_600 * seq))))
        await eventually(gw.told(10))
        assert (await health(ingest))["readings_flood"] == []


async def test_made_up_points_beyond_the_quota_make_no_series(broker: Server, tmp_path: Path) -> None:
    quota = {"new_series_at_once": 5, "new_series_an_hour": 0.001}
    async with running(settings_for(broker, tmp_path, quota=quota)) as ingest, gateway(broker) as gw:
        for seq in range(1, 6):
            await gw.send(batch(seq, series((now(), 0.1), point=f"made-up-{seq}")))
        await eventually(gw.told(5))
        await gw.send(batch(6, series((now(), 0.1), point="made-up-6")))

        async def is_shown() -> bool:
            return bool((await health(ingest))["readings_flood"])

        await eventually(is_shown)
        assert (await health(ingest))["readings_flood"] == ["cho-an-binh/gw-1: too_many_new_series"]
        _, answer = await ingest.get("/api/v1/readings/count", premises="cho-an-binh")
        assert len(answer["counts"]) == 5


async def test_bad_messages_beyond_the_quota_fill_no_quarantine(broker: Server, tmp_path: Path) -> None:
    quota = {"refused_bytes_at_once": 2_000, "refused_bytes_an_hour": 1}
    async with running(settings_for(broker, tmp_path, quota=quota)) as ingest, gateway(broker) as gw:
        await flood(broker, [b"{%d " % each + b"x" * 500 for each in range(100)])
        dropped = 'tocsin_ingest_batches_dropped_total{reason="readings_flood"}'
        await eventually(ingest.counts(dropped, 90))
        await gw.send(b"garbage of another gateway")
        await eventually(lambda: any(each["size"] == 26 for each in ingest.set_aside()))
        assert sum(each["size"] for each in ingest.set_aside()) < 3_000
        await gw.send(batch(1))
        await eventually(gw.told(1))


async def test_messages_of_nobody_beyond_the_quota_fill_no_quarantine(
    broker: Server, tmp_path: Path
) -> None:
    quota = {"refused_bytes_at_once": 2_000, "refused_bytes_an_hour": 1}
    async with running(settings_for(broker, tmp_path, quota=quota)) as ingest, gateway(broker) as gw:
        garbage = [b"%d " % each + b"x" * 500 for each in range(100)]
        await flood(broker, garbage, "tocsin/v1/Nobody/gw/telemetry")
        dropped = 'tocsin_ingest_batches_dropped_total{reason="not_quarantined"}'
        await eventually(ingest.counts(dropped, 90))
        assert sum(each["size"] for each in ingest.set_aside()) < 3_000
        await gw.send(batch(1))
        await eventually(gw.told(1))


async def test_a_gateway_that_filled_the_backlog_gives_way_to_one_that_did_not(
    broker: Server, tmp_path: Path, influx: FakeInflux
) -> None:
    more = {**to_fake(influx), "writing": {"backlog_readings": 100}}
    async with running(settings_for(broker, tmp_path, **more)) as ingest, gateway(broker) as gw:
        influx.always = Scripted(503)
        await flood(broker, [batch(seq, series(*rows(10))) for seq in range(1, 31)])
        full = 'tocsin_ingest_batches_dropped_total{reason="backlog_full"}'
        await eventually(ingest.counts(full, 20))
        mine = batch(1)
        await gw.send(mine)
        await eventually(ingest.counts(full, 21))
        influx.always = None
        await eventually(lambda: any("gw-1" in key for key in influx.readings))
        await eventually(lambda: numbers_in(gw.receipts) >= {1})


async def test_the_backlog_gives_each_gateway_its_turn() -> None:
    place = Place(None, "p")  # type: ignore[arg-type]
    backlog = Backlog(100_000)
    for seq in range(1, 21):
        backlog.add(place.batch(*rows(2_000), gateway="noisy", seq=seq))
    backlog.add(place.batch(*rows(5), gateway="quiet"))
    group = await backlog.take_group(10_000)
    assert "quiet" in {each.id.stream.gateway for each in group}


class Counted(Quarantine):
    """A quarantine that counts its writes."""

    writes = 0

    def _append(self, payloads: Any) -> None:
        self.writes += 1
        super()._append(payloads)


async def test_what_is_refused_together_is_written_together(tmp_path: Path) -> None:
    quarantine = Counted(tmp_path / "q", utc_now, CollectorRegistry())
    writer = QuarantineWriter(quarantine)
    writing = asyncio.create_task(writer.write_forever())
    await asyncio.gather(
        *(
            writer.store(RefusedPayload("t", b"%d" % each, reason="not_json", detail=""))
            for each in range(200)
        )
    )
    writing.cancel()
    (file,) = (tmp_path / "q").glob("*.jsonl")
    assert len(file.read_text().splitlines()) == 200
    assert quarantine.writes <= 2


async def test_of_what_the_disk_takes_in_part_each_has_its_own_answer(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path / "q", utc_now, CollectorRegistry(), most_bytes_a_day=2_000)
    writer = QuarantineWriter(quarantine)
    writing = asyncio.create_task(writer.write_forever())
    sizes = [10, 5_000, 20]
    answers = await asyncio.gather(
        *(
            writer.store(RefusedPayload("t", os.urandom(each), reason="not_json", detail=""))
            for each in sizes
        ),
        return_exceptions=True,
    )
    writing.cancel()
    assert [isinstance(each, OSError) for each in answers] == [False, True, False]


async def test_below_the_disk_reserve_nothing_is_taken_and_above_it_all_of_it_is(
    broker: Server, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "ingest", mib=60):
        filler = tmp_path / "ingest" / "filler"
        async with running(settings_for(broker, tmp_path)) as ingest, gateway(broker) as gw:
            await gw.send(batch(1))
            await eventually(gw.told(1))
            free = shutil.disk_usage(tmp_path / "ingest").free
            filler.write_bytes(bytes(free - 4 * MIB))

            async def is_short() -> bool:
                return not await ingest.healthy()

            await eventually(is_short)
            await gw.send(batch(2))
            await gw.send(b"garbage")
            await eventually(
                ingest.counts('tocsin_ingest_batches_dropped_total{reason="disk_reserve"}', 2)
            )
            store = (await health(ingest))["store"]
            assert store.startswith("disk_reserve: ")
            assert "6 MiB are kept for alarms" in store
            assert numbers_in(gw.receipts) == {1}
            assert ingest.set_aside() == []

            filler.unlink()
            await eventually(ingest.healthy)
            await gw.send(batch(2))
            await eventually(gw.told(2))


def test_the_reserve_of_a_large_disk_is_that_of_the_settings(tmp_path: Path) -> None:
    free_mib = shutil.disk_usage(tmp_path).free // MIB
    noted: list[str | None] = []
    for reserve_mib in (1, 0):
        FreeSpace(tmp_path, reserve_mib, metrics=Metrics(), on_change=noted.append).check()
    assert free_mib <= 1 or noted == [None, None]


async def test_more_bad_messages_at_once_than_the_quarantine_takes_are_a_flood(
    broker: Server, tmp_path: Path
) -> None:
    async with running(settings_for(broker, tmp_path)) as ingest, gateway(broker) as gw:
        await flood(broker, [b"{%d" % each for each in range(2_000)])

        async def is_shown() -> bool:
            shown = (await health(ingest))["readings_flood"]
            return bool(shown == ["cho-an-binh/noisy: too_many_refused_bytes"])

        await eventually(is_shown)
        await gw.send(batch(1))
        await eventually(gw.told(1))
