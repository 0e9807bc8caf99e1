"""The center compares its registry with what gateways have, with a real broker and database."""

from collections.abc import Iterable
from typing import Any

import pytest

from alerting.domain.fairness.token_bucket import Rate
from contract.inventory import ListedPoint, inventory_of
from contract.messages import Heartbeat, LaneState, encode
from contract.times import to_micros
from runtime.clock import utc_now
from tests.adapters.alerting import center as centers
from tests.adapters.alerting.center import Center, Gateway
from tests.adapters.alerting.test_registry_watch import put
from tests.stories.alerting.house import MARKET
from tests.support.servers import Server
from tests.support.waiting import eventually

MARKET_POINTS = {each.id: each.kind.value for each in MARKET.points if each.premises == "cho"}
IN_GATEWAY = MARKET_POINTS | {"flow-01": "level"}


async def announce(one: Gateway, points: dict[str, str], *, unheard: Iterable[str] = ()) -> str:
    """Send the inventory of *points*; returns its digest."""
    listed = [ListedPoint(name, kind, name not in unheard) for name, kind in points.items()]
    inventory = inventory_of(listed, to_micros(utc_now()))
    await one.raw(encode(inventory), leaf="inventory")
    return inventory.digest


async def beat(one: Gateway, digest: str) -> None:
    lane = LaneState(epoch=one.epoch, depth=0, oldest_age_s=0.0, last_seq=0)
    said = Heartbeat(v=1, at=to_micros(utc_now()), alarm=lane, telemetry=lane, inventory_digest=digest)
    await one.raw(encode(said), leaf="heartbeat")


async def reported(one: Center) -> list[str]:
    """Return the center's own reports about the market's points."""
    rows = (await one.get("/api/v1/signals?premises=cho"))["signals"]
    return [
        f"{each['kind']} {each['name']} {each['reason']} {each['edge']}"
        for each in rows
        if each["epoch"].startswith("~") and each["scope"] == "point"
    ]


async def comparison(one: Center, name: str = "gw-1") -> Any:
    shown = (await one.get("/api/v1/gateways?premises=cho"))["gateways"]
    return next(each["comparison"] for each in shown if each["gateway"] == name)


async def _told(one: Center, wanted: list[str]) -> bool:
    return sorted(await reported(one)) == sorted(wanted)


async def test_registered_points_that_no_gateway_has_are_faults_until_it_has_them(
    center: Center, gateway: Gateway
) -> None:
    await announce(gateway, {"smoke-01": "smoke"})
    absent = sorted(MARKET_POINTS.keys() - {"smoke-01"})
    raised = [f"fault {name} missing raised" for name in absent]
    await eventually(lambda: _told(center, raised))
    shown = await comparison(center)
    assert (shown["registered"], shown["configured"]) == (8, 1)
    assert [each["point"] for each in shown["differences"]] == absent
    listed = (await center.get("/api/v1/incidents?kind=fault"))["incidents"]
    (case,) = [each for each in listed if each["premises"]["id"] == "cho"]
    assert len(case["conditions"]) == 7, "one case for all of them"
    await announce(gateway, IN_GATEWAY)
    await eventually(lambda: _told(center, [*raised, *(f"fault {n} missing restored" for n in absent)]))


async def test_what_is_never_heard_is_shown_as_such_at_the_center(
    center: Center, gateway: Gateway
) -> None:
    assert await comparison(center) is None
    await announce(gateway, IN_GATEWAY, unheard=["smoke-02"])

    async def never_heard() -> bool:
        shown = await comparison(center)
        return shown is not None and shown["never_heard"] == ["smoke-02"]

    await eventually(never_heard)
    assert (await comparison(center))["differences"] == []


async def test_points_at_the_wrong_gateway_of_another_kind_or_unknown_are_told(
    center: Center, gateway: Gateway, broker: Server
) -> None:
    async with centers.gateway(broker.port, name="gw-2") as other:
        await announce(other, {"smoke-02": "smoke", "extra": "smoke"})
        del_one = {name: kind for name, kind in IN_GATEWAY.items() if name != "smoke-02"}
        await announce(gateway, del_one | {"smoke-01": "heat"})
        wanted = [
            "fault smoke-01 kind_differs:smoke:heat raised",
            "fault smoke-02 at_other_gateway:gw-1:gw-2 raised",
            "supervisory extra unregistered raised",
        ]
        await eventually(lambda: _told(center, wanted))
        at_both = {"point": "smoke-02", "reason": "at_other_gateway:gw-1:gw-2"}
        assert at_both in (await comparison(center))["differences"]
        assert at_both in (await comparison(center, "gw-2"))["differences"]


async def test_a_new_registry_is_compared_at_once(center: Center, gateway: Gateway) -> None:
    await announce(gateway, IN_GATEWAY | {"smoke-99": "smoke"})
    raised = "supervisory smoke-99 unregistered raised"
    await eventually(lambda: _told(center, [raised]))
    new = MARKET.points[0].model_copy(update={"id": "smoke-99"})
    await put(center, MARKET.model_copy(update={"points": (*MARKET.points, new)}))
    restored = "supervisory smoke-99 unregistered restored"
    await eventually(lambda: _told(center, [raised, restored]))


async def test_what_differs_is_known_after_a_restart_and_ends_with_the_next_inventory(
    center: Center, gateway: Gateway
) -> None:
    short = {name: kind for name, kind in IN_GATEWAY.items() if name != "smoke-02"}
    await announce(gateway, short)
    await eventually(lambda: _told(center, ["fault smoke-02 missing raised"]))
    await center.stop()
    await center.start()
    await announce(gateway, IN_GATEWAY)
    both = ["fault smoke-02 missing raised", "fault smoke-02 missing restored"]
    await eventually(lambda: _told(center, both))


async def test_a_gateway_is_asked_for_an_inventory_that_never_came(
    center: Center, gateway: Gateway
) -> None:
    async def beats() -> bool:
        await beat(gateway, "a-digest")
        return bool(gateway.requests)

    await eventually(beats, every=0.2)
    assert gateway.requests[0] == {"v": 1}


async def test_premises_that_reported_too_much_wait_and_no_others_wait_with_them(
    center: Center, gateway: Gateway, broker: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    await center.stop()
    monkeypatch.setattr("alerting.mqtt.points_watch.REPORTED", Rate(5, 0.001))
    await center.start()
    await announce(gateway, {"smoke-01": "smoke"})
    too_much = [f"fault {name} missing raised" for name in MARKET_POINTS if name != "smoke-01"]
    await eventually(lambda: _told(center, too_much))
    await announce(gateway, IN_GATEWAY)

    async with centers.gateway(broker.port, premises="nha-pho") as other:
        await announce(other, {"smoke-01": "smoke"})
        await eventually(lambda: _reported_at_the_house(center, "fault", ["raised"]))
        await announce(other, {"smoke-01": "smoke", "smoke-02": "smoke"})
        await eventually(lambda: _reported_at_the_house(center, "fault", ["raised", "restored"]))
    assert await _told(center, too_much), "the next change of the market is not reported yet"


async def _reported_at_the_house(one: Center, kind: str, edges: list[str]) -> bool:
    rows = (await one.get("/api/v1/signals?premises=nha-pho"))["signals"]
    return (
        sorted(each["edge"] for each in rows if each["kind"] == kind and each["name"] == "smoke-02")
        == edges
    )
