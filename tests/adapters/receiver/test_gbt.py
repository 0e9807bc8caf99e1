"""A transmitter of GB/T 26875.3: its states are signals, and it is confirmed once they are on disk."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from firmware_sim.domain.gbt26875 import CONFIRM, DENY, GbtTransmitter, damaged
from firmware_sim.peers.gbt_transmitter import GbtFaults, SimulatedGbtTransmitter
from receiver.settings import Settings
from tests.adapters.gateway.rig import center
from tests.adapters.receiver.rig import quarantined, receiver, settings_for
from tests.support.servers import Server, free_port
from tests.support.waiting import eventually

PANEL = GbtTransmitter("379")
FIRE, NORMAL = 0b10, 0b01


def gbt_settings(folder: Path, broker: Server, own: dict[str, Any], **gbt: Any) -> Settings:
    """The settings of a receiver whose transmitter 379 is the gateway p/g."""
    transmitter = {
        "address": "0379",
        "premises": "p",
        "gateway": "g",
        "heartbeat_s": 0,
        "points": [{"name": "kho", "component": "10.2"}],
        **own,
    }
    return settings_for(
        folder,
        broker,
        accounts=[],
        gbt={
            "host": "127.0.0.1",
            "port": free_port(),
            "frames_s": 100_000,
            "frames_at_once": 100_000,
            "transmitters": [transmitter],
            **gbt,
        },
    )


@asynccontextmanager
async def simulated(
    settings: Settings, *, panel: GbtTransmitter = PANEL, **options: Any
) -> AsyncIterator[SimulatedGbtTransmitter]:
    one = SimulatedGbtTransmitter(panel, "127.0.0.1", settings.gbt.port, **options)
    try:
        yield one
    finally:
        one.hang_up()


async def test_a_fire_is_a_signal_and_so_is_its_end(broker: Server, tmp_path: Path) -> None:
    settings = gbt_settings(tmp_path, broker, {})
    async with center(broker) as rct, receiver(settings), simulated(settings) as panel:
        await eventually(lambda: rct.sees_lines)
        assert (await panel.component(FIRE, "10.2")).command == CONFIRM
        await eventually(lambda: "kho fire raised: detector_alarm" in rct.story)
        # The system that sums it up, and the transmitter itself, are no further fires.
        await panel.tell(b"\x01\x01\x01\x01\x02\x00" + PANEL.tag(time.time()))
        await panel.tell(PANEL.device(0b11, at=time.time()))
        await panel.component(NORMAL, "10.2")
        await eventually(lambda: "kho fire restored: detector_alarm" in rct.story)
        await panel.component(FIRE, "11.3", kind=23)
        unknown = "system-1-1-component-11-3"
        await eventually(lambda: f"{unknown} fire raised: manual_call" in rct.story)
        await panel.tell(PANEL.panel_reset(at=time.time()))
        await eventually(lambda: f"{unknown} fire restored: manual_call" in rct.story)
        assert len([each for each in rct.story if "fire raised" in each]) == 2


async def test_a_system_alone_is_a_fire(broker: Server, tmp_path: Path) -> None:
    settings = gbt_settings(tmp_path, broker, {})
    async with center(broker) as rct, receiver(settings), simulated(settings) as panel:
        await eventually(lambda: rct.sees_lines)
        await panel.tell(b"\x01\x01\x01\x01\x02\x00" + PANEL.tag(time.time()))
        await eventually(lambda: "system-1-1 fire raised: common_alarm" in rct.story)
        await panel.tell(PANEL.device(0b1000, at=time.time()))
        await eventually(lambda: "transmitter fault raised: panel_fault" in rct.story)


async def test_a_resend_is_confirmed_and_stored_once(broker: Server, tmp_path: Path) -> None:
    settings = gbt_settings(tmp_path, broker, {})
    faults = GbtFaults(repeats=2, split_s=0.05, noise=b"noise @@ and")
    async with (
        center(broker) as rct,
        receiver(settings),
        simulated(settings, faults=faults) as panel,
    ):
        await eventually(lambda: rct.sees_lines)
        assert (await panel.component(FIRE, "10.2")).command == CONFIRM
        confirmed = [each for each in panel.heard if each.command == CONFIRM]
        assert len(confirmed) == 3
        await eventually(lambda: len(rct.signals) == 1)
    assert "no_frame" in quarantined(tmp_path) or "unfinished_frame" in quarantined(tmp_path)


async def test_a_clock_off_by_an_hour_is_a_fault_and_is_told_the_time(
    broker: Server, tmp_path: Path
) -> None:
    settings = gbt_settings(tmp_path, broker, {})
    late = GbtTransmitter("379", clock_off_s=-3_600)
    async with center(broker) as rct, receiver(settings):
        await eventually(lambda: rct.sees_lines)
        async with simulated(settings, panel=late) as panel:
            assert (await panel.component(FIRE, "10.2")).command == CONFIRM
            await panel.heartbeat()
            await panel.heartbeat()
            orders = [each for each in panel.heard if each.command == 1]
            assert [each.unit[:2] for each in orders] == [b"\x5a\x01"], "once an hour"
            assert orders[0].unit[4:8] == PANEL.tag(time.time())[2:], "the right time"
        await eventually(lambda: "kho fire raised: detector_alarm" in rct.story)
        await eventually(lambda: "transmitter fault raised: peer_clock_off" in rct.story)
        async with simulated(settings) as panel:
            await panel.heartbeat()
        await eventually(lambda: "transmitter fault restored: peer_clock_off" in rct.story)


async def test_a_silent_transmitter_is_asked_and_then_reported(broker: Server, tmp_path: Path) -> None:
    settings = gbt_settings(tmp_path, broker, {"heartbeat_s": 0.5})
    async with center(broker) as rct, receiver(settings), simulated(settings) as panel:
        await panel.heartbeat()
        answering = asyncio.create_task(panel.answer_questions(0b101))
        await eventually(lambda: len([each for each in panel.heard if each.command == 4]) > 2)
        await eventually(lambda: "transmitter fault raised: panel_fault" in rct.story)
        answering.cancel()
        await asyncio.wait({answering})
        panel.hang_up()
        await eventually(lambda: "transmitter fault raised: line_silent" in rct.story)


@pytest.mark.parametrize(
    ("panel", "unit", "fault"),
    [
        (GbtTransmitter("999"), PANEL.component(FIRE, "10.2", at=0.0), "unknown_account"),
        (PANEL, b"\x80\x01\x00", "unknown_type"),
        (PANEL, b"\x02\x01\x00", "bad_data"),
    ],
)
async def test_what_nobody_knows_is_set_aside_told_and_denied(
    broker: Server, tmp_path: Path, panel: GbtTransmitter, unit: bytes, fault: str
) -> None:
    gateways = {"premises": "x"} if panel is not PANEL else {}
    own = {"premises": "p", "gateway": "g"} if panel is not PANEL else {}
    settings = gbt_settings(tmp_path, broker, gateways).model_copy(update=own)
    async with center(broker) as rct, receiver(settings), simulated(settings, panel=panel) as one:
        await eventually(lambda: rct.sees_lines)
        assert (await one.tell(unit)).command == DENY
        assert fault in quarantined(tmp_path)
        await eventually(lambda: "transmitter fault raised: unreadable_messages" in rct.story)
        assert not [each for each in rct.story if "fire" in each]


async def test_a_wrong_sum_is_denied_and_set_aside(broker: Server, tmp_path: Path) -> None:
    settings = gbt_settings(tmp_path, broker, {})
    async with receiver(settings), simulated(settings, faults=GbtFaults(damage=damaged)) as panel:
        assert (await panel.component(FIRE, "10.2")).command == DENY
    assert "wrong_sum" in quarantined(tmp_path)


async def test_slow_silent_and_flooding_peers_delay_nobody(broker: Server, tmp_path: Path) -> None:
    settings = gbt_settings(
        tmp_path, broker, {}, frame_s=0.5, idle_s=3.0, frames_s=200, frames_at_once=1_000
    )
    frame = PANEL.frame(1, at=time.time())

    async def pour() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", settings.gbt.port)
        while True:
            writer.write(frame * 1_000)
            await writer.drain()

    async with receiver(settings), simulated(settings, address="127.0.0.9") as panel:
        slow, writer = await asyncio.open_connection("127.0.0.1", settings.gbt.port)
        writer.write(frame[:20])
        half_open, other = await asyncio.open_connection("127.0.0.1", settings.gbt.port)
        pouring = asyncio.create_task(pour())
        async with asyncio.timeout(10):
            assert await slow.read() == b""
            took = []
            for number in range(1, 20):
                began = time.monotonic()
                assert (await panel.component(FIRE, f"1.{number}")).command == CONFIRM
                took.append(time.monotonic() - began)
            assert await half_open.read() == b""
        pouring.cancel()
        writer.close()
        other.close()
        assert sorted(took)[len(took) // 2] < 0.5
