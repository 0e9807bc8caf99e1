"""A registry that is imported while the center runs, and nothing else happens."""

from typing import Any

import registry.store
from registry.model.places import Gateway as RegisteredGateway
from registry.model.registry import Registry
from runtime.clock import utc_now
from tests.adapters.alerting.center import Center
from tests.stories.alerting.house import MARKET
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
