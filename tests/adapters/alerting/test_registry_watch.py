"""A registry that is imported while the center runs, and nothing else happens."""

from pathlib import Path
from typing import Any

import registry.store
from alerting.settings import SupervisionSettings
from registry.model.places import Gateway as RegisteredGateway
from registry.model.places import Point, PointKind
from registry.model.registry import Registry
from runtime.clock import utc_now
from tests.adapters.alerting import center as centers
from tests.adapters.alerting.center import Center
from tests.stories.alerting.house import MARKET
from tests.support.servers import Server
from tests.support.waiting import eventually


async def put(center: Center, content: Registry) -> int:
    async with registry.store.open_store(center.settings.database_url) as store:
        return (await store.store_registry(content, who="test", now=utc_now())).version


async def version(center: Center) -> Any:
    return (await center.get("/healthz"))["registry"]


async def test_a_new_registry_is_used_though_no_signal_comes(center: Center) -> None:
    assert await version(center) == {"version": 1, "trouble": None}
    more = tuple(
        RegisteredGateway(id=f"gw-{each}", premises="cho", name=f"Tủ {each}") for each in range(2, 502)
    )
    wider = MARKET.model_copy(update={"gateways": (*MARKET.gateways, *more)})
    assert await put(center, wider) == 2

    async def used() -> bool:
        return bool((await version(center))["version"] == 2)

    await eventually(used)

    async def expected() -> bool:
        shown = (await center.get("/api/v1/gateways"))["gateways"]
        return len([each for each in shown if each["registered"]]) == 502

    await eventually(expected)
    assert await center.metric("tocsin_alerting_gateways") == 502


async def test_a_test_that_is_ordered_right_after_an_import_sees_it(center: Center) -> None:
    point = Point(id="new-01", premises="cho", zone="store", gateway="gw-1", kind=PointKind.SMOKE)
    await put(center, MARKET.model_copy(update={"points": (*MARKET.points, point)}))
    order = {
        "kind": "test",
        "premises": "cho",
        "by": "Trực ban",
        "minutes": 30,
        "points": ["new-01"],
        "tester": "owner",
    }
    status, answer = await center.post("/api/v1/overrides", order)
    assert (status, answer["kind"]) == (201, "test")


async def test_hundreds_of_gateways_that_are_silent_are_all_missed_and_told_together(
    tmp_path: Path, broker: Server
) -> None:
    more = tuple(
        RegisteredGateway(id=f"gw-{each}", premises="cho", name=f"Tủ {each}") for each in range(2, 352)
    )
    wider = MARKET.model_copy(update={"gateways": (*MARKET.gateways, *more)})
    async with centers.center(tmp_path, broker_port=broker.port, content=wider) as one:
        await one.stop()
        one.settings = one.settings.model_copy(
            update={"supervision": SupervisionSettings(silent_after_s=1.0)}
        )
        await one.start()

        async def all_missed() -> bool:
            shown = (await one.get("/api/v1/gateways"))["gateways"]
            since = [each["since"] for one in shown for each in one["conditions"]]
            return len(shown) == len(since) == 352 and None not in since

        await eventually(all_missed, within=60)
        told = [each.body.premises.name for each in one.received.relays]
        assert 1 <= len(told) < 20, "they have one cause"
