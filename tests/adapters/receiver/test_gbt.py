"""A transmitter of GB/T 26875.3: its states are signals, and it is confirmed once they are on disk."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from firmware_sim.domain.gbt26875 import CONFIRM, DENY, GbtTransmitter, damaged
from firmware_sim.peers.gbt_transmitter import DatagramLine, SimulatedGbtTransmitter
from firmware_sim.peers.transmitter_faults import TransmitterFaults
from receiver.adapters import reading_lane
from receiver.settings import Settings
from tests.adapters.gateway.rig import center
from tests.adapters.receiver.rig import gbt_settings, quarantined, receiver
from tests.support.servers import Server
from tests.support.waiting import eventually

PANEL = GbtTransmitter("379")
FIRE, NORMAL = 0b10, 0b01


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
        await panel.tell(PANEL.system(0b11, at=time.time()))
        await panel.tell(PANEL.device(0b11, at=time.time()))
        await panel.component(NORMAL, "10.2")
        await eventually(lambda: "kho fire restored: detector_alarm" in rct.story)
        await panel.component(FIRE, "11.3", kind=23)
        unknown = "system-1-1-component-11-3"
        await eventually(lambda: f"{unknown} fire raised: manual_call" in rct.story)
        await panel.tell(PANEL.panel_reset(at=time.time()))
        await eventually(lambda: f"{unknown} fire restored: manual_call" in rct.story)
        assert len([each for each in rct.story if "fire raised" in each]) == 2


async def test_a_system_that_burns_is_told_at_once_and_so_is_its_component(
    broker: Server, tmp_path: Path
) -> None:
    settings = gbt_settings(tmp_path, broker, {})
    async with center(broker) as rct, receiver(settings), simulated(settings) as panel:
        await eventually(lambda: rct.sees_lines)
        await panel.tell(PANEL.system(0b11, at=time.time()))
        await eventually(lambda: "system-1-1 fire raised: common_alarm" in rct.story)
        await panel.component(FIRE, "10.2")
        await eventually(lambda: "kho fire raised: detector_alarm" in rct.story)
        told = {each.name: each.quantity for each in rct.signals if each.kind == "fire"}
        assert told == {"system-1-1": "commonalarm", "kho": "alarm"}, "the center knows which may be one"
        await panel.tell(PANEL.system(NORMAL, at=time.time()))
        await eventually(lambda: "system-1-1 fire restored: common_alarm" in rct.story)
        await panel.tell(PANEL.device(0b1000, at=time.time()))
        await eventually(lambda: "transmitter fault raised: panel_fault" in rct.story)


async def test_a_resend_is_confirmed_and_stored_once(broker: Server, tmp_path: Path) -> None:
    settings = gbt_settings(tmp_path, broker, {})
    faults = TransmitterFaults(repeats=2, split_s=0.05, noise=b"noise @@ and")
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
        panel.state = 0b101
        answering = asyncio.create_task(panel.answer_questions())
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


async def test_analog_values_are_readings_and_wait_for_the_center_over_a_restart(
    broker: Server, tmp_path: Path
) -> None:
    settings = gbt_settings(tmp_path, broker, {})
    values = [("10.2", 3, 701), ("10.2", 3, -5), ("10.2", 4, 12), ("10.9", 5, 1_013), ("10.2", 200, 7)]
    async with center(broker) as rct:
        rct.receipts["telemetry"] = False
        async with receiver(settings), simulated(settings, faults=TransmitterFaults(repeats=1)) as panel:
            await eventually(lambda: rct.sees_lines)
            now = time.time()
            told = await panel.tell(PANEL.analogs(values, at=now, age_s=30.0))
            assert told.command == CONFIRM
            await eventually(lambda: rct.batches)
            await eventually(lambda: rct.heartbeats[-1].telemetry.depth == 1)
        rct.receipts["telemetry"] = True
        rct.batches.clear()
        async with receiver(settings), simulated(settings) as panel:
            await eventually(lambda: rct.batches)
            await eventually(lambda: rct.heartbeats[-1].telemetry.last_seq == 1)
            await eventually(lambda: rct.heartbeats[-1].telemetry.depth == 0)
            # A reading is no word about a fire, and none of ours is made of 70 degrees at the panel.
            assert not [each for each in rct.story if "fire" in each]
            unknown = "system-1-1-component-10-9"
            assert f"{unknown} supervisory raised: unknown_point" in rct.story
            await panel.analog(3, 220, "10.9")
            await eventually(lambda: rct.heartbeats[-1].telemetry.last_seq == 2)
    (series,) = {batch.seq: batch.series for batch in rct.batches if batch.seq == 1}.values()
    assert {(each.point, each.quantity): each.v for each in series} == {
        ("kho", "temperature"): [70.1, -0.5],
        ("kho", "pressure"): [1_200.0],
        (unknown, "pressure"): [101.3],
        ("kho", "analog-200"): [7.0],
    }
    for each in series:
        assert len(set(each.t)) == len(each.t)
        assert all(28.0 <= now - at / 1e6 <= 33.0 for at in each.t), "sampled 30 s before they were sent"


async def test_readings_give_way_to_the_alarms_on_a_disk_that_is_short(
    broker: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_lane, "_KEEP_FREE", 1 << 62)
    settings = gbt_settings(tmp_path, broker, {})
    async with receiver(settings), simulated(settings, answer_s=0.5) as panel:
        await panel.heartbeat()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2):
                await panel.analog(3, 220, "10.2")
        assert (await panel.component(FIRE, "10.2")).command == CONFIRM


async def test_the_oldest_readings_go_when_too_many_wait(
    broker: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_lane, "_MOST_WAITING", 3)
    monkeypatch.setattr(reading_lane, "_LOOKED_AT_EVERY_S", 0.2)
    settings = gbt_settings(tmp_path, broker, {})
    async with center(broker) as rct, receiver(settings), simulated(settings) as panel:
        rct.receipts["telemetry"] = False
        for raw in range(8):
            assert (await panel.analog(3, raw, "10.2")).command == CONFIRM
        await eventually(lambda: rct.heartbeats and rct.heartbeats[-1].telemetry.thinned == 5)
        rct.receipts["telemetry"] = True
        await panel.analog(3, 99, "10.2")
        await eventually(lambda: 9.9 in rct.readings("kho"))


async def test_a_fire_over_udp_is_confirmed_to_where_it_came_from_and_stored_once(
    broker: Server, tmp_path: Path
) -> None:
    settings = gbt_settings(tmp_path, broker, {})
    deaf = TransmitterFaults(deaf=2)
    async with (
        center(broker) as rct,
        receiver(settings),
        simulated(settings, udp=True, faults=deaf, answer_s=2.0, address="127.0.0.7") as panel,
    ):
        await eventually(lambda: rct.sees_lines)
        assert (await panel.component(FIRE, "10.2")).command == CONFIRM
        await eventually(lambda: "kho fire raised: detector_alarm" in rct.story)
        assert (await panel.heartbeat()).command == CONFIRM
        await panel.component(NORMAL, "10.2")
        await eventually(lambda: "kho fire restored: detector_alarm" in rct.story)
        assert [each.seq for each in rct.signals] == [1, 2]


async def test_a_stranger_over_udp_gets_no_more_than_he_sent(broker: Server, tmp_path: Path) -> None:
    settings = gbt_settings(tmp_path, broker, {}, frames_s=1, frames_at_once=20)
    stranger = GbtTransmitter("999")
    fire = stranger.frame(1, stranger.component(FIRE, "10.2", at=time.time()), at=time.time())
    empty, noise = stranger.frame(2, at=time.time()), b"@@" * 400
    async with receiver(settings):
        line = await DatagramLine.opened("127.0.0.1", settings.gbt.port, "127.0.0.8")
        async with simulated(settings, udp=True, answer_s=1.0) as panel:
            await panel.heartbeat()  # the port is open
            for data in (fire, damaged(fire), empty):
                await line.write(data)
                async with asyncio.timeout(10):
                    assert len(await line.read()) <= len(data)
            await line.write(noise)
            await line.write(PANEL.frame(3, at=time.time())[:-1])
            # Many frames in one datagram are no way round what an address may send.
            await line.write(empty * 60)
            denied = 0
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(3):
                    while True:
                        denied += len(await line.read()) // 30
            assert denied <= 60
            await line.write(fire)
            assert (await panel.heartbeat()).command == CONFIRM, "nobody else waits for it"
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await line.read()
        line.close()
    assert "unknown_account" in quarantined(tmp_path)


async def test_a_wrong_sum_is_denied_and_set_aside(broker: Server, tmp_path: Path) -> None:
    settings = gbt_settings(tmp_path, broker, {})
    async with (
        receiver(settings),
        simulated(settings, faults=TransmitterFaults(damage=damaged)) as panel,
    ):
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
