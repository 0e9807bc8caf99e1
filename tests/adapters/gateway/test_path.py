"""From a detector to the center: proven by receipts, whatever is cut, killed or refused."""

import asyncio
import sqlite3
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from msgspec import structs
from pydantic import SecretStr

from contract.messages import VERSION, IncidentNotice, Proof, Receipt
from contract.sentences import Status
from gateway.adapters.outbox import open_outbox
from runtime.clock import utc_now
from runtime.process import CannotStart
from runtime.settings import GuardedWeb, Web
from tests.adapters.gateway.rig import TOPIC, Center, PtyLine, center, gateway, settings_for
from tests.support.receipts import receipt_of
from tests.support.servers import Server, free_port
from tests.support.waiting import eventually


def on_line(line: PtyLine, *manual: str, **others: object) -> dict[str, Any]:
    return {
        "lines": [{"name": "line-1", "port": line.port}],
        "points": [{"name": name, "line": "line-1", "kind": "manual"} for name in manual],
        **others,
    }


def is_received(rct: Center, seq: int) -> bool:
    return any(each.seq == seq for each in rct.signals)


def is_told(rct: Center, fire: str) -> bool:
    return fire in rct.story


def stored(folder: Path, lane: str = "alarm") -> list[int]:
    """The numbers in the file of a lane, as another program reads them."""
    with sqlite3.connect(folder / "data" / "outbox" / f"{lane}.db") as file:
        rows = file.execute("SELECT seq FROM entries ORDER BY seq").fetchall()
    file.close()
    return [seq for (seq,) in rows]


async def test_a_call_point_reaches_the_center_and_its_receipt_empties_the_outbox(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    async with center(broker) as rct, gateway(settings_for(tmp_path, broker, **on_line(line, "call-1"))):
        await eventually(lambda: rct.sees_lines)
        line.say("call-1", "manual", 1.0)
        await eventually(lambda: rct.story == ["call-1 fire raised: manual_call"])
        (signal,) = rct.signals
        assert (signal.seq, signal.quantity, signal.value) == (1, "manual", 1.0)
        assert signal.changed_at <= signal.committed_at
        await eventually(lambda: stored(tmp_path) == [])
        await eventually(lambda: rct.readings("call-1") == [1.0])
        await eventually(lambda: stored(tmp_path, "telemetry") == [])
        rct.heartbeats.clear()
        beat = await eventually(lambda: next(reversed(rct.heartbeats), None))
        assert (beat.lines, beat.points) == ({"line-1": "up"}, {"alarm": 1})
        assert (beat.alarm.depth, beat.alarm.last_seq) == (0, 1)


async def test_an_alarm_without_a_receipt_is_sent_again_and_kept(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = settings_for(
        tmp_path,
        broker,
        **on_line(line, "call-1"),
        alarm={"resend_first_s": 0.1, "resend_longest_s": 0.2},
    )
    async with center(broker) as rct, gateway(settings):
        await eventually(lambda: rct.sees_lines)
        rct.receipts["alarm"] = False
        line.say("call-1", "manual", 1.0)
        await eventually(lambda: len(rct.signals) >= 4)
        assert {each.seq for each in rct.signals} == {1}
        assert stored(tmp_path) == [1]
        rct.receipts["alarm"] = True
        await eventually(lambda: stored(tmp_path) == [])
        heard = len(rct.signals)
        await eventually(lambda: len(rct.heartbeats) >= 10)
        assert len(rct.signals) <= heard + 1


async def test_a_center_that_comes_back_gets_missing_signals_at_once(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = settings_for(
        tmp_path,
        broker,
        **on_line(line, "call-1"),
        alarm={"resend_first_s": 3_600.0, "resend_longest_s": 3_600.0},
    )
    async with center(broker) as rct, gateway(settings):
        await eventually(lambda: rct.sees_lines)
        rct.receipts["alarm"] = False
        line.say("call-1", "manual", 1.0)
        await eventually(lambda: rct.signals)
        rct.receipts["alarm"] = True
        nothing = Receipt(v=VERSION, epoch=rct.epochs[0])

        async def sent_again() -> bool:
            await rct.receipt("alarm", nothing)
            return len(rct.signals) == 2

        await eventually(sent_again, every=0.5)
        await eventually(lambda: stored(tmp_path) == [])


async def test_a_receipt_deletes_exactly_the_entries_that_it_proves(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    names = [f"call-{number}" for number in range(6)]
    async with center(broker) as rct, gateway(settings_for(tmp_path, broker, **on_line(line, *names))):
        await eventually(lambda: rct.sees_lines)
        rct.receipts["alarm"] = False
        for name in names:
            line.say(name, "manual", 1.0)
        await eventually(lambda: {each.seq for each in rct.signals} == {1, 2, 3, 4, 5, 6})
        epoch = rct.epochs[0]
        sent = {each.seq: each for each in rct.signals}
        await rct.receipt("alarm", receipt_of("another", *sent.values()))
        await rct.receipt("alarm", receipt_of(epoch, *(sent[seq] for seq in (1, 2, 4, 6))))
        await eventually(lambda: stored(tmp_path) == [3, 5])
        await rct.receipt("telemetry", receipt_of(epoch, *sent.values()))
        await rct.receipt("alarm", receipt_of(epoch, sent[3]))
        await eventually(lambda: stored(tmp_path) == [5])


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_receipt_that_is_not_true_releases_nothing_and_is_a_fault(
    broker: Server, line: PtyLine, tmp_path: Path, restarted: bool
) -> None:
    settings = settings_for(tmp_path, broker, **on_line(line, "call-1", "call-2"), alarm={"window": 1})
    async with center(broker) as rct, AsyncExitStack() as stack:
        first = await stack.enter_async_context(AsyncExitStack())
        await first.enter_async_context(gateway(settings))
        await eventually(lambda: rct.sees_lines)
        rct.receipts["alarm"] = False
        for number in (1, 2):  # the second drives the first out of the window, to the disk alone
            line.say(f"call-{number}", "manual", 1.0)
            await eventually(partial(is_received, rct, number))
        if restarted:
            await first.aclose()
            rct.signals.clear()
            await stack.enter_async_context(gateway(settings))
            await eventually(lambda: rct.signals)
        forged = structs.replace(rct.signals[-1], name="call-9")
        for receipt in (
            Receipt(v=VERSION, epoch=rct.epochs[0], stored=[Proof(2**53, "0" * 16)]),
            Receipt(v=VERSION, epoch=rct.epochs[0], stored=[Proof(seq, "0" * 16) for seq in (1, 2)]),
            receipt_of(rct.epochs[0], *(structs.replace(forged, seq=seq) for seq in (1, 2))),
        ):
            await rct.receipt("alarm", receipt)
        await eventually(lambda: "g fault raised: receipt_refused" in rct.story)
        assert set(stored(tmp_path)) >= {1, 2}
        rct.receipts["alarm"] = True
        await eventually(lambda: stored(tmp_path) == [])


async def test_a_center_that_lost_its_receipts_receipts_resent_signals(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, broker, **on_line(line, "call-1", "call-2", "call-3"))
    async with gateway(settings):
        async with center(broker) as rct:
            await eventually(lambda: rct.sees_lines)
            line.say("call-1", "manual", 1.0)
            await eventually(lambda: rct.signals and stored(tmp_path) == [])
            # Stored there, but its receipts never leave it ...
            rct.receipts["alarm"] = False
            line.say("call-2", "manual", 1.0)
            line.say("call-3", "manual", 1.0)
            await eventually(lambda: {each.seq for each in rct.signals} == {1, 2, 3})
        # ... and the one after it knows nothing of any: the floor tells it where to begin.
        async with center(broker) as anew:
            await eventually(lambda: stored(tmp_path) == [])
            assert {each.seq for each in anew.signals} == {2, 3}
            assert set(anew.floors) <= {2, 3}


async def test_a_restart_sends_the_rest_with_the_same_epoch_and_numbers(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, broker, **on_line(line, "call-1", "call-2"))
    async with center(broker) as rct:
        rct.receipts.update(alarm=False, telemetry=False)
        async with gateway(settings):
            await eventually(lambda: rct.sees_lines)
            line.say("call-1", "manual", 1.0)
            line.say("call-2", "manual", 1.0)
            await eventually(lambda: len(rct.story) == 2)
            await eventually(lambda: rct.readings("call-2"))
        epochs, before = set(rct.epochs), [(each.epoch, each.seq) for each in rct.batches]
        assert rct.presences[-1].online is False
        assert stored(tmp_path) == [1, 2]
        rct.signals.clear()
        rct.batches.clear()
        rct.receipts.update(alarm=True, telemetry=True)
        async with gateway(settings):
            await eventually(lambda: {each.seq for each in rct.signals} == {1, 2})
            await eventually(lambda: set(before) <= {(each.epoch, each.seq) for each in rct.batches})
            await eventually(lambda: stored(tmp_path) == stored(tmp_path, "telemetry") == [])
            assert set(rct.epochs) == epochs
            # The call point was pressed before: released now, its fire is restored, once.
            line.say("call-1", "manual", 1.0)
            line.say("call-1", "manual", 0.0)
            await eventually(lambda: "call-1 fire restored: manual_call" in rct.story)
            assert {each.seq for each in rct.signals} == {1, 2, 3}


async def test_readings_in_hand_are_not_lost_by_an_orderly_stop(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, broker, **on_line(line), telemetry={"batch_s": 3600})
    async with center(broker) as rct:
        async with gateway(settings):
            await eventually(lambda: rct.sees_lines)
            for number in range(50):
                line.say("co-1", "co", float(number))
            await eventually(lambda: "co-1 supervisory raised: unknown_point" in rct.story)
        async with gateway(settings):
            await eventually(lambda: len(rct.readings("co-1")) == 50)
        assert rct.readings("co-1") == [float(number) for number in range(50)]


async def test_a_broker_that_dies_costs_nothing_that_came_meanwhile(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    async with gateway(settings_for(tmp_path, broker, **on_line(line, "call-1"))):
        async with center(broker) as rct:
            await eventually(lambda: rct.sees_lines)
        broker.kill()
        line.say("call-1", "manual", 1.0)
        for number in range(200):
            line.say("co-1", "co", float(number % 20))
        await eventually(lambda: stored(tmp_path) == [1, 2])
        broker.start()
        async with center(broker) as rct:
            await eventually(lambda: "call-1 fire raised: manual_call" in rct.story)
            await eventually(
                lambda: rct.readings("co-1") == [float(number % 20) for number in range(200)]
            )
            await eventually(lambda: stored(tmp_path) == stored(tmp_path, "telemetry") == [])


async def test_all_without_a_receipt_is_sent_at_once_when_the_broker_is_back(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    rarely = {"resend_first_s": 60, "resend_longest_s": 60}
    settings = settings_for(
        tmp_path, broker, **on_line(line, "call-1"), alarm=rarely, telemetry={"batch_s": 0.05, **rarely}
    )
    async with gateway(settings):
        async with center(broker) as rct:
            await eventually(lambda: rct.sees_lines)
            rct.receipts.update(alarm=False, telemetry=False)
            line.say("call-1", "manual", 1.0)
            await eventually(lambda: rct.signals and rct.readings("call-1"))
        broker.kill()
        broker.start()
        async with center(broker) as rct:
            await eventually(lambda: rct.signals and rct.readings("call-1"))


async def test_a_new_alarm_finds_its_way_past_a_full_window_and_the_old_ones_are_not_forgotten(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    alarm = {"window": 2, "resend_first_s": 30}
    async with gateway(settings_for(tmp_path, broker, **on_line(line), alarm=alarm)):
        async with center(broker) as rct:
            await eventually(lambda: rct.sees_lines)
            rct.receipts["alarm"] = False
            for number in range(6):
                line.say(f"call-{number}", "manual", 1.0)
                fire = f"call-{number} fire raised: manual_call"
                await eventually(partial(is_told, rct, fire), within=5)
            assert len(stored(tmp_path)) == 12
        broker.kill()
        broker.start()
        async with center(broker) as rct:
            await eventually(lambda: stored(tmp_path) == [])
            assert {each.seq for each in rct.signals} == set(range(1, 13))


async def test_an_alarm_overtakes_a_backlog_of_readings(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = settings_for(
        tmp_path,
        broker,
        **on_line(line, "call-1"),
        telemetry={"batch_s": 0.01, "window": 2, "resend_first_s": 0.2},
    )
    async with center(broker) as rct, gateway(settings):
        rct.receipts["telemetry"] = False
        await eventually(lambda: rct.sees_lines)
        for number in range(300):
            line.say("co-1", "co", float(number))
            await asyncio.sleep(0.002)
        await eventually(lambda: len(stored(tmp_path, "telemetry")) > 5)
        assert len({each.seq for each in rct.batches}) <= 2
        line.say("call-1", "manual", 1.0)
        await eventually(lambda: "call-1 fire raised: manual_call" in rct.story)
        assert len({each.seq for each in rct.batches}) <= 2
        rct.receipts["telemetry"] = True
        await eventually(lambda: rct.readings("co-1") == [float(number) for number in range(300)])


async def test_a_disk_that_refuses_does_not_hold_an_alarm_back(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = settings_for(
        tmp_path, broker, **on_line(line, "call-1"), alarm={"disk_patience_s": 0.2, "reserve_mib": 1}
    )
    async with center(broker) as rct, gateway(settings):
        await eventually(lambda: rct.sees_lines)
        rct.receipts["alarm"] = False
        assert (tmp_path / "data" / "reserve").stat().st_size == 1_048_576
        disk = sqlite3.connect(tmp_path / "data" / "outbox" / "alarm.db", isolation_level=None)
        disk.execute("BEGIN IMMEDIATE")
        line.say("call-1", "manual", 1.0)
        await eventually(
            lambda: (
                {"call-1 fire raised: manual_call", "g fault raised: outbox_write_failed"}
                <= set(rct.story)
            )
        )
        assert stored(tmp_path) == []
        assert not (tmp_path / "data" / "reserve").exists()
        in_memory = set(rct.epochs)
        disk.execute("ROLLBACK")
        disk.close()
        await eventually(lambda: len(stored(tmp_path)) >= 2, within=20)
        rct.receipts["alarm"] = True
        await eventually(lambda: "g fault restored: outbox_write_failed" in rct.story)
        await eventually(lambda: stored(tmp_path) == [])
        # The file's numbers were never spent on what the file did not hold.
        assert set(rct.epochs) > in_memory


async def test_a_lost_outbox_is_a_fault_and_a_new_epoch(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, broker, **on_line(line, "call-1"))
    async with center(broker) as rct:
        async with gateway(settings):
            await eventually(lambda: rct.sees_lines)
            line.say("call-1", "manual", 1.0)
            await eventually(lambda: "call-1 fire raised: manual_call" in rct.story)
            await eventually(lambda: stored(tmp_path) == [])
        (tmp_path / "data" / "outbox" / "alarm.db").write_bytes(b"no database at all" * 1000)
        async with gateway(settings):
            await eventually(lambda: "g fault raised: outbox_lost" in rct.story)
    assert len(set(rct.epochs)) == 2
    assert list((tmp_path / "data" / "outbox").glob("alarm.db.corrupt-*"))


async def test_two_gateways_do_not_share_a_folder(broker: Server, line: PtyLine, tmp_path: Path) -> None:
    async with gateway(settings_for(tmp_path, broker, **on_line(line))):
        await eventually(lambda: (tmp_path / "data" / "outbox" / "alarm.db").exists())
        with pytest.raises(CannotStart):
            async with open_outbox(tmp_path / "data", utc_now, reserve_mib=0):
                pass


async def test_a_gateway_that_vanishes_leaves_its_will(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    async with center(broker) as rct, gateway(settings_for(tmp_path, broker, **on_line(line))):
        await eventually(lambda: [each.online for each in rct.presences] == [True])
        # Another connection under the same name makes the broker drop the gateway's.
        async with aiomqtt.Client("127.0.0.1", broker.port, identifier="tocsin-p-g"):
            await eventually(lambda: [each.online for each in rct.presences][:2] == [True, False])
        await eventually(lambda: rct.presences[-1].online)


async def test_news_of_incidents_and_all_else_are_shown_on_site(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    import aiohttp  # noqa: PLC0415

    port = free_port()
    settings = settings_for(tmp_path, broker, **on_line(line, "call-1"), web=Web(port=port))
    async with center(broker) as rct, gateway(settings), aiohttp.ClientSession() as http:
        await eventually(lambda: rct.sees_lines)
        line.say("call-1", "manual", 1.0)
        for at, phase in ((2, "acknowledged"), (1, "confirmed")):
            await rct.tell(
                IncidentNotice(
                    v=VERSION, incident="i-1", phase=phase, reason="r", at=at, by="Trực ban 1"
                )
            )

        async def status() -> dict[str, Any]:
            async with http.get(f"http://127.0.0.1:{port}/status") as answer:
                shown: dict[str, Any] = await answer.json()
                return shown

        async def told() -> bool:
            now = await status()
            return bool(now["incidents"] and now["points"][0]["state"] == "alarm" and now["connected"])

        await eventually(told)
        now = await status()
        assert [each["phase"] for each in now["incidents"]] == ["acknowledged"]
        assert now["points"][0]["conditions"] == [{"kind": "fire", "reason": "manual_call"}]
        async with http.get(f"http://127.0.0.1:{port}/healthz") as answer:
            assert (answer.status, (await answer.json())["ok"]) == (200, True)
        async with http.get(f"http://127.0.0.1:{port}/metrics") as answer:
            assert 'tocsin_gateway_sentences_total{line="line-1"} 1.0' in await answer.text()


async def test_status_of_a_gateway_with_a_token_is_for_those_who_have_it(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    import aiohttp  # noqa: PLC0415

    web = GuardedWeb(port=free_port(), token=SecretStr("a-token-of-thirty-two-characters"))
    url = f"http://127.0.0.1:{web.port}"
    settings = settings_for(tmp_path, broker, **on_line(line, "call-1"), web=web)
    async with center(broker) as rct, gateway(settings), aiohttp.ClientSession() as http:
        await eventually(lambda: rct.sees_lines)
        async with http.get(f"{url}/status") as refused:
            assert refused.status == 401
            assert "Authorization: Bearer" in (await refused.json())["error"]
        header = {"Authorization": "Bearer a-token-of-thirty-two-characters"}
        async with http.get(f"{url}/status", headers=header) as answer:
            assert (answer.status, (await answer.json())["gateway"]) == (200, "g")
        async with http.get(f"{url}/healthz") as health:
            assert health.status == 200


async def test_unreadable_receipts_and_notices_are_quarantined_and_delay_nothing(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    async with center(broker) as rct, gateway(settings_for(tmp_path, broker, **on_line(line, "call-1"))):
        await eventually(lambda: rct.sees_lines)
        for payload in (b"", b"\xff\xfe", b"{}", b'{"v":2,"epoch":"x","through":1}', b"[" * 100_000):
            await rct.client.publish(f"{TOPIC}/receipt/alarm", payload, qos=1)
            await rct.client.publish(f"{TOPIC}/incident", payload, qos=1)
        line.say("call-1", "manual", 1.0, Status.LOWBATT)
        await eventually(lambda: len(rct.story) == 2)
        await eventually(lambda: stored(tmp_path) == [])
        set_aside = tmp_path / "data" / "quarantine"
        await eventually(
            lambda: sum(len(file.read_text().splitlines()) for file in set_aside.glob("*.jsonl")) == 10
        )
