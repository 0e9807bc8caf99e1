"""Alerting with a real broker, a real database file and a real receiver of relays."""

import asyncio
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

import registry.store
from contract.messages import Edge, Heartbeat, LaneState, Presence, encode, encode_alarm
from contract.signing import read_secrets
from contract.times import to_micros
from contract.webhook import Cause
from firmware_sim.peers.command_center import CommandCenter, open_command_center
from registry.model.registry import Registry
from runtime.clock import utc_now
from runtime.process import CannotStart
from tests.adapters.alerting.center import Center, Gateway, center, gateway
from tests.stories.alerting.house import MARKET, signal
from tests.support.receipts import numbers_in
from tests.support.servers import Server, free_port
from tests.support.waiting import eventually
from words.people_text import shown

SECRET = "whsec_" + "a" * 44

GATEWAYS = 2_000
"""Gateways that say at once that they are there."""


async def open_incident(center: Center) -> dict[str, Any]:
    answer = await eventually(lambda: center.get("/api/v1/incidents"))
    incidents: list[dict[str, Any]] = await eventually(lambda: answer["incidents"])
    return incidents[0]


async def test_a_fire_is_stored_receipted_relayed_and_told_to_the_site(
    center: Center, gateway: Gateway
) -> None:
    await gateway.fire("button-01", quantity="manual")

    await gateway.receipted(1)
    await eventually(lambda: center.received.events() == ["confirmed"])
    await eventually(lambda: any(n["reason"] == "relayed_confirmed" for n in gateway.notices))
    assert gateway.notices[0]["phase"] == "confirmed"
    relay = center.received.relays[0].body
    assert isinstance(relay.cause, Cause)
    assert relay.cause.seq == 1
    lines = (center.settings.data_dir / "relays.jsonl").read_text().splitlines()
    assert json.loads(lines[0])["arrived_at"] >= relay.at


async def test_a_signal_sent_again_is_receipted_again_and_relayed_once(
    center: Center, gateway: Gateway
) -> None:
    one = signal(1, "button-01", utc_now(), quantity="manual")
    for _ in range(5):
        await gateway.send(one)

    await eventually(lambda: center.metric("tocsin_alerting_duplicates_total"))
    await eventually(lambda: center.received.requests)
    await gateway.receipted(1)
    assert len((await center.get("/api/v1/signals"))["signals"]) == 1
    assert center.received.events() == ["confirmed"]


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"\x00\xff garbage", "not_json"),
        (b'{"v": 1, "epoch": "e1", "floor": 1, "signals": [{"seq"', "not_json"),
        (b'{"v": 1, "epoch": "\xff\xfe", "floor": 1, "signals": []}', "not_json"),
        (b'{"v": 9, "epoch": "e1", "floor": 1, "signals": []}', "bad_version"),
        (b'{"v": 1, "epoch": "e1", "signals": "none"}', "bad_shape"),
        (b'{"v": 1, "pad": "' + b"x" * 1_048_576 + b'"}', "too_large"),
        (b"[" * 50_000, "bad_shape"),
        (b'{"v": 1, "epoch": ' + b"[" * 50_000, "not_json"),
    ],
)
async def test_what_cannot_be_understood_is_set_aside_and_stops_nothing(
    center: Center, gateway: Gateway, payload: bytes, reason: str
) -> None:
    await gateway.raw(payload)
    await gateway.fire("button-01", quantity="manual")

    await gateway.receipted(1)
    await eventually(lambda: sorted(center.received.events()) == ["confirmed", "fault"])
    await eventually(lambda: center.quarantined() == [reason])
    assert "messages_quarantined" in [relay.body.reason for relay in center.received.relays]
    assert await center.metric("tocsin_quarantined_total") == 1


async def test_one_bad_signal_spares_the_others_and_is_receipted_once_it_is_set_aside(
    center: Center, gateway: Gateway
) -> None:
    good = [encode(signal(seq, "button-01", utc_now(), quantity="manual")) for seq in (1, 3)]
    bad = [b'{"seq": 2, "kind": "earthquake"}', b'{"kind": "flood"}']
    await gateway.raw(encode_alarm("e1", 1, [good[0], *bad, good[1]]))

    await gateway.receipted(3)
    assert {1, 2, 3} <= numbers_in(gateway.receipts), "the bad one too: it is stored with the others"
    await eventually(lambda: center.quarantined() == ["bad_signal"])
    await eventually(lambda: sorted(center.received.events()) == ["confirmed", "fault"])


MALFORMED: list[dict[str, object]] = [
    {"value": "0.3"},
    {"value": None, "quantity": 7},
    {"reason": "x" * 1_001},
    {"name": "BUTTON-01"},
    {"name": "nút ấn"},
    {"changed_at": -1},
    {"committed_at": "now"},
    {"seq": "one"},
    {"scope": "room"},
    {"edge": None},
]


@pytest.mark.parametrize("changes", MALFORMED, ids=str)
async def test_a_legible_fire_with_a_malformed_field_is_told_once_and_the_rest_is_a_fault(
    center: Center, gateway: Gateway, changes: dict[str, object]
) -> None:
    sound = json.loads(encode(signal(1, "button-01", utc_now(), quantity="manual")))
    payload = encode_alarm("e1", 1, [json.dumps({**sound, **changes}).encode()])
    for _ in range(3):
        await gateway.raw(payload)
    await gateway.fire("smoke-01", seq=2)

    await gateway.receipted(2)
    known = numbers_in(gateway.receipts)
    assert (1 in known) is ("seq" not in changes), "an unnumbered fire has no receipt"
    await eventually(lambda: {"confirmed", "fault"} <= set(center.received.events()))
    assert center.received.events().count("confirmed") == 1
    assert len((await center.get("/api/v1/signals"))["signals"]) >= 2
    ledger = (await center.get("/api/v1/ledger"))["summary"]
    assert ledger["quarantined"] == 0, "a fire that is told is stored, not set aside"
    assert ledger["missing"] == int("seq" in changes), "a number that cannot be read stays missing"
    await eventually(lambda: center.quarantined() == ["bad_signal"])


@pytest.mark.parametrize("text", ["a\0", "\x1b[2J", "\n", "\u202e"], ids=ascii)
async def test_a_fire_whose_reason_steers_a_terminal_is_sound_and_stored_with_it_escaped(
    center: Center, gateway: Gateway, text: str
) -> None:
    sound = json.loads(encode(signal(1, "button-01", utc_now(), quantity="manual")))
    await gateway.raw(encode_alarm("e1", 1, [json.dumps({**sound, "reason": text}).encode()]))

    await gateway.receipted(1)
    await eventually(lambda: center.received.events() == ["confirmed"])
    stored = (await center.get("/api/v1/signals"))["signals"]
    assert [each["reason"] for each in stored] == [shown(text)]
    assert center.quarantined() == []


@pytest.mark.parametrize(
    "change", [(b'"v":1', b'"v":2'), (b'"floor":1', b'"floor":"1"'), (b"}]}", b"}")]
)
async def test_a_fire_in_a_message_that_cannot_be_read_is_told_once(
    center: Center, gateway: Gateway, change: tuple[bytes, bytes]
) -> None:
    payload = encode_alarm("e1", 1, [encode(signal(1, "button-01", utc_now(), quantity="manual"))])
    for _ in range(3):
        await gateway.raw(payload.replace(*change))

    await eventually(lambda: sorted(center.received.events()) == ["confirmed", "fault"])
    assert gateway.receipts == [], "what has no number has no receipt"


def _spoil(file: Path, table: str) -> bytes:
    """Overwrite the first page of *table* in *file*; returns what stood there before."""
    with closing(sqlite3.connect(file)) as database:
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        page = database.execute(query, (table,)).fetchone()[0]
        size = database.execute("PRAGMA page_size").fetchone()[0]
    before = file.read_bytes()
    start = (page - 1) * size
    file.write_bytes(before[:start] + b"\xff" * size + before[start + size :])
    return before


async def test_a_damaged_database_is_set_aside_and_the_registry_is_taken_from_its_copy(
    center: Center, gateway: Gateway
) -> None:
    await gateway.fire("smoke-01")
    await gateway.receipted(1)
    await center.stop()
    folder = center.settings.data_dir
    _spoil(folder / "center.db", "signals")
    await center.start()
    await gateway.fire("button-01", quantity="manual")

    await gateway.receipted(2)
    await eventually(lambda: center.received.events() == ["confirmed"])
    assert center.received.relays[0].body.premises.name == "Chợ An Bình"
    assert len(list(folder.glob("center.db.corrupt-*"))) >= 1
    assert await center.metric("tocsin_alerting_databases_lost_total") == 1
    (first, *_) = await read_feed(center, after=0, count=1)
    assert (first["event"], first["reason"]) == ("center", "center_database_lost")


async def test_a_database_that_is_damaged_in_use_ends_the_process_and_receipts_nothing(
    center: Center, gateway: Gateway
) -> None:
    file = center.settings.data_dir / "center.db"
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _spoil(file, "signals")
    await gateway.fire("button-01", quantity="manual")

    assert center.task is not None
    with pytest.raises(BaseExceptionGroup) as ended:
        await asyncio.wait_for(center.task, 20)
    assert ended.group_contains(CannotStart, match="damaged")
    assert gateway.receipts == []
    await center.start()
    await gateway.fire("button-01", quantity="manual", seq=1)
    await gateway.receipted(1)
    await eventually(lambda: center.received.events() == ["confirmed"])


async def test_a_database_that_is_deleted_in_use_ends_the_process_and_receipts_nothing(
    center: Center, gateway: Gateway
) -> None:
    (center.settings.data_dir / "center.db").unlink()
    await gateway.fire("button-01", quantity="manual")

    assert center.task is not None
    with pytest.raises(BaseExceptionGroup) as ended:
        await asyncio.wait_for(center.task, 20)
    assert ended.group_contains(CannotStart, match="replaced or deleted")
    assert gateway.receipts == []


async def test_a_retained_fire_is_taken_and_counted(broker: Server, tmp_path: Path) -> None:
    async with gateway(broker.port) as early:
        payload = encode(signal(1, "button-01", utc_now(), quantity="manual"))
        await early.raw(encode_alarm("e1", 1, [payload]), retain=True)
        async with center(tmp_path, broker_port=broker.port) as late:
            await early.receipted(1)
            assert await late.metric("tocsin_alerting_retained_total") == 1


async def test_a_topic_that_names_nobody_is_set_aside_and_told(center: Center, gateway: Gateway) -> None:
    await gateway.client.publish("tocsin/v1/Chợ/gw 1/alarm", b"{}", qos=1)
    await gateway.fire("smoke-01")

    await gateway.receipted(1)
    await eventually(lambda: center.quarantined() == ["bad_topic"])
    await eventually(lambda: "fault" in center.received.events())
    assert "unknown_sender" in [relay.body.reason for relay in center.received.relays]


async def test_unregistered_premises_reach_the_command_center(center: Center, broker: Server) -> None:
    async with gateway(broker.port, premises="nowhere") as stranger:
        await stranger.fire("button-9", quantity="manual")
        await stranger.receipted(1)
    await eventually(lambda: center.received.events() == ["confirmed"])
    assert center.received.relays[0].body.premises.id == "nowhere"


async def test_a_relay_is_believed_by_its_signature(broker: Server, tmp_path: Path) -> None:
    async with center(tmp_path, broker_port=broker.port) as one, gateway(broker.port) as market:
        one.received.secrets = read_secrets(SECRET)
        await market.fire("button-01", quantity="manual")
        await market.receipted(1)
        number = (await open_incident(one))["id"]
        found = await eventually(lambda: _attempted(one, number, "command-center"))
        assert found["attempts"][0]["result"] == "answered 401"

        await one.stop()
        relay = one.settings.relay.model_copy(update={"signing_key": SecretStr(SECRET)})
        one.settings = one.settings.model_copy(update={"relay": relay})
        await one.start()
        await eventually(lambda: one.received.events() == ["confirmed"])


async def test_a_receiver_that_fails_is_told_again_until_it_answers(
    center: Center, gateway: Gateway
) -> None:
    center.received.status = 500
    await gateway.fire("button-01", quantity="manual")
    await eventually(lambda: center.received.requests >= 2)
    center.received.status = 200

    await eventually(lambda: center.received.events() == ["confirmed"])
    number = (await open_incident(center))["id"]
    found = await eventually(lambda: _delivered(center, number))
    results = [each["result"] for each in found["attempts"]]
    assert results[:2] == ["answered 500", "answered 500"]
    assert results[-1] == "delivered"
    assert all(each["began_at"] <= each["ended_at"] for each in found["attempts"])


async def _delivered(center: Center, number: str) -> Any:
    incident = await center.get(f"/api/v1/incidents/{number}")
    return next((each for each in incident["deliveries"] if each["state"] == "delivered"), None)


@pytest.mark.parametrize("error", ["hangs", "is not there"])
async def test_a_broken_destination_delays_no_other(broker: Server, tmp_path: Path, error: str) -> None:
    async with open_command_center(center=CommandCenter(delay_s=30.0)) as hanging:
        document = MARKET.model_dump()
        nobody = f"http://127.0.0.1:{free_port()}/nobody"
        document["contacts"][0]["webhook"] = hanging if error == "hangs" else nobody
        document["policies"][0]["stages"] = [{"after_s": 0, "notify": ["district", "command-center"]}]
        content = Registry.model_validate(document)
        async with (
            center(tmp_path, broker_port=broker.port, content=content) as one,
            gateway(broker.port) as market,
        ):
            await market.fire("button-01", quantity="manual")
            await eventually(lambda: one.received.events() == ["confirmed"])
            assert await eventually(lambda: one.metric("tocsin_alerting_attempts_total")) >= 1
            number = (await open_incident(one))["id"]
            shown = await one.get(f"/api/v1/incidents/{number}")
            states = {each["destination"]: each["state"] for each in shown["deliveries"]}
            assert states["district"] == "waiting"


async def test_a_destination_that_cannot_be_called_at_all_ends_nothing(
    broker: Server, tmp_path: Path
) -> None:
    """A registry of an older program may hold what an import refuses today."""
    document = MARKET.model_dump()
    document["policies"][0]["stages"] = [{"after_s": 0, "notify": ["district", "command-center"]}]
    content = Registry.model_validate(document)
    wrong = content.contacts[0].model_copy(update={"webhook": "http://ubnd..example.vn/relay"})
    content = content.model_copy(update={"contacts": (wrong, *content.contacts[1:])})
    async with (
        center(tmp_path, broker_port=broker.port, content=content) as one,
        gateway(broker.port) as market,
    ):
        await market.fire("button-01", quantity="manual")
        await eventually(lambda: one.received.events() == ["confirmed"])
        number = (await open_incident(one))["id"]
        found = await eventually(lambda: _attempted(one, number, "district"))
        assert "idna" in found["attempts"][0]["result"]
        assert one.task is not None
        assert not one.task.done()


async def _attempted(center: Center, number: str, destination: str) -> Any:
    incident = await center.get(f"/api/v1/incidents/{number}")
    mine = (each for each in incident["deliveries"] if each["destination"] == destination)
    return next((each for each in mine if each["attempts"] and each["attempts"][0]["result"]), None)


async def test_relays_that_waited_are_sent_after_a_restart(center: Center, gateway: Gateway) -> None:
    center.received.status = 503
    await gateway.fire("button-01", quantity="manual")
    await eventually(lambda: center.received.requests)
    await center.stop()
    center.received.status = 200
    await center.start()

    await eventually(lambda: center.received.events() == ["confirmed"])


async def test_a_center_that_is_gone_receipts_what_is_sent_again(
    center: Center, gateway: Gateway
) -> None:
    await center.stop()
    await gateway.fire("button-01", quantity="manual")
    await center.start()
    await gateway.fire("button-01", quantity="manual", seq=1)

    await gateway.receipted(1)
    await eventually(lambda: center.received.events() == ["confirmed"])


async def test_whatever_was_receipted_is_in_the_database_file_at_that_moment(
    center: Center, gateway: Gateway, broker: Server, tmp_path: Path
) -> None:
    """The file is copied as it lies on the disk, as after a power cut, and the copy is opened."""
    center.received.status = 500
    await gateway.fire("smoke-01")
    await gateway.fire("smoke-02")
    await gateway.receipted(2)
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in center.settings.data_dir.glob("center[.-]*"):  # the database, and the center's keys
        if not file.name.endswith("-shm"):
            shutil.copy(file, copy)
    await center.stop()
    center.received.status = 200

    center.settings = center.settings.model_copy(update={"data_dir": copy})
    await center.start()
    await eventually(lambda: center.received.events() == ["confirmed"])
    assert len((await center.get("/api/v1/signals?premises=cho"))["signals"]) == 2


async def test_the_broker_may_die_and_come_back(
    center: Center, gateway: Gateway, broker: Server
) -> None:
    broker.kill()
    await eventually(lambda: _unhealthy(center))
    broker.start()
    async with globals()["gateway"](broker.port) as again:

        async def receipted() -> bool:
            await again.fire("button-01", quantity="manual", seq=1)
            return bool(again.receipts)

        await eventually(receipted, within=20.0, every=0.5)
    await eventually(lambda: center.received.events() == ["confirmed"])


async def _unhealthy(center: Center) -> bool:
    return not (await center.get("/healthz"))["ok"]


async def test_a_gateways_clock_is_learnt_from_its_heartbeats(center: Center, broker: Server) -> None:
    wrong = to_micros(utc_now()) - 600_000_000
    lane = LaneState(epoch="e1", depth=0, oldest_age_s=0.0, last_seq=0)
    beat = Heartbeat(v=1, at=wrong, alarm=lane, telemetry=lane)
    async with gateway(broker.port) as market:
        await market.raw(encode(beat), leaf="heartbeat")
        one = signal(1, "smoke-01", utc_now())
        late = type(one)(**{**{f: getattr(one, f) for f in one.__struct_fields__}, "changed_at": wrong})
        await market.send(late)
        await market.receipted(1)
    row = (await center.get("/api/v1/signals"))["signals"][0]
    assert row["clock"] == "corrected_clock"
    assert abs(row["happened_at"] - row["received_at"]) < 60_000_000


async def test_a_gateway_that_still_waits_is_asked_and_told_again_what_is_stored(
    center: Center, gateway: Gateway
) -> None:
    await gateway.fire("button-01", quantity="manual")
    await gateway.receipted(1)
    await center.stop()
    await center.start()
    gateway.receipts.clear()
    lane = LaneState(epoch="e1", depth=1, oldest_age_s=1.0, last_seq=1)
    beat = Heartbeat(v=1, at=to_micros(utc_now()), alarm=lane, telemetry=lane)
    await gateway.raw(encode(beat), leaf="heartbeat")
    receipt = await eventually(lambda: next(iter(gateway.receipts), None))
    assert receipt.stored == []
    await gateway.fire("button-01", quantity="manual", seq=1)
    await gateway.receipted(1)


async def test_a_gateway_that_leaves_is_in_the_log(center: Center, gateway: Gateway) -> None:
    for count, online in ((1, True), (2, False), (2, False)):
        said = Presence(v=1, online=online, version="0.1.0", at=to_micros(utc_now()))
        await gateway.raw(encode(said), leaf="presence", retain=True)
        await read_feed(center, after=0, count=count)
    await gateway.fire("smoke-01")
    await gateway.receipted(1)

    entries = await read_feed(center, after=0, count=4)
    reasons = [entry["reason"] for entry in entries]
    assert [reason for reason in reasons if reason.startswith("gateway_")] == [
        "gateway_online",
        "gateway_offline",
    ]


async def test_the_presences_of_a_whole_province_do_not_hold_up_an_alarm(
    center: Center, gateway: Gateway
) -> None:
    """They wait in a queue of their own, the latest of each gateway, and are stored in the end."""
    await center.stop()
    said = Presence(v=1, online=True, version="0.1.0", at=to_micros(utc_now()))
    base = gateway.base
    for number in range(GATEWAYS):
        topic = base.replace("gw-1", f"other-{number}")
        await gateway.client.publish(f"{topic}/presence", encode(said), qos=1, retain=True)
    await center.start()
    await gateway.fire("button-01", quantity="manual")
    await eventually(lambda: center.received.events() == ["confirmed"])

    with closing(sqlite3.connect(center.settings.data_dir / "center.db")) as database:

        def stored() -> int:
            return int(database.execute("SELECT count(*) FROM gateways").fetchone()[0])

        assert stored() < GATEWAYS
        await eventually(lambda: stored() == GATEWAYS, within=20.0)


async def test_each_bad_signal_of_a_message_is_set_aside_once(center: Center, gateway: Gateway) -> None:
    many = b",".join(b"%d" % number for number in range(100_000))
    few = b",".join(b"%d" % number for number in range(900))
    for numbers in (many, few):
        await gateway.raw(b'{"v":1,"epoch":"e1","floor":1,"signals":[' + numbers + b"]}")
    await gateway.fire("button-01", quantity="manual")

    await gateway.receipted(1)
    await eventually(lambda: center.quarantined_signals() == list(range(900)))
    assert center.quarantined().count("bad_shape") == 1


# -- HTTP


async def read_feed(center: Center, *, after: int, count: int) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    headers = {"Last-Event-ID": str(after)}
    async with (
        asyncio.timeout(10),
        aiohttp.ClientSession() as http,
        http.get(center.api + "/api/v1/feed", headers=headers) as answer,
    ):
        async for line in answer.content:
            if line.startswith(b"data: "):
                entries.append(json.loads(line.removeprefix(b"data: ")))
                if len(entries) == count:
                    break
    return entries


async def test_the_feed_resumes_where_a_reader_left_off(center: Center, gateway: Gateway) -> None:
    await gateway.fire("smoke-01")
    first = await read_feed(center, after=0, count=2)
    assert [entry["event"] for entry in first] == ["signal", "suspected"]
    reading = asyncio.create_task(read_feed(center, after=first[-1]["id"], count=2))
    await gateway.fire("smoke-02")

    rest = await reading
    assert [entry["event"] for entry in rest] == ["signal", "confirmed"]
    assert rest[0]["id"] == first[-1]["id"] + 1


async def test_a_reader_that_does_not_read_loses_its_place(
    center: Center, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerting.http.feed_reader.WRITE_S", 0.3)
    with closing(sqlite3.connect(center.settings.data_dir / "center.db")) as database, database:
        much = json.dumps({"pad": "x" * 50_000})
        row = "INSERT INTO timeline (at, premises, event, reason, data) VALUES (0, 'cho', 'e', 'r', ?)"
        database.executemany(row, [(much,)] * 400)
    _, writer = await asyncio.open_connection("127.0.0.1", center.settings.web.port, limit=1_024)
    writer.write(b"GET /api/v1/feed?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    try:
        await eventually(lambda: _readers(center, 1))
        await eventually(lambda: _readers(center, 0))
    finally:
        writer.transport.abort()


async def _readers(center: Center, count: int) -> bool:
    return await center.metric("tocsin_alerting_feed_readers") == count


async def test_of_two_people_at_once_one_takes_the_incident(center: Center, gateway: Gateway) -> None:
    await gateway.fire("button-01", quantity="manual")
    await gateway.receipted(1)
    path = f"/api/v1/incidents/{(await open_incident(center))['id']}/acknowledge"
    people = ["Trực ban 1", "Trực ban 2"]
    answers = await asyncio.gather(*(center.post(path, {"by": person}) for person in people))

    assert sorted(status for status, _ in answers) == [200, 409]
    taken = next(body for status, body in answers if status == 200)
    refused = next(body for status, body in answers if status == 409)
    assert refused["owner"] == taken["owner"]


async def test_an_incident_is_closed_with_its_outcome_and_listed_as_closed(
    center: Center, gateway: Gateway
) -> None:
    await gateway.fire("button-01", quantity="manual")
    await gateway.receipted(1)
    number = (await open_incident(center))["id"]
    body = {"by": "Trực ban 1", "outcome": "drill"}
    status, closed = await center.post(f"/api/v1/incidents/{number}/close", body)

    assert (status, closed["phase"], closed["outcome"]) == (200, "closed", "drill")
    assert (await center.get("/api/v1/incidents"))["incidents"] == []
    listed = (await center.get("/api/v1/incidents?state=closed"))["incidents"]
    assert [each["id"] for each in listed] == [number]
    assert [entry["event"] for entry in (await center.get(f"/api/v1/incidents/{number}"))["timeline"]][
        :2
    ] == ["signal", "confirmed"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/v1/incidents/none/acknowledge", {"by": "A"}, 404),
        ("/api/v1/incidents/none/acknowledge", {"by": " "}, 400),
        ("/api/v1/incidents/none/acknowledge", [], 400),
        ("/api/v1/incidents/none/close", {"by": "A", "outcome": "cleared"}, 400),
        ("/api/v1/incidents/none/close", {"by": "A"}, 400),
        ("/api/v1/nothing", {}, 404),
        ("/api/v1/feed", {}, 405),
    ],
)
async def test_what_cannot_be_done_is_answered_with_a_sentence(
    center: Center, path: str, body: object, status: int
) -> None:
    answered, told = await center.post(path, body)
    assert answered == status
    assert told["error"]


@pytest.mark.parametrize(
    "query", ["incidents?state=lost", "incidents?limit=0", "signals?after=x", "feed?after=x"]
)
async def test_a_query_that_makes_no_sense_is_answered_with_a_sentence(
    center: Center, query: str
) -> None:
    assert (await center.get(f"/api/v1/{query}"))["error"]


async def test_with_a_token_configured_nobody_is_served_without_it(center: Center) -> None:
    await center.stop()
    center.settings = center.settings.model_copy(
        update={
            "web": center.settings.web.model_copy(
                update={"token": SecretStr("a-token-of-thirty-two-characters")}
            )
        }
    )
    await center.start()
    statuses = []
    for given in ("", "Bearer wrong", "Bearer a-token-of-thirty-two-characters"):
        async with (
            aiohttp.ClientSession(headers={"Authorization": given}) as http,
            http.get(center.api + "/api/v1/incidents") as answer,
        ):
            statuses.append(answer.status)
    assert statuses == [401, 401, 200]


async def test_an_import_takes_effect_while_alerting_runs(center: Center, gateway: Gateway) -> None:
    document = MARKET.model_dump()
    document["zones"][0]["rule"] = "immediate"
    async with registry.store.open_store(center.settings.database_url) as store:
        changed = await store.store_registry(
            Registry.model_validate(document), who="test", now=utc_now()
        )

    async def is_in_use() -> bool:
        health = await center.get("/healthz")
        return bool(health["registry"]["version"] == changed.version)

    await eventually(is_in_use)
    await gateway.fire("smoke-01")

    await eventually(lambda: center.received.events() == ["confirmed"])
    assert center.received.relays[0].body.reason == "immediate_zone"


async def test_a_thousand_signals_at_once_are_all_receipted(center: Center, gateway: Gateway) -> None:
    for start in range(1, 1_001, 10):
        raised = [
            signal(seq, f"unknown-{seq % 40}", utc_now(), edge=Edge.RAISED)
            for seq in range(start, start + 10)
        ]
        await gateway.send(*raised)

    await eventually(lambda: numbers_in(gateway.receipts) == set(range(1, 1_001)))
    await eventually(lambda: "spread" in center.received.events())
    assert len(center.received.relays) < 50


async def test_an_incident_that_is_damaged_in_the_database_says_what_to_do(
    center: Center, gateway: Gateway
) -> None:
    await gateway.fire("button-01", quantity="manual")
    await gateway.receipted(1)
    number = (await open_incident(center))["id"]
    with closing(sqlite3.connect(center.settings.data_dir / "center.db")) as database, database:
        database.execute("UPDATE incidents SET state = '{}'")
    found = await center.get(f"/api/v1/incidents/{number}")
    assert "act on its signals" in found["error"]
