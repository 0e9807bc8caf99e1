"""``tocsin incident list`` against a running center."""

import json

from tests.adapters.alerting.center import Center, gateway
from tests.adapters.command_line.running import run_command
from tests.support.servers import Server
from tests.support.waiting import eventually


async def listed(center: Center, *more: str) -> tuple[int, str, str]:
    return await run_command("incident", "list", "--kind", "all", "--alerting", center.api, *more)


async def test_what_is_cut_off_is_said_and_a_fire_is_not_cut_off(center: Center, broker: Server) -> None:
    async with gateway(broker.port) as market, gateway(broker.port, premises="nha-pho") as house:
        await market.fire("button-01", quantity="manual")
        await market.receipted(1)
        await house.fire("smoke-01")
        await house.receipted(1)

    async def both() -> bool:
        return bool((await center.get("/api/v1/incidents?kind=fire"))["total"] == 2)

    await eventually(both)
    code, out, _ = await listed(center, "--limit", "1")
    assert code == 0
    assert "fire at Nhà phố 12" in out
    assert out.splitlines()[-1] == "1 of 2 are listed; list more with --limit"
    _, everything, _ = await listed(center)
    assert "are listed" not in everything
    _, answer, _ = await listed(center, "--limit", "1", "--json")
    found = json.loads(answer)
    assert (len(found["incidents"]), found["total"], found["limit"]) == (1, 2, 1)


async def test_an_incident_is_named_by_the_end_that_its_messages_show(
    center: Center, broker: Server
) -> None:
    async with gateway(broker.port) as market:
        await market.fire("button-01", quantity="manual")
        await market.receipted(1)
    (relay,) = await eventually(lambda: center.received.relays)
    short = relay.body.text["en"].rpartition(" ")[2]
    assert short.startswith("#")

    code, out, error = await run_command(
        "incident", "acknowledge", short, "--by", "Lan", "--alerting", center.api
    )
    assert (code, error) == (0, "")
    assert relay.body.incident in out
    code, out, _ = await run_command("explain", short.upper(), "--lang", "en", "--alerting", center.api)
    assert code == 0
    assert "Lan" in out


async def test_an_end_that_no_incident_has_names_the_remedy(center: Center) -> None:
    code, _, error = await run_command(
        "incident", "close", "#zzzz", "test", "--by", "A", "--alerting", center.api
    )
    assert code == 2
    assert "tocsin incident list --state all" in error
