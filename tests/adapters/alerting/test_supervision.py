"""The center watches its gateways, and accounts for what they sent, with a real broker and database."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from alerting.settings import SupervisionSettings
from contract.messages import Edge, Heartbeat, LaneState, Presence, encode
from contract.times import to_micros
from runtime.clock import utc_now
from tests.adapters.alerting.center import Center, Gateway, center
from tests.stories.alerting.house import signal
from tests.support.servers import Server
from tests.support.waiting import eventually


@pytest.fixture
async def strict(broker: Server, tmp_path: Path) -> AsyncIterator[Center]:
    """A center whose reporting time is 2 s."""
    async with center(tmp_path, broker_port=broker.port) as one:
        await one.stop()
        short = SupervisionSettings(silent_after_s=2.0)
        one.settings = one.settings.model_copy(update={"supervision": short})
        await one.start()
        yield one


async def beat(one: Gateway, *, last_seq: int = 0, depth: int = 0, alarms: int = 0) -> None:
    lane = LaneState(epoch=one.epoch, depth=depth, oldest_age_s=0.0, last_seq=last_seq)
    said = Heartbeat(v=1, at=to_micros(utc_now()), alarm=lane, telemetry=lane, points={"alarm": alarms})
    await one.raw(encode(said), leaf="heartbeat")


async def reported(one: Center) -> list[str]:
    """Return the center's own reports about the market's gateway."""
    rows = (await one.get("/api/v1/signals?premises=cho"))["signals"]
    return [f"{each['reason']} {each['edge']}" for each in rows if each["epoch"].startswith("~")]


async def state(one: Center) -> dict[str, Any]:
    shown = (await one.get("/api/v1/gateways?premises=cho"))["gateways"]
    market: dict[str, Any]
    (market,) = [each for each in shown if each["gateway"] == "gw-1"]
    return market


async def test_a_silent_gateway_is_a_fault_that_outlives_a_restart_and_ends_when_it_is_heard(
    strict: Center, gateway: Gateway
) -> None:
    await beat(gateway)
    await eventually(lambda: _is(strict, "normal"))
    await eventually(lambda: _told(strict, ["gateway_silent raised"]))
    assert (await state(strict))["state"] == "silent"
    assert [each["reason"] for each in (await state(strict))["conditions"]] == ["gateway_silent"]

    await strict.stop()
    await strict.start()
    assert (await state(strict))["state"] == "silent"
    await beat(gateway)
    await eventually(lambda: _told(strict, ["gateway_silent raised", "gateway_silent restored"]))
    assert gateway.receipts == [], "what the center itself says is receipted to nobody"


async def test_a_gateway_that_the_registry_expects_is_missed(strict: Center) -> None:
    await eventually(lambda: _told(strict, ["gateway_never_heard raised"]))
    assert (await state(strict))["registered"]


async def test_a_gateway_that_says_goodbye_is_offline(
    center: Center, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerting.domain.watch.gateways.OFFLINE_AFTER_S", 0.5)
    said = Presence(v=1, online=False, version="0.1.0", at=to_micros(utc_now()))
    await gateway.raw(encode(said), leaf="presence", retain=True)
    await eventually(lambda: _told(center, ["gateway_offline raised"]))


async def test_while_the_centers_own_broker_is_away_nobody_is_silent(
    strict: Center, gateway: Gateway, broker: Server
) -> None:
    await beat(gateway)
    await eventually(lambda: _is(strict, "normal"))
    broker.kill()
    away = await strict.metric("tocsin_alerting_events_total")
    await eventually(lambda: _unconnected(strict))
    await asyncio.sleep(4.0)  # the fault itself: twice the reporting time
    assert await reported(strict) == []
    assert await strict.metric("tocsin_alerting_events_total") == away
    broker.start()


async def test_a_gateway_that_falls_silent_makes_its_suspicion_unconfirmed(
    strict: Center, gateway: Gateway
) -> None:
    await gateway.fire("smoke-01")

    def told_of() -> dict[str, str]:
        """Return the reason of each event; other premises are never heard, a fault of theirs."""
        bodies = [each.body for each in strict.received.relays]
        return {str(each.event): each.reason for each in bodies if each.premises.id == "cho"}

    # The loss of the gateway is a fault as well, and goes a way of its own.
    both = {"unconfirmed": "gateway_silent", "fault": "gateway_silent"}
    await eventually(lambda: told_of() == both, within=20)


async def test_an_alarm_that_only_the_gateway_knows_is_reported(
    center: Center, gateway: Gateway
) -> None:
    await gateway.fire("smoke-01")
    await gateway.receipted(1)

    async def beats(alarms: int, wanted: list[str]) -> bool:
        await beat(gateway, last_seq=1, alarms=alarms)
        return await reported(center) == wanted

    for _ in range(5):
        await beat(gateway, last_seq=1, alarms=1)
    assert await reported(center) == []
    await eventually(lambda: beats(2, ["alarm_not_known raised"]), every=1.1)


async def test_an_alarm_that_nobody_has_is_a_fault_and_is_told_as_standing(
    center: Center, gateway: Gateway
) -> None:
    await gateway.fire("button-01")
    await gateway.receipted(1)
    (fire,) = (await center.get("/api/v1/incidents"))["incidents"]
    said = {"by": "Trực ban 1", "outcome": "false_alarm"}
    status, closed = await center.post(f"/api/v1/incidents/{fire['id']}/close", said)
    assert (status, [each["name"] for each in closed["standing"]]) == (200, ["button-01"])
    for _ in range(5):
        await beat(gateway, last_seq=1, alarms=1)
    assert await reported(center) == [], "somebody is told of it"

    first = await standing_alarm(center)
    assert first
    await center.post(f"/api/v1/incidents/{first[0]['id']}/close", said)
    assert await standing_alarm(center) == []

    async def beats(wanted: list[str]) -> bool:
        await beat(gateway, last_seq=1, alarms=1)
        return await reported(center) == wanted

    both = ["alarm_unattended raised", "alarm_unattended restored"]
    await eventually(lambda: beats(both), every=1.1, within=20)
    (again,) = await standing_alarm(center)
    assert [each["name"] for each in again["conditions"]] == ["button-01"]
    assert again["id"] != first[0]["id"]


async def standing_alarm(center: Center) -> list[dict[str, Any]]:
    """The open troubles of points that stand in alarm."""
    found = (await center.get("/api/v1/incidents?kind=fault"))["incidents"]
    return [each for each in found if each["part"] == "standing"]


async def test_the_ledger_accounts_for_every_number(center: Center, gateway: Gateway) -> None:
    now = utc_now()
    for _ in range(2):
        await gateway.send(signal(5, "smoke-01", now), signal(6, "smoke-02", now), floor=5)
    await gateway.send(signal(9, "smoke-01", now, edge=Edge.RESTORED), floor=5)
    await gateway.receipted(9)
    await beat(gateway, last_seq=10, depth=1)

    async def line() -> dict[str, Any] | None:
        found = await center.get("/api/v1/ledger?premises=cho")
        (one,) = found["gateways"]
        assert found["summary"]["missing"] == one["missing"]
        return one if one["sent"] == 10 else None

    one = await eventually(line)
    assert {name: one[name] for name in ("stored", "duplicated", "waiting", "missing", "claimed")} == {
        "stored": 3,
        "duplicated": 2,
        "waiting": 1,
        "missing": 2,
        "claimed": 4,
    }
    assert one["first_missing"] == [7, 8, 10]
    await gateway.send(signal(10, "smoke-02", now, edge=Edge.RESTORED), floor=10)
    await gateway.receipted(10)
    await beat(gateway, last_seq=10)

    async def settled() -> bool:
        (now,) = (await center.get("/api/v1/ledger"))["gateways"]
        return (now["missing"], now["claimed"], now["waiting"]) == (0, 6, 0)

    await eventually(settled)


async def test_a_center_that_connects_asks_gateways_for_what_they_still_keep(
    center: Center, gateway: Gateway
) -> None:
    await gateway.fire("smoke-01")
    await gateway.receipted(1)
    await center.stop()
    gateway.receipts.clear()
    await center.start()
    receipt = await eventually(lambda: next(iter(gateway.receipts), None))
    assert (receipt.epoch, receipt.stored) == (gateway.epoch, [])


async def test_a_gateway_that_still_keeps_something_is_asked_for_it(
    center: Center, gateway: Gateway
) -> None:
    await beat(gateway, last_seq=3, depth=3)
    receipt = await eventually(lambda: next(iter(gateway.receipts), None))
    assert (receipt.epoch, receipt.stored) == (gateway.epoch, [])


async def _is(one: Center, wanted: str) -> bool:
    return bool((await state(one))["state"] == wanted)


async def _told(one: Center, wanted: list[str]) -> bool:
    return await reported(one) == wanted


async def _unconnected(one: Center) -> bool:
    return not (await one.get("/healthz"))["broker"]
