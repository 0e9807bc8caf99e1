"""Messages that an enrolled gateway did not sign: a fire is told as unverified, no more."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from contract.gateway_signing import SigningKey
from contract.messages import VERSION, Edge, Kind, Presence, encode, encode_alarm
from contract.times import to_micros
from contract.topics import Leaf, Topic
from runtime.clock import utc_now
from tests.adapters.alerting.center import Center, Gateway
from tests.stories.alerting.house import signal
from tests.support.gateway_keys import enroll, revoke
from tests.support.waiting import eventually

UNKNOWN = SigningKey.from_seed(bytes(32))


@pytest.fixture
async def enrolled(center: Center, gateway: Gateway) -> Gateway:
    """The gateway of the market, with its key."""
    await center.stop()
    gateway.key = await enroll(center.settings.database_url, "cho", "gw-1")
    await center.start()
    return gateway


def message(*signals: Any, epoch: str = "e1", floor: int = 1) -> bytes:
    return encode_alarm(epoch, floor, [encode(each) for each in signals])


def fire(seq: int, name: str = "smoke-01", **changes: Any) -> Any:
    return signal(seq, name, utc_now(), quantity="smoke", **changes)


async def signals(center: Center) -> list[dict[str, Any]]:
    return list((await center.get("/api/v1/signals?premises=cho"))["signals"])


async def reported(center: Center) -> list[str]:
    """The center's own reports about the gateway."""
    own = [each for each in await signals(center) if each["epoch"].startswith("~")]
    return [f"{each['kind']} {each['reason']} {each['edge']}" for each in own]


async def fires(center: Center) -> list[dict[str, Any]]:
    return list((await center.get("/api/v1/incidents?state=all"))["incidents"])


async def is_reported(center: Center, expected: str) -> bool:
    return expected in await reported(center)


async def test_a_signed_fire_is_decided_and_receipted_like_any_other(
    center: Center, enrolled: Gateway
) -> None:
    seq = await enrolled.fire("button-01", quantity="manual")
    await enrolled.receipted(seq)
    await eventually(lambda: center.received.events() == ["confirmed"])
    assert await center.metric("tocsin_alerting_signatures_total") == 1


@pytest.mark.parametrize("how", ["unsigned", "signed with another key", "changed on the way"])
async def test_a_fire_that_the_gateway_did_not_sign_is_told_as_unverified_and_has_no_receipt(
    center: Center, enrolled: Gateway, how: str
) -> None:
    body = message(fire(1, "button-01"))
    assert enrolled.key is not None
    if how == "signed with another key":
        true, enrolled.key = enrolled.key, UNKNOWN
        await enrolled.raw(body)
        enrolled.key = true
    elif how == "changed on the way":
        signed = enrolled.key.sign(topic_of(enrolled), message(fire(1, "smoke-02")))
        await enrolled.publish(signed.replace(b"smoke-02", b"button-01"))
    else:
        await enrolled.publish(body)
    await eventually(lambda: center.received.events() == ["unconfirmed"])
    (told,) = center.received.relays
    assert told.body.text["vi"].startswith("BÁO CHÁY CHƯA XÁC THỰC")
    (incident,) = await fires(center)
    assert (incident["phase"], incident["part"]) == ("suspected", "!")
    await eventually(lambda: is_reported(center, "tamper unverified_messages raised"))
    await eventually(lambda: any(each.startswith("signature_") for each in center.quarantined()))
    assert enrolled.receipts == []


async def test_it_confirms_nothing_and_joins_no_fire(center: Center, enrolled: Gateway) -> None:
    seq = await enrolled.fire("smoke-01")
    await enrolled.receipted(seq)
    await enrolled.publish(message(fire(2, "smoke-02")))  # a second point of the zone, in its window
    await eventually(lambda: center.received.events() == ["unconfirmed"])
    phases = {each["part"]: each["phase"] for each in await fires(center)}
    assert phases == {"": "suspected", "!": "suspected"}
    seq = await enrolled.fire("smoke-03")
    await enrolled.receipted(seq)
    await eventually(lambda: "confirmed" in center.received.events())
    (true,) = [each for each in await fires(center) if each["part"] == ""]
    assert [each["name"] for each in true["points"]] == ["smoke-01", "smoke-03"]


async def test_nothing_unsigned_restores_tests_or_disables_a_point(
    center: Center, enrolled: Gateway
) -> None:
    await enrolled.receipted(await enrolled.fire("smoke-01"))
    for seq, kind in enumerate((Kind.TEST, Kind.DISABLED, Kind.FAULT, Kind.SUPERVISORY), start=20):
        await enrolled.publish(message(fire(seq, "smoke-02", kind=kind)))
    await enrolled.publish(message(fire(30, edge=Edge.RESTORED)))
    await eventually(lambda: has_verdicts(center, 6))
    await enrolled.receipted(await enrolled.fire("smoke-02"))
    await eventually(lambda: center.received.events() == ["confirmed"])
    stored = [each["seq"] for each in await signals(center) if each["epoch"] == "e1"]
    assert stored == [1, 2]


async def has_verdicts(center: Center, count: int) -> bool:
    return await center.metric("tocsin_alerting_signatures_total") >= count


async def test_forged_numbers_and_floors_do_not_move_the_ledger_or_the_true_signals(
    center: Center, enrolled: Gateway
) -> None:
    await enrolled.receipted(await enrolled.fire("smoke-01"))
    forged = [fire(2, "smoke-11"), fire(2**53, "smoke-12", kind=Kind.FAULT)]
    await enrolled.publish(message(*forged, floor=2**53))
    await eventually(lambda: center.received.events() == ["unconfirmed"])
    await enrolled.receipted(await enrolled.fire("smoke-02"))
    (entry,) = (await center.get("/api/v1/ledger?premises=cho"))["gateways"]
    counts = {key: entry[key] for key in ("epoch", "sent", "stored", "claimed", "missing")}
    assert counts == {"epoch": "e1", "sent": 2, "stored": 2, "claimed": 0, "missing": 0}
    assert await center.metric("tocsin_alerting_repeated_numbers_total") == 0


async def test_a_flood_of_forged_fires_is_told_once_for_each_zone_and_delays_no_true_fire(
    center: Center, enrolled: Gateway
) -> None:
    for number in range(300):
        await enrolled.publish(message(fire(number + 1, f"made-up-{number}")))
    await enrolled.publish(message(fire(1, "smoke-01")))
    await enrolled.receipted(await enrolled.fire("button-01", quantity="manual"))
    await eventually(lambda: center.received.events().count("confirmed") == 1)
    await eventually(lambda: has_verdicts(center, 302))
    assert center.received.events().count("unconfirmed") <= 2
    made_up = [each for each in await signals(center) if each["name"].startswith("made-up")]
    assert len(made_up) <= 21


async def test_an_unverified_fire_that_a_person_closed_leaves_no_standing_alarm(
    center: Center, enrolled: Gateway
) -> None:
    await enrolled.publish(message(fire(1)))
    await eventually(lambda: center.received.events() == ["unconfirmed"])
    (incident,) = await fires(center)
    status, _ = await center.post(
        f"/api/v1/incidents/{incident['id']}/close", {"by": "Trực ban", "outcome": "hoax"}
    )
    assert status == 200
    await eventually(lambda: center.received.events() == ["unconfirmed", "closed"])
    found = (await center.get("/api/v1/incidents?kind=fault"))["incidents"]
    assert [each for each in found if each["part"] == "standing"] == []


async def test_a_signal_that_was_sent_before_the_center_knew_the_key_counts_when_it_is_sent_again(
    center: Center, enrolled: Gateway
) -> None:
    body = message(fire(1, "button-01"))
    await enrolled.publish(body)
    await eventually(lambda: center.received.events() == ["unconfirmed"])
    await enrolled.raw(body)
    await enrolled.receipted(1)
    await eventually(lambda: "confirmed" in center.received.events())


async def test_a_replayed_message_is_known_and_changes_nothing(
    center: Center, enrolled: Gateway
) -> None:
    assert enrolled.key is not None
    raised = enrolled.key.sign(topic_of(enrolled), message(fire(1)))
    await enrolled.publish(raised)
    restored = enrolled.key.sign(topic_of(enrolled), message(fire(2, edge=Edge.RESTORED)))
    await enrolled.publish(restored)
    await enrolled.receipted(2)
    before = await signals(center)
    for again in (raised, restored, raised):
        await enrolled.publish(again)
    await eventually(lambda: duplicates(center, 3))
    assert await signals(center) == before


async def duplicates(center: Center, count: int) -> bool:
    return await center.metric("tocsin_alerting_duplicates_total") == count


async def test_unsigned_and_replayed_heartbeats_are_no_signs_of_life(
    center: Center, enrolled: Gateway
) -> None:
    assert enrolled.key is not None
    beat = await enrolled.beat()
    await eventually(lambda: is_in_state(center, "normal"))
    old = enrolled.key.sign(topic_of(enrolled, "heartbeat"), beat)
    for _ in range(3):
        await enrolled.publish(beat, leaf="heartbeat")
    await enrolled.publish(old, leaf="heartbeat")
    await eventually(lambda: is_reported(center, "tamper unverified_messages raised"))
    assert await center.metric('tocsin_alerting_ignored_heartbeats_total{reason="replayed"}') == 1


async def is_in_state(center: Center, state: str) -> bool:
    shown = (await center.get("/api/v1/gateways?premises=cho"))["gateways"]
    return any(each["gateway"] == "gw-1" and each["state"] == state for each in shown)


async def test_an_unsigned_word_that_it_went_offline_is_not_believed(
    center: Center, enrolled: Gateway
) -> None:
    await enrolled.beat()
    await eventually(lambda: is_in_state(center, "normal"))
    gone = encode(Presence(v=VERSION, online=False, version="x", at=to_micros(utc_now())))
    for _ in range(3):
        await enrolled.publish(gone, leaf="presence")
    await enrolled.publish(message(fire(1)))
    await eventually(lambda: is_reported(center, "tamper unverified_messages raised"))
    assert not await is_reported(center, "fault connection_taken_over raised")


async def test_two_runs_that_speak_in_turn_are_two_speakers(center: Center, enrolled: Gateway) -> None:
    for number in range(1, 4):
        await enrolled.beat(run="true", number=number)
        await enrolled.beat(run="copy", number=number)
    await eventually(lambda: is_reported(center, "tamper two_speakers raised"))


async def test_three_lost_connections_within_a_minute_are_a_fault(
    center: Center, gateway: Gateway
) -> None:
    gone = encode(Presence(v=VERSION, online=False, version="x", at=to_micros(utc_now())))
    for _ in range(3):
        await gateway.raw(gone, leaf="presence")
    await eventually(lambda: is_reported(center, "fault connection_taken_over raised"))


async def test_a_revoked_key_is_believed_nothing_and_its_successor_begins_afresh(
    center: Center, enrolled: Gateway
) -> None:
    await enrolled.receipted(await enrolled.fire("smoke-01", seq=2**53))  # the thief's last word
    await revoke(center.settings.database_url, "cho", "gw-1")
    await eventually(lambda: is_unverified_now(center, enrolled))
    enrolled.key = await enroll(center.settings.database_url, "cho", "gw-1")
    enrolled.epoch = "e2"
    await eventually(lambda: is_receipted_now(enrolled))
    (entry,) = [
        each
        for each in (await center.get("/api/v1/ledger?premises=cho"))["gateways"]
        if each["epoch"] == "e2"
    ]
    assert entry["missing"] == 0


async def is_unverified_now(center: Center, gateway: Gateway) -> bool:
    await gateway.send(fire(gateway.next(), "smoke-02", kind=Kind.FAULT))
    return await center.metric('tocsin_alerting_signatures_total{verdict="signature_revoked_key"}') > 0


async def is_receipted_now(gateway: Gateway) -> bool:
    gateway.seq = 0
    await gateway.send(fire(1, "smoke-03", kind=Kind.FAULT, edge=Edge.RESTORED))
    return any(each.epoch == "e2" and each.stored for each in gateway.receipts)


def topic_of(gateway: Gateway, leaf: str = "alarm") -> Topic:
    return Topic(gateway.premises, gateway.name, Leaf(leaf))


async def test_a_report_that_somebody_speaks_for_a_gateway_waits_for_no_other_trouble(
    center: Center, enrolled: Gateway
) -> None:
    await enrolled.receipted(await supervisory(enrolled))
    await eventually(lambda: parts(center, {""}))
    await enrolled.publish(message(fire(1, kind=Kind.FAULT)))
    await eventually(lambda: parts(center, {"", "identity"}))


async def supervisory(gateway: Gateway) -> int:
    seq = gateway.next()
    await gateway.send(fire(seq, kind=Kind.SUPERVISORY))
    return seq


async def parts(center: Center, expected: set[str]) -> bool:
    found = (await center.get("/api/v1/incidents?kind=supervisory"))["incidents"]
    return {each["part"] for each in found} == expected


async def test_while_nothing_can_be_stored_an_unsigned_fire_is_told_as_unverified_all_the_same(
    center: Center, enrolled: Gateway
) -> None:
    with closing(sqlite3.connect(center.settings.data_dir / "center.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        await enrolled.publish(message(fire(1, "button-01")))
        await eventually(lambda: center.received.events(), within=20.0)
        other.rollback()
    assert set(center.received.events()) == {"unconfirmed"}


async def test_a_signal_that_the_broker_swallows_is_missing_in_the_ledger_and_reported(
    center: Center, enrolled: Gateway
) -> None:
    await enrolled.receipted(await enrolled.fire("smoke-01"))
    enrolled.seq = 3  # the numbers 2 and 3 were receipted by whoever has the broker, and never came

    async def is_reported_after_heartbeats() -> bool:
        await enrolled.beat()
        return await is_reported(center, "fault signals_missing raised")

    await eventually(is_reported_after_heartbeats, within=30.0, every=1.1)
    (entry,) = (await center.get("/api/v1/ledger?premises=cho"))["gateways"]
    assert (entry["missing"], entry["first_missing"]) == (2, [2, 3])
