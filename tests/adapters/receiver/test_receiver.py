"""A transmitter's events are signals of its gateway; it is acknowledged once they are on disk."""

import asyncio
import time
from pathlib import Path

import pytest

from firmware_sim.domain.dc09 import Dialler, read_answers
from tests.adapters.gateway.rig import center
from tests.adapters.receiver.rig import (
    KEY,
    datagrams,
    quarantined,
    receiver,
    settings_for,
    transmitter,
)
from tests.support.servers import Server
from tests.support.waiting import eventually

PANEL = Dialler("1234")
SEALED = Dialler("AB", key=bytes.fromhex(KEY))


async def test_a_fire_over_tcp_is_a_signal_and_so_is_its_end(broker: Server, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, broker)
    async with center(broker) as rct, receiver(settings), transmitter(settings) as panel:
        await eventually(lambda: rct.sees_lines)
        (answer,) = await panel.ask(PANEL.sia(1, "Nri1/FA012"))
        assert (answer.word, answer.sequence) == ("ACK", 1)
        await eventually(lambda: "kho fire raised: detector_alarm" in rct.story)
        await panel.ask(PANEL.sia(2, "Nri1/FH012"))
        await eventually(lambda: "kho fire restored: detector_alarm" in rct.story)
        await eventually(lambda: rct.heartbeats[-1].alarm.depth == 0)
        await eventually(lambda: rct.inventories[-1].heard == {"level": ["kho"]})
        assert [each.seq for each in rct.signals] == [1, 2]


async def test_a_call_point_over_udp_and_an_unknown_zone(broker: Server, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, broker)
    async with center(broker) as rct, receiver(settings), datagrams(settings) as (sending, heard):
        await eventually(lambda: rct.sees_lines)
        sending.sendto(PANEL.contact_id(1, "1115 01 020") + PANEL.contact_id(2, "1110 01 033"))
        answers = [read_answers(await heard.queue.get())[0] for _ in range(2)]
        assert [(each.word, each.sequence) for each in answers] == [("ACK", 1), ("ACK", 2)]
        await eventually(lambda: "nut fire raised: manual_call" in rct.story)
        await eventually(lambda: "area-1-zone-33 fire raised: detector_alarm" in rct.story)
        assert "area-1-zone-33 supervisory raised: unknown_point" in rct.story


async def test_a_repeated_frame_is_acknowledged_and_stored_once(broker: Server, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, broker)
    fire, end = PANEL.sia(1, "NFA012"), PANEL.sia(2, "NFH012")
    async with center(broker) as rct, receiver(settings), transmitter(settings) as panel:
        await eventually(lambda: rct.sees_lines)
        answers = await panel.ask(fire + fire + end + fire, 4)
        assert [(each.word, each.sequence) for each in answers] == [
            ("ACK", 1),
            ("ACK", 1),
            ("ACK", 2),
            ("ACK", 1),
        ]
        await eventually(lambda: len(rct.signals) == 2)
    async with center(broker) as rct, receiver(settings), transmitter(settings) as panel:
        await panel.ask(fire)  # known over a restart, too
        await eventually(lambda: len(rct.heartbeats) > 2)
        assert rct.signals == []
        assert rct.heartbeats[-1].alarm.last_seq == 2


async def test_a_fire_that_stood_before_a_restart_is_ended_by_the_panel(
    broker: Server, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, broker)
    async with center(broker) as rct:
        async with receiver(settings), transmitter(settings) as panel:
            await panel.ask(PANEL.sia(1, "NFA012/FA099"))
            await eventually(lambda: "zone-99 fire raised: detector_alarm" in rct.story)
        async with receiver(settings), transmitter(settings) as panel:
            await panel.ask(PANEL.sia(2, "NFH012/FH099"))
            await eventually(lambda: "kho fire restored: detector_alarm" in rct.story)
            await eventually(lambda: "zone-99 fire restored: detector_alarm" in rct.story)


async def test_signals_wait_for_the_center_over_a_restart(broker: Server, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, broker)
    async with receiver(settings), transmitter(settings) as panel:
        assert (await panel.ask(PANEL.sia(1, "NFA012")))[0].word == "ACK"
    async with center(broker) as rct, receiver(settings):
        await eventually(lambda: "kho fire raised: detector_alarm" in rct.story)
        await eventually(lambda: bool(rct.heartbeats) and rct.heartbeats[-1].alarm.depth == 0)


async def test_an_encrypted_account_and_a_clock_off_by_an_hour_lose_nothing(
    broker: Server, tmp_path: Path
) -> None:
    settings = settings_for(
        tmp_path,
        broker,
        accounts=[{"account": "AB", "premises": "p", "gateway": "g", "key": KEY}],
    )
    key, now = SEALED.key, time.time()
    late = Dialler("00ab", key=key, clock_off_s=-3_600)
    async with center(broker) as rct, receiver(settings), transmitter(settings, key=key) as panel:
        await eventually(lambda: rct.sees_lines)
        frame = late.sia(1, "NFA012", at=now)
        (told,) = await panel.ask(frame)
        assert told.word == "NAK"
        assert told.time, "the time to set the clock by"
        (again,) = await panel.ask(frame)
        assert (again.word, again.sequence) == ("ACK", 1)
        await eventually(lambda: "zone-12 fire raised: detector_alarm" in rct.story)
        await eventually(lambda: "transmitter fault raised: peer_clock_off" in rct.story)
        (right,) = await panel.ask(SEALED.poll(2, at=now))
        assert (right.word, bool(right.time)) == ("ACK", True)
        await eventually(lambda: "transmitter fault restored: peer_clock_off" in rct.story)
        assert len([each for each in rct.story if "fire" in each]) == 1


async def test_missing_polls_are_a_silent_line(broker: Server, tmp_path: Path) -> None:
    settings = settings_for(
        tmp_path,
        broker,
        accounts=[{"account": "1234", "premises": "p", "gateway": "g", "poll_s": 0.3}],
    )
    async with center(broker) as rct, receiver(settings), transmitter(settings) as panel:
        await eventually(lambda: "transmitter fault raised: line_silent" in rct.story)
        assert (await panel.ask(PANEL.poll(1)))[0].word == "ACK"
        await eventually(lambda: "transmitter fault restored: line_silent" in rct.story)


async def test_what_nobody_knows_is_set_aside_told_and_answered(broker: Server, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, broker, premises="p", gateway="g", accounts=[])
    async with center(broker) as rct, receiver(settings), transmitter(settings) as panel:
        await eventually(lambda: rct.sees_lines)
        (answer,) = await panel.ask(Dialler("9999").sia(4, "NFA012"))
        assert (answer.word, answer.sequence) == ("DUH", 4)
        assert "unknown_account" in quarantined(tmp_path)
        await eventually(lambda: "transmitter fault raised: unreadable_messages" in rct.story)


@pytest.mark.parametrize(
    ("frame", "fault", "answer"),
    [
        (PANEL.frame("SIA-DCS", 5, "#1234|NFD012"), "unknown_code", "DUH"),
        (PANEL.frame("XNM", 5), "unknown_token", "DUH"),
        (PANEL.frame("SIA-DCS", 5), "bad_data", "DUH"),
        (Dialler("1234", key=bytes(16)).sia(5, "NFA1", at=0.0), "no_key", "DUH"),
        (Dialler("AB", key=bytes(16)).sia(5, "NFA1", at=0.0), "wrong_key", "NAK"),
        (Dialler("AB").sia(5, "NFA1"), "not_encrypted", "DUH"),
    ],
)
async def test_a_sound_frame_that_means_nothing_is_a_fault_that_names_it(
    broker: Server, tmp_path: Path, frame: bytes, fault: str, answer: str
) -> None:
    sealed = b"#AB" in frame
    account = {"account": "AB", "key": KEY} if sealed else {"account": "1234"}
    settings = settings_for(tmp_path, broker, accounts=[{**account, "premises": "p", "gateway": "g"}])
    async with center(broker) as rct, receiver(settings), transmitter(settings) as panel:
        await eventually(lambda: rct.sees_lines)
        assert (await panel.ask(frame))[0].word == answer
        assert fault in quarantined(tmp_path)
        assert "tcp/127.0.0.1" in quarantined(tmp_path)
        await eventually(lambda: "transmitter fault raised: unreadable_messages" in rct.story)
        assert not [each for each in rct.story if "fire" in each]


async def test_damaged_bytes_are_set_aside_without_an_answer(broker: Server, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, broker)
    good = PANEL.sia(1, "NFA012")
    async with receiver(settings), transmitter(settings) as panel:
        damaged = good.replace(b"FA", b"FH") + b"\n\rGET / HTTP/1.1\r\n"
        (answer,) = await panel.ask(damaged + good)
        assert answer.word == "ACK"
        await eventually(lambda: "wrong_crc" in quarantined(tmp_path))
        await eventually(lambda: "no_frame" in quarantined(tmp_path))


async def test_slow_and_silent_connections_are_ended_and_delay_nobody(
    broker: Server, tmp_path: Path
) -> None:
    settings = settings_for(
        tmp_path, broker, dc09={"frame_s": 0.5, "idle_s": 3.0, "connections_by_address": 3}
    )
    async with (
        receiver(settings),
        transmitter(settings) as slow,
        transmitter(settings) as silent,
        transmitter(settings) as good,
    ):
        slow.writer.write(PANEL.sia(1, "NFA012")[:20])
        async with transmitter(settings) as fourth:
            assert await fourth.ended(), "there is no place for it"
        assert (await good.ask(PANEL.poll(1)))[0].word == "ACK"
        assert await slow.ended()
        assert (await good.ask(PANEL.poll(2)))[0].word == "ACK"
        assert await silent.ended()
    assert "unfinished_frame" in quarantined(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("over", ["tcp", "udp"])
async def test_a_flood_from_one_address_delays_no_other(
    broker: Server, tmp_path: Path, over: str
) -> None:
    settings = settings_for(tmp_path, broker, dc09={"frames_s": 200, "frames_at_once": 1_000})
    flood = PANEL.poll(1) * 1_000

    async def pour() -> None:
        if over == "udp":
            async with datagrams(settings) as (sending, _):
                while True:
                    for _ in range(100):
                        sending.sendto(PANEL.poll(1))
                    await asyncio.sleep(0.01)
        async with transmitter(settings) as flooding:
            while True:
                flooding.writer.write(flood)
                await flooding.writer.drain()

    async with receiver(settings), transmitter(settings, address="127.0.0.9") as panel:
        pouring = asyncio.create_task(pour())
        await asyncio.sleep(0.5)
        took = []
        for number in range(1, 40):
            began = time.monotonic()
            assert (await panel.ask(PANEL.sia(number, f"NFA{number:03}")))[0].word == "ACK"
            took.append(time.monotonic() - began)
        pouring.cancel()
        assert sorted(took)[len(took) // 2] < 0.2
