"""A fire that the center cannot store is notified from memory, and again once it is stored."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

import registry.store
from alerting.engine.arrivals import ArrivedSignals
from alerting.engine.engine import Engine, open_engine
from alerting.metrics import Metrics
from alerting.mqtt.signature_guard import SignatureGuard
from alerting.mqtt.unstored_watch import UnstoredWatch
from alerting.settings import Confirmation
from alerting.store.deliveries import DeliveryAttempt
from alerting.store.retry import DatabaseRetry
from contract.times import to_micros
from contract.webhook import FireNotification
from firmware_sim.peers.command_center import CommandCenter, open_command_center
from runtime.clock import utc_now
from tests.adapters.alerting.center import Center, Gateway, make_settings
from tests.faults import disk
from tests.stories.alerting.house import MARKET, signal
from tests.support.servers import Server
from tests.support.waiting import eventually


@asynccontextmanager
async def center_in(folder: Path, relays: Path, broker: Server) -> AsyncIterator[Center]:
    """A center with its data in *folder*; what it relays is logged elsewhere."""
    received = CommandCenter(log=relays)
    async with open_command_center(center=received) as url:
        settings = make_settings(folder, broker_port=broker.port, webhook=url)
        settings = settings.model_copy(update={"disk_reserve_mib": 0})  # the disk is full at once
        async with registry.store.open_store(settings.database_url) as store:
            await store.store_registry(MARKET, who="test", now=utc_now())
        one = Center(settings, received)
        await one.start()
        try:
            yield one
        finally:
            await one.stop()


def fires(center: Center) -> list[FireNotification]:
    return [each.body for each in center.received.relays if isinstance(each.body, FireNotification)]


def unrecorded(center: Center) -> list[FireNotification]:
    return [each for each in fires(center) if each.recorded is False]


def recorded(center: Center) -> list[FireNotification]:
    return [each for each in fires(center) if each.recorded is not False]


async def test_with_a_full_disk_the_first_notice_goes_out_from_memory_and_no_receipt(
    tmp_path: Path, broker: Server, gateway: Gateway
) -> None:
    folder = tmp_path / "data"
    with disk.small_disk(folder, mib=8):
        async with center_in(folder, tmp_path / "relays.jsonl", broker) as center:
            disk.fill(folder)
            one = signal(1, "button-01", utc_now(), quantity="manual")
            await gateway.send(one)
            notice = (await eventually(lambda: unrecorded(center), within=20.0))[0]
            assert "CHƯA LƯU" in notice.text["vi"]
            assert "NOT RECORDED" in notice.text["en"]
            assert notice.text["vi"].startswith("CÓ NGƯỜI ẤN NÚT BÁO CHÁY tại Chợ An Bình")
            assert notice.event == "confirmed"

            for _ in range(3):  # its gateway sends again what has no receipt
                await gateway.send(one)
            await gateway.send(signal(2, "smoke-01", utc_now()))
            await eventually(lambda: center.metric("tocsin_alerting_not_stored_total"))
            assert gateway.receipts == []
            assert recorded(center) == []

            disk.empty(folder)
            await gateway.receipted(1)
            again = (await eventually(lambda: recorded(center)))[0]
            assert again.cause == notice.cause
            assert again.delivery != notice.delivery
            assert len({each.delivery for each in unrecorded(center)}) == 1


async def test_a_database_that_hangs_is_told_from_memory_too(
    tmp_path: Path, broker: Server, gateway: Gateway
) -> None:
    async with center_in(tmp_path / "data", tmp_path / "relays.jsonl", broker) as center:
        with closing(sqlite3.connect(center.settings.data_dir / "center.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            await gateway.send(signal(1, "button-01", utc_now(), quantity="manual"))
            await eventually(lambda: unrecorded(center), within=20.0)
            assert gateway.receipts == []
            other.rollback()
        await gateway.receipted(1)
        await eventually(lambda: recorded(center))


@asynccontextmanager
async def watch_over(url: str) -> AsyncIterator[tuple[UnstoredWatch, Engine, list[DeliveryAttempt]]]:
    """A watch over the engine of the database at *url*, and the notices from memory."""
    metrics, notices = Metrics(CollectorRegistry()), list[DeliveryAttempt]()
    async with registry.store.open_store(url) as store:
        await store.store_registry(MARKET, who="test", now=utc_now())
    async with open_engine(url, Confirmation(), metrics) as engine:
        watch = UnstoredWatch(
            engine,
            clock=utc_now,
            database_retry=DatabaseRetry(metrics),
            clock_offset=lambda _: None,
            guard=SignatureGuard(lambda: engine.keys.current, metrics),
            waiting=lambda: iter(()),
            tell=notices.extend,
            over=lambda: None,
        )
        yield watch, engine, notices


def pressed() -> ArrivedSignals:
    one = signal(1, "button-01", utc_now(), quantity="manual")
    return ArrivedSignals("cho", "gw-1", "e1", 1, (one,), to_micros(utc_now()))


async def test_a_fire_that_waits_for_the_processor_is_not_told_from_memory(tmp_path: Path) -> None:
    async with watch_over(f"sqlite:///{tmp_path / 'center.db'}") as (watch, engine, notices):
        with watch.storing([pressed()]):
            await watch.look(asyncio.get_running_loop().time() + 600)
        # So it is with one that waits behind others, each of which the database stores.
        await engine.intake.accept_arrivals([pressed()], utc_now())
        with watch.storing([pressed()]):
            await watch.look(asyncio.get_running_loop().time() + 600)
    assert notices == []


async def test_a_fire_that_waits_for_the_database_is_told_from_memory(tmp_path: Path) -> None:
    async with watch_over(f"sqlite:///{tmp_path / 'center.db'}") as (watch, engine, notices):

        async def told() -> bool:
            await watch.look(asyncio.get_running_loop().time())
            return bool(notices)

        with closing(sqlite3.connect(tmp_path / "center.db")) as other, watch.storing([pressed()]):
            other.execute("BEGIN IMMEDIATE")
            storing = asyncio.create_task(engine.intake.accept_arrivals([pressed()], utc_now()))
            await eventually(told)
            other.rollback()
            await storing


async def test_a_fire_that_was_notified_before_the_disk_was_full_is_not_notified_anew(
    tmp_path: Path, broker: Server, gateway: Gateway
) -> None:
    async with center_in(tmp_path / "data", tmp_path / "relays.jsonl", broker) as center:
        await gateway.send(signal(1, "button-01", utc_now(), quantity="manual"))
        await eventually(lambda: recorded(center))
        with closing(sqlite3.connect(center.settings.data_dir / "center.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            await gateway.send(signal(2, "smoke-01", utc_now()))
            await eventually(lambda: center.metric("tocsin_alerting_not_stored_total"), within=30.0)
            other.rollback()
        await gateway.receipted(2)
    assert unrecorded(center) == []


async def test_a_center_that_starts_while_its_database_is_locked_says_so_and_hears_once_it_is_free(
    center: Center, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    await center.stop()
    monkeypatch.setattr("runtime.database.BUSY_TIMEOUT_MS", 100)
    with (
        closing(sqlite3.connect(center.settings.data_dir / "center.db")) as another,
        capture_logs() as lines,
    ):
        another.execute("BEGIN EXCLUSIVE")
        starting = asyncio.create_task(center.start())
        await eventually(lambda: [each for each in lines if "locked" in str(each.get("reason"))])
        another.rollback()
        await starting
    number = await gateway.fire("button-01", quantity="manual")
    await gateway.receipted(number)
