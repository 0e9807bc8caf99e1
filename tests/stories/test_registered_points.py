"""A registry that knows more points than the gateway: with the real gateway, broker and center."""

from pathlib import Path
from typing import Any

from gateway.settings import Settings
from registry.model.places import Point, PointKind
from tests.adapters.alerting import center as centers
from tests.adapters.gateway.rig import PtyLine, gateway
from tests.adapters.gateway.test_lines import one_line
from tests.stories.alerting.house import MARKET
from tests.support.servers import Server
from tests.support.waiting import eventually

KHOI = tuple(f"khoi-0{number}" for number in range(1, 5))
REGISTERED = MARKET.model_copy(
    update={
        "points": tuple(
            Point(id=name, premises="cho", zone="stalls-a", gateway="gw-1", kind=PointKind.SMOKE)
            for name in KHOI
        )
    }
)


async def test_three_of_four_registered_points_that_do_not_exist_are_a_fault(
    broker: Server, tmp_path: Path
) -> None:
    line = PtyLine(tmp_path)
    settings = Settings(
        premises="cho",
        gateway="gw-1",
        data_dir=tmp_path / "data",
        broker={"port": broker.port},
        heartbeat_s=0.2,
        points=[{"name": "khoi-01", "address": "khoi-01", "line": "line-1", "kind": "smoke"}],
        **one_line(line.port),
    )
    async with (
        centers.center(tmp_path / "center", broker_port=broker.port, content=REGISTERED) as center,
        gateway(settings),
    ):

        async def missing() -> list[str]:
            found = (await center.get("/api/v1/incidents?kind=fault"))["incidents"]
            conditions = [each for case in found for each in case.get("conditions", [])]
            return sorted(each["name"] for each in conditions if each["reason"] == "missing")

        async def three() -> bool:
            return await missing() == [*KHOI[1:]]

        await eventually(three)
        assert (await shown(center))["points"] == {"never_heard": 1}
        line.say("khoi-01", "smoke", 0.01)

        async def heard() -> bool:
            return bool((await shown(center))["points"] == {"normal": 1})

        await eventually(heard)
        assert (await shown(center))["comparison"]["configured"] == 1


async def shown(center: centers.Center) -> Any:
    gateways = (await center.get("/api/v1/gateways?premises=cho"))["gateways"]
    return next(each for each in gateways if each["gateway"] == "gw-1")
