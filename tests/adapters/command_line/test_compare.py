"""``tocsin registry compare`` against a running center."""

import json

from tests.adapters.alerting.center import Center, gateway
from tests.adapters.alerting.test_points import IN_GATEWAY, announce, comparison
from tests.adapters.command_line.running import run_command
from tests.support.servers import Server
from tests.support.waiting import eventually


async def compared(center: Center, *more: str) -> tuple[int, str, str]:
    return await run_command("registry", "compare", "--alerting", center.api, "--premises", "cho", *more)


async def test_what_differs_is_listed_by_gateway(center: Center, broker: Server) -> None:
    code, out, _ = await compared(center)
    assert (code, out) == (1, "cho/gw-1: its points are not known yet (expected)\n")
    without = {name: kind for name, kind in IN_GATEWAY.items() if name != "smoke-03"}
    async with gateway(broker.port) as one:
        await announce(one, without, unheard=["smoke-02"])

        async def known() -> bool:
            found = await comparison(center)
            return found is not None and bool(found["differences"])

        await eventually(known)
        code, out, _ = await compared(center)
        assert code == 1
        assert out.splitlines() == [
            "cho/gw-1: 8 registered, 7 configured",
            "    smoke-03: missing",
            "    smoke-02: never_heard",
        ]
        await announce(one, IN_GATEWAY)

        async def mended() -> bool:
            found = await comparison(center)
            return not found["differences"] and not found["never_heard"]

        await eventually(mended)
    code, out, _ = await compared(center, "--json")
    (market,) = json.loads(out)["gateways"]
    assert (code, market["comparison"]["configured"]) == (0, 8)
