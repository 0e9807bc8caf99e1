"""A stolen gateway, with its password and its key, says things about its own premises and no more.

The broker has the rules of deploy/, the center runs as it does, and the thief tries each thing in turn.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

import registry.store
from alerting.settings import MqttSettings
from contract.messages import VERSION, Heartbeat, Kind, LaneState, Proof, Receipt, encode, encode_alarm
from contract.topics import Leaf, Topic
from firmware_sim.peers.command_center import CommandCenter, open_command_center
from registry.model.registry import Registry
from runtime.clock import utc_now
from runtime.settings import Broker
from tests.adapters.alerting.center import Center, Gateway, make_settings
from tests.adapters.deploy.broker import GATEWAY, OTHER_GATEWAY, CenterBroker, center_broker
from tests.stories.alerting.house import signal
from tests.support.gateway_keys import enroll, revoke
from tests.support.waiting import eventually

FAR = 2**53
STOLEN, TRUE = OTHER_GATEWAY, GATEWAY
SITES = Registry.model_validate(
    {
        "premises": [
            {"id": name, "name": name, "address": "1 Trần Phú"} for name in ("cho-an-binh", "nha-pho-27")
        ],
        "zones": [
            {"id": "hall", "premises": name, "name": "Sảnh", "rule": "type_b"}
            for name in ("cho-an-binh", "nha-pho-27")
        ],
        "gateways": [
            {"id": "gw-1", "premises": name, "name": "Tủ 1"} for name in ("cho-an-binh", "nha-pho-27")
        ],
        "points": [
            {"id": point, "premises": name, "zone": "hall", "gateway": "gw-1", "kind": "smoke"}
            for name in ("cho-an-binh", "nha-pho-27")
            for point in ("smoke-01", "smoke-02", "smoke-03")
        ],
    }
)


@dataclass
class World:
    """A center, its broker, the true gateway of one premises and the stolen one of another."""

    broker: CenterBroker
    center: Center
    true: Gateway
    stolen: Gateway

    async def signals(self, premises: str) -> list[dict[str, Any]]:
        """The signals that gateways of *premises* sent, by what is stored."""
        found = (await self.center.get(f"/api/v1/signals?premises={premises}"))["signals"]
        return [each for each in found if not each["epoch"].startswith("~")]

    async def reports(self, premises: str) -> set[str]:
        """The reasons of what the center itself reported of *premises*."""
        found = (await self.center.get(f"/api/v1/signals?premises={premises}"))["signals"]
        return {each["reason"] for each in found if each["epoch"].startswith("~")}

    async def ledger(self, premises: str, epoch: str) -> dict[str, int]:
        found = (await self.center.get(f"/api/v1/ledger?premises={premises}"))["gateways"]
        (entry,) = [each for each in found if each["epoch"] == epoch]
        return {key: entry[key] for key in ("sent", "stored", "claimed", "missing")}

    async def is_told(self, premises: str) -> bool:
        """Whether the command center was told of a confirmed fire at *premises*."""
        relays = [each.body for each in self.center.received.relays]
        return any(each.event == "confirmed" and each.premises.id == premises for each in relays)

    async def true_fire_is_told(self) -> None:
        """The true gateway raises a fire, which is receipted and told."""
        for name in ("smoke-01", "smoke-02"):
            await self.true.receipted(await self.true.fire(name))
        await eventually(lambda: self.is_told("cho-an-binh"))

    async def after_everything(self) -> None:
        """Wait until all that the thief sent so far was read: its last word is receipted."""
        seq = 1_000_000 + len(self.stolen.sent)
        await self.stolen.fire("smoke-03", seq=seq)
        await self.stolen.receipted(seq)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[CenterBroker]:
    with center_broker(tmp_path / "broker") as one:
        yield one


@asynccontextmanager
async def gateway_at(broker: CenterBroker, user: str) -> AsyncIterator[Gateway]:
    premises, _, name = user.partition("/")
    async with broker.client(user) as client:
        one = Gateway(client, premises, name)
        for leaf in ("receipt/alarm", "incident", "inventory/request"):
            await client.subscribe(f"{one.base}/{leaf}", qos=1)
        listener = asyncio.create_task(one.listen())
        try:
            yield one
        finally:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)


@pytest.fixture
async def world(tmp_path: Path, broker: CenterBroker) -> AsyncIterator[World]:
    received = CommandCenter(log=tmp_path / "relays.jsonl")
    async with open_command_center(center=received) as url:
        made = make_settings(tmp_path, broker_port=broker.server.port, webhook=url)
        account = Broker(
            port=broker.server.port,
            username="alerting",
            password=SecretStr(broker.passwords["alerting"]),
        )
        settings = made.model_copy(update={"broker": account})
        async with registry.store.open_store(settings.database_url) as store:
            await store.store_registry(SITES, who="test", now=utc_now())
        center = Center(settings, received)
        await center.start()
        await center.stop()
        keys = {user: await enroll(settings.database_url, *user.split("/")) for user in (STOLEN, TRUE)}
        await center.start()
        try:
            async with gateway_at(broker, STOLEN) as stolen, gateway_at(broker, TRUE) as true:
                stolen.key, true.key = keys[STOLEN], keys[TRUE]
                yield World(broker, center, true, stolen)
        finally:
            await center.stop()


def message(*signals: Any, epoch: str = "e1", floor: int = 1) -> bytes:
    return encode_alarm(epoch, floor, [encode(each) for each in signals])


def fire(seq: int, name: str = "smoke-01", **changes: Any) -> Any:
    return signal(seq, name, utc_now(), quantity="smoke", **changes)


async def test_the_stolen_gateway_speaks_of_its_own_premises(world: World) -> None:
    for name in ("smoke-01", "smoke-02"):
        await world.stolen.receipted(await world.stolen.fire(name))
    await eventually(lambda: world.is_told("nha-pho-27"))


async def test_it_cannot_speak_of_other_premises(world: World) -> None:
    assert world.stolen.key is not None
    theirs = Topic("cho-an-binh", "gw-1", Leaf.ALARM)
    for body in (message(fire(1)), world.stolen.key.sign(theirs, message(fire(2)))):
        await world.stolen.client.publish(f"{world.true.base}/alarm", body, qos=1)
    # A point of others in its own message is a point of its own that nobody registered.
    await world.after_everything()
    assert await world.signals("cho-an-binh") == []


async def test_behind_a_broken_broker_it_cannot_speak_of_other_premises_either(world: World) -> None:
    """Whoever has the broker puts the thief's messages on the topics of others."""
    assert world.stolen.key is not None
    own, theirs = (Topic(name, "gw-1", Leaf.ALARM) for name in ("nha-pho-27", "cho-an-binh"))
    for topic in (own, theirs):
        await world.true.publish(world.stolen.key.sign(topic, message(fire(1))))
    await eventually(lambda: has_event(world, "unconfirmed"))
    await world.true_fire_is_told()
    mine = [each for each in await world.signals("cho-an-binh") if each["epoch"] == "e1"]
    assert [each["seq"] for each in mine] == [1, 2]
    assert await world.ledger("cho-an-binh", "e1") == whole(2)


async def has_event(world: World, event: str) -> bool:
    return event in world.center.received.events()


def whole(count: int) -> dict[str, int]:
    return {"sent": count, "stored": count, "claimed": 0, "missing": 0}


async def test_it_cannot_make_another_gateway_or_the_center_forget(world: World) -> None:
    forged = Receipt(v=VERSION, epoch="e1", stored=[Proof(1, "0" * 16)])
    for leaf in (Leaf.RECEIPT_ALARM, Leaf.RECEIPT_TELEMETRY):
        topic = Topic("cho-an-binh", "gw-1", leaf).under("tocsin/v1")
        await world.stolen.client.publish(topic, encode(forged), qos=1)
    # The same epoch and far numbers in its own name, with a floor above all.
    await world.stolen.raw(message(fire(FAR, kind=Kind.FAULT), floor=FAR))
    await world.after_everything()
    assert world.true.receipts == []
    await world.true_fire_is_told()
    assert await world.ledger("cho-an-binh", "e1") == whole(2)


async def test_it_is_sent_nothing_of_others(world: World) -> None:
    for topic in ("tocsin/v1/#", "#", "tocsin/v1/cho-an-binh/gw-1/receipt/+", "tocsin/notify/#"):
        await world.stolen.client.subscribe(topic, qos=1)
    await world.true_fire_is_told()
    await world.after_everything()
    assert not any("cho-an-binh" in str(each) for each in world.stolen.notices)
    assert {each.epoch for each in world.stolen.receipts} == {world.stolen.epoch}
    assert len(world.stolen.receipts) == 1


async def test_it_cannot_delay_or_overtake_what_others_say(world: World) -> None:
    for burst in range(40):
        many = [fire(burst * 500 + n + 1, f"p-{n}", kind=Kind.FAULT) for n in range(500)]
        await world.stolen.raw(message(*many))
    await world.true_fire_is_told()
    flooded = await world.center.metric("tocsin_alerting_limited_signals_total")
    stored = await world.signals("nha-pho-27")
    assert flooded > 0 or len(stored) < 40 * 500  # the flood waits, the fire did not


async def test_it_cannot_reach_peoples_channels(world: World) -> None:
    prefix = MqttSettings().prefix
    async with world.broker.client("operator") as person:
        await person.subscribe(f"{prefix}/#", qos=1)
        await world.stolen.client.publish(f"{prefix}/desks/east", b"fire", qos=1)
        incident = Topic("cho-an-binh", "gw-1", Leaf.INCIDENT).under("tocsin/v1")
        await world.stolen.client.publish(incident, b"{}", qos=1)
        await world.after_everything()
        await person.subscribe("tocsin/v1/nha-pho-27/gw-1/heartbeat", qos=1)
        await world.stolen.beat()
        last = await asyncio.wait_for(anext(aiter(person.messages)), 10)
    assert last.topic.value.endswith("/heartbeat")
    assert world.true.notices == []


async def test_it_cannot_take_the_connection_of_others(world: World) -> None:
    for identifier in ("alerting", "tocsin-alerting", TRUE, "tocsin-cho-an-binh-gw-1"):
        async with world.broker.client(STOLEN, identifier=identifier):
            pass
    await world.true_fire_is_told()


async def test_its_numbers_do_not_poison_those_of_its_successor(world: World) -> None:
    last_words = [fire(FAR - 1, "smoke-01"), fire(FAR, "smoke-02", kind=Kind.FAULT)]
    await world.stolen.raw(message(*last_words, floor=FAR - 1))
    for epoch in ("e2", "e3", "e4"):
        await world.stolen.raw(message(fire(FAR, kind=Kind.FAULT), epoch=epoch, floor=FAR))
    await world.stolen.beat(run="a", number=FAR - 1)
    await far_ahead(world.stolen)
    await world.stolen.receipted(FAR)

    await revoke(world.center.settings.database_url, *STOLEN.split("/"))
    new = await enroll(world.center.settings.database_url, *STOLEN.split("/"))
    await eventually(lambda: is_disbelieved(world))
    old, successor = world.stolen.key, world.stolen
    successor.key, successor.epoch, successor.seq = new, "fresh", 0
    successor.sent.clear()
    for name in ("smoke-02", "smoke-03"):
        await successor.receipted(await successor.fire(name))
    await eventually(lambda: world.is_told("nha-pho-27"))
    assert await world.ledger("nha-pho-27", "fresh") == whole(2)
    await successor.beat(run="b", number=1)
    await eventually(lambda: is_believed_again(world))

    # And what the thief still has speaks for nobody.
    successor.key = old
    await successor.raw(message(fire(3, kind=Kind.FAULT), epoch="fresh"))
    successor.key = new
    await successor.receipted(await successor.fire("smoke-01"))
    assert await world.ledger("nha-pho-27", "fresh") == whole(3)


async def far_ahead(gateway: Gateway) -> None:
    """A heartbeat of the year 2255 that says that more was sent than ever was."""
    lane = LaneState(epoch="e1", depth=0, oldest_age_s=0.0, last_seq=FAR)
    beat = Heartbeat(v=VERSION, at=FAR, alarm=lane, telemetry=lane, run="a", number=FAR)
    await gateway.raw(encode(beat), leaf="heartbeat")


async def is_disbelieved(world: World) -> bool:
    await world.stolen.raw(message(fire(7, kind=Kind.FAULT)))
    name = 'tocsin_alerting_signatures_total{verdict="signature_revoked_key"}'
    return await world.center.metric(name) > 0


async def is_believed_again(world: World) -> bool:
    """Whether the state of the gateway is what its successor says, by a clock that is right."""
    found = (await world.center.get("/api/v1/gateways?premises=nha-pho-27"))["gateways"]
    return [(each["state"], abs(each["clock_offset_s"]) < 60) for each in found] == [("normal", True)]
