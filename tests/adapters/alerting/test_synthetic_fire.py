"""The synthetic fire travels for real, by broker, database, receipts and feed; nobody is notified."""

import asyncio
import getpass
import sqlite3
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from sqlalchemy import inspect, text

from alerting.domain.watch.synthetic_fire import Hop
from alerting.settings import SyntheticFireSettings
from contract.messages import encode, encode_alarm
from contract.webhook import FaultNotification
from runtime.clock import utc_now
from runtime.database import open_database
from tests.adapters.alerting.center import Center, Gateway, center
from tests.stories.alerting.house import signal
from tests.support.servers import Server, mosquitto
from tests.support.waiting import eventually

FAST = SyntheticFireSettings(every_s=1.0, within_s=1.0)
FORGED = 'tocsin_alerting_synthetic_fire_messages_total{verdict="forged"}'
ALARM = "tocsin/v1/~center/tocsin-alerting/alarm"


@pytest.fixture
async def fast(tmp_path: Path, broker: Server) -> AsyncIterator[Center]:
    """A center with a round each second."""
    async with center(tmp_path, broker_port=broker.port) as one:
        await restart(one, FAST)
        yield one


async def restart(one: Center, rounds: SyntheticFireSettings) -> None:
    await one.stop()
    one.settings = one.settings.model_copy(update={"synthetic_fire": rounds})
    await one.start()


async def shown(one: Center) -> Any:
    return await one.get("/api/v1/synthetic-fire")


async def complete_rounds(one: Center, number: int) -> Any:
    async def passed() -> Any:
        rounds = await shown(one)
        return rounds if rounds["rounds"] - rounds["lost"] >= number else None

    return await eventually(passed)


def told(one: Center) -> set[str]:
    """The reasons of faults of which the command center was told."""
    bodies = (each.body for each in one.received.relays)
    return {
        condition.reason
        for body in bodies
        if isinstance(body, FaultNotification)
        for condition in body.conditions
    }


async def standing(one: Center) -> set[str]:
    """The reasons of faults that stand now."""
    listed = (await one.get("/api/v1/incidents?kind=all"))["incidents"]
    return {
        condition["reason"]
        for each in listed
        for condition in each.get("conditions", ())
        if condition.get("restored_at") is None
    }


async def stands(one: Center, reason: str) -> bool:
    return reason in await standing(one)


async def is_over(one: Center, reason: str) -> bool:
    return reason not in await standing(one)


async def rows(one: Center) -> dict[str, int]:
    """Return the count of rows by table."""
    async with open_database(one.settings.database_url) as database:

        def count(connection: Any) -> dict[str, int]:
            names = inspect(connection).get_table_names()
            return {
                each: connection.execute(text(f'SELECT count(*) FROM "{each}"')).scalar_one()
                for each in names
            }

        return await database.read(count)


async def test_rounds_pass_each_hop_and_leave_one_row_and_no_trace_of_a_fire(fast: Center) -> None:
    await complete_rounds(fast, 2)
    before = await rows(fast)
    rounds = await complete_rounds(fast, 5)
    last = rounds["last"]
    assert [each["hop"] for each in last["hops"]] == [each.value for each in Hop]
    assert all(0 <= each["seconds"] <= 1 and each["usual_s"] <= 1 for each in last["hops"])
    assert last["lost_at"] is None
    assert 0 < last["seconds"] <= 1
    assert rounds["fault"] is None
    assert (await fast.get("/healthz"))["synthetic_fire"]["completed_at"] >= last["at"] - 3_000_000
    assert await fast.metric("tocsin_alerting_synthetic_fires_total") >= 5
    # Nothing that figures, reports, queues or people read has grown.
    after = await rows(fast)
    assert {name for name in after if after[name] != before[name]} == set()
    assert after["synthetic_rounds"] == 1
    assert after["signals"] == after["incidents"] == after["deliveries"] == 0
    assert (await fast.get("/api/v1/incidents"))["incidents"] == []
    assert (await fast.get("/api/v1/ledger"))["gateways"] == []
    assert fast.received.relays == []


async def test_a_broker_that_dies_is_the_hop_that_is_told_until_a_round_comes_through(
    fast: Center, broker: Server
) -> None:
    await complete_rounds(fast, 1)
    broker.kill()
    await eventually(lambda: "round_lost:broker" in told(fast), within=15)
    assert await stands(fast, "round_lost:broker")
    assert (await shown(fast))["fault"] == "broker"
    broker.start()
    await eventually(lambda: is_over(fast, "round_lost:broker"), within=30)
    assert (await shown(fast))["fault"] is None
    assert told(fast) == {"round_lost:broker"}


BROKEN = {
    Hop.QUEUE: "alerting.mqtt.synthetic_fires.SyntheticFires.read_round",
    Hop.DECISION: "alerting.mqtt.synthetic_fires.would_notify",
    Hop.RECEIPT: "alerting.mqtt.publisher.SitePublisher.on_commit",
    Hop.RELAY: "alerting.channels.dispatcher.Dispatcher.on_commit",
    Hop.FEED: "alerting.http.feed.Feed.on_commit",
}
"""The part that does nothing in the test below, by the hop that is missed then."""


@pytest.mark.parametrize("hop", list(BROKEN))
async def test_a_part_that_does_nothing_any_more_is_named(
    fast: Center, hop: Hop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fast.stop()
    monkeypatch.setattr(BROKEN[hop], lambda *_: None)
    await fast.start()
    await eventually(lambda: has_fault(fast, hop.value))
    await eventually(lambda: stands(fast, f"round_lost:{hop.value}"))
    await fast.stop()
    monkeypatch.undo()
    await fast.start()
    await eventually(lambda: is_over(fast, f"round_lost:{hop.value}"))


async def test_a_database_that_takes_nothing_is_named_while_it_is_so(fast: Center) -> None:
    await complete_rounds(fast, 1)
    held = sqlite3.connect(str(fast.settings.data_dir / "center.db"), isolation_level=None)
    try:
        held.execute("BEGIN IMMEDIATE")
        await eventually(lambda: has_fault(fast, "stored"))
    finally:
        held.close()
    await eventually(lambda: has_fault(fast, None))


async def has_fault(one: Center, hop: str | None) -> bool:
    return bool((await shown(one))["fault"] == hop)


async def test_a_forged_round_is_quarantined_and_counted_and_completes_none(
    fast: Center, gateway: Gateway
) -> None:
    """At a broker without rules; with them it is not even delivered."""
    await complete_rounds(fast, 1)
    forged = encode_alarm("e1", 1, [encode(signal(1, "button-01", utc_now(), quantity="manual"))])
    await gateway.client.publish(ALARM, forged, qos=1)
    await eventually(lambda: fast.metric(FORGED))
    await eventually(lambda: fast.quarantined() == ["bad_topic"])
    await eventually(lambda: "unknown_sender" in told(fast))
    assert (await fast.get("/api/v1/incidents?kind=fire"))["incidents"] == []
    assert (await rows(fast))["signals"] == 0


async def test_the_rules_of_the_broker_keep_gateways_from_the_topics_of_rounds(tmp_path: Path) -> None:
    rules = tmp_path / "acl"
    own = "tocsin/v1/cho/gw-1"
    block = f"user cho/gw-1\ntopic write {own}/alarm\ntopic read {own}/receipt/+\n"
    text_of = (Path(__file__).parents[3] / "deploy" / "mosquitto" / "acl").read_text(encoding="utf-8")
    rules.write_text(f"{text_of}\n{block}", encoding="utf-8")
    with mosquitto(tmp_path / "broker", extra=f"user {getpass.getuser()}\nacl_file {rules}") as broker:
        async with center(tmp_path / "center", broker_port=broker.port) as one:
            await one.stop()
            account = one.settings.broker.model_copy(update={"username": "alerting"})
            one.settings = one.settings.model_copy(update={"broker": account, "synthetic_fire": FAST})
            await one.start()
            await complete_rounds(one, 1)
            # This version of the broker may end the connection of whoever publishes where it may not.
            with suppress(aiomqtt.MqttError):
                async with _as_gateway(broker) as rogue:
                    await rogue.publish(ALARM, b"forged", qos=1)
            async with _as_gateway(broker) as rogue:
                await rogue.subscribe("tocsin/v1/+/+/alarm", qos=1)
                done = await complete_rounds(one, 1)
                await complete_rounds(one, done["rounds"] + 2)
                assert await one.metric(FORGED) == 0
                assert one.quarantined() == []
                heard = asyncio.ensure_future(anext(aiter(rogue.messages)))
                await asyncio.wait({heard}, timeout=0.2)
                assert not heard.done(), "a gateway reads no round either"
                heard.cancel()


def _as_gateway(broker: Server) -> aiomqtt.Client:
    return aiomqtt.Client("127.0.0.1", broker.port, username="cho/gw-1", password="x")  # noqa: S106
