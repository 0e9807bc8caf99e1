"""Was anything lost? Asked of real processes, with the command that an operator has."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiomqtt

from contract.messages import Kind, encode, encode_alarm
from runtime.clock import utc_now
from tests.faults.panel import open_panel
from tests.faults.scene import liar
from tests.stories.alerting.house import signal
from tests.support.house import GATEWAY, PREMISES, House, house
from tests.support.servers import Server
from tests.support.waiting import eventually
from tests.support.warm_start import warm_child
from tocsin.demo.processes import tocsin

EMBEDDED = '[store]\nkind = "embedded"\n'


async def ask(site: House, *more: str) -> tuple[int, str]:
    """Exit code and output of ``tocsin ledger``."""
    urls = [
        *("--alerting", f"http://127.0.0.1:{site.alerting}"),
        *("--ingest", f"http://127.0.0.1:{site.ingest}"),
    ]
    async with warm_child("ledger", tocsin("ledger", *urls, *more), site.folder) as running:
        code = await asyncio.wait_for(running.process.wait(), 30)
    return code, running.log.read_text()


async def test_the_ledger_says_that_nothing_is_lost_and_sees_what_is(
    broker: Server, tmp_path: Path
) -> None:
    async with (
        open_panel() as panel,
        house(
            tmp_path,
            broker=broker.port,
            store=EMBEDDED,
            lines=[f"socket://127.0.0.1:{panel.port}"],
            points={"nut-1": "manual"},
        ) as site,
    ):
        await eventually(lambda: panel.connections)
        await panel.turn("nut-1", 1)

        async def all_here() -> Any:
            code, text = await ask(site, "--json")
            ledgers = json.loads(text)
            sums = {each["lane"]: each["summary"] for each in ledgers}
            counted = sums["alarm"]["stored"] == sums["alarm"]["sent"] > 0
            return counted and sums["telemetry"]["stored"] > 0 and code == 0

        await eventually(all_here, within=30, every=0.5)
        code, text = await ask(site)
        assert code == 0
        assert "0 of 2 signals lost." in text, "the press, and that the gateway has no such point"

        # The protection is taken away: somebody else receipts what the center does not hold.
        await site.kill("alerting")
        async with liar(broker.port):
            await panel.turn("nut-1", 0)
            await eventually(lambda: _nothing_waits(site))
        await site.start("alerting")

        async def seen() -> bool:
            code, text = await ask(site)
            return code == 1 and "1 of 3 signals lost." in text

        await eventually(seen, within=30, every=0.5)


async def test_a_poisoned_floor_loses_no_signal_and_does_not_fool_the_ledger(
    broker: Server, tmp_path: Path
) -> None:
    """Somebody had the broker's password of the gateway for the time of one message."""
    async with (
        open_panel() as panel,
        house(
            tmp_path,
            broker=broker.port,
            store=EMBEDDED,
            lines=[f"socket://127.0.0.1:{panel.port}"],
            points={"nut-1": "manual"},
        ) as site,
    ):
        await eventually(lambda: panel.connections)
        await panel.turn("nut-1", 1)
        await panel.turn("nut-1", 0)
        await eventually(lambda: _is_stored(site, 3))
        epoch = (await site.get("/status", port=site.status))["alarm"]["epoch"]
        far = signal(2**53, "nut-1", utc_now(), kind=Kind.SUPERVISORY)
        async with aiomqtt.Client("127.0.0.1", broker.port) as thief:
            topic = f"tocsin/v1/{PREMISES}/{GATEWAY}/alarm"
            await thief.publish(topic, encode_alarm(epoch, 2**53, [encode(far)]), qos=1)
        # That of the thief, and that of the gateway: a receipt was refused.
        await eventually(lambda: _is_stored(site, 5))

        await site.kill("alerting")
        await panel.turn("nut-1", 1)
        await panel.turn("nut-1", 0)
        await site.start("alerting")
        await eventually(site.healthy, within=30)
        await eventually(lambda: _is_stored(site, 7), within=30)

        async def accounted() -> bool:
            (line,) = (await site.get("/api/v1/ledger"))["gateways"]
            counts = [line[name] for name in ("sent", "stored", "claimed", "waiting", "missing")]
            return counts == [6, 6, 0, 0, 0]

        await eventually(accounted, within=30)
        reasons = {each["reason"] for each in (await site.get("/api/v1/signals"))["signals"]}
        assert "receipt_refused" in reasons


async def _is_stored(site: House, signals: int) -> bool:
    found = (await site.get("/api/v1/signals"))["signals"]
    return len([each for each in found if not each["epoch"].startswith("~")]) == signals


async def _nothing_waits(site: House) -> bool:
    status = await site.get("/status", port=site.status)
    return status["alarm"]["last_seq"] == 3 and not status["alarm"]["depth"]
