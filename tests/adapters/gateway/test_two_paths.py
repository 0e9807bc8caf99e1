"""Two paths: an alarm does not wait for the one that is dead, whatever it died of."""

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from gateway.settings import Settings
from runtime.settings import Web
from tests.adapters.gateway.rig import Center, PtyLine, center, gateway, settings_for
from tests.adapters.gateway.test_path import on_line, stored
from tests.support.fault_proxy import FaultProxy, Mode, fault_proxy
from tests.support.servers import Server, free_port, mosquitto
from tests.support.waiting import eventually

FIRE = "call-1 fire raised: manual_call"


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Server]:
    """Another real mosquitto."""
    with mosquitto(tmp_path / "second") as server:
        yield server


@pytest.fixture
async def proxy(broker: Server) -> AsyncIterator[FaultProxy]:
    """The way to the first broker."""
    async with fault_proxy(broker.port) as proxy:
        yield proxy


def two_paths(folder: Path, line: PtyLine, ports: tuple[int, int], **others: object) -> Settings:
    settings = settings_for(folder, Server([], 1, folder), **on_line(line, "call-1", "call-2"), **others)
    paths = [
        {"name": name, "broker": {"port": port}}
        for name, port in zip(("fibre", "radio"), ports, strict=True)
    ]
    given = settings.model_dump(exclude={"broker"}, exclude_unset=True)
    return type(settings)(**{**given, "paths": paths})


async def both_connected(*centers: Center) -> None:
    await eventually(lambda: all(each.presences and each.presences[-1].online for each in centers))


async def test_all_goes_over_the_preferred_path_and_over_the_other_when_that_is_gone(
    broker: Server, second: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = two_paths(tmp_path, line, (broker.port, second.port), settle_s=0.5)
    async with center(second) as radio, gateway(settings):
        async with center(broker) as fibre:
            await both_connected(fibre, radio)
            line.say("call-1", "manual", 1.0)
            await eventually(lambda: FIRE in fibre.story and fibre.readings("call-1"))
            await eventually(lambda: stored(tmp_path) == stored(tmp_path, "telemetry") == [])
            assert not radio.signals
            assert not radio.batches
        broker.kill()
        line.say("call-2", "manual", 1.0)
        await eventually(lambda: "call-2 fire raised: manual_call" in radio.story)
        await eventually(lambda: radio.readings("call-2") and radio.heartbeats)
        # The loss is told over the path that lives, and so is its end.
        await eventually(lambda: "fibre fault raised: path_lost" in radio.story)
        await eventually(lambda: stored(tmp_path) == [])
        broker.start()
        async with center(broker) as fibre:

            def everything() -> set[str]:
                return {*radio.story, *fibre.story}

            await eventually(lambda: "fibre fault restored: path_lost" in everything())
            fibre.batches.clear()

            def heard_there() -> bool:
                line.say("call-1", "manual", 0.0)
                return bool(fibre.readings("call-1"))

            await eventually(heard_there, every=0.1)


async def test_an_alarm_does_not_wait_for_a_connection_that_is_half_open(
    proxy: FaultProxy, broker: Server, second: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = two_paths(tmp_path, line, (proxy.port, second.port))
    async with center(broker) as fibre, center(second) as radio, gateway(settings):
        await both_connected(fibre, radio)
        await proxy.set(Mode.SWALLOW)
        line.say("call-1", "manual", 1.0)
        # Long before the keepalive, which finds out after 20 to 40 s.
        await eventually(lambda: FIRE in radio.story, within=8)
        # And from then on it is passed over at once, for readings too.
        line.say("call-2", "manual", 1.0)
        await eventually(lambda: "call-2 fire raised: manual_call" in radio.story, within=5)
        await eventually(lambda: radio.readings("call-2"))
        await eventually(lambda: stored(tmp_path) == [])
        assert not fibre.signals
        await proxy.set(Mode.THROUGH)


async def test_a_burst_of_alarms_passes_by_a_half_open_connection(
    proxy: FaultProxy, broker: Server, second: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = two_paths(tmp_path, line, (proxy.port, second.port), alarm={"most_in_message": 1})
    async with center(broker) as fibre, center(second) as radio, gateway(settings):
        await both_connected(fibre, radio)
        await proxy.set(Mode.SWALLOW)
        names = {f"unknown-{number}" for number in range(60)}
        for name in names:
            line.say(name, "manual", 1.0)
        fires = {f"{name} fire raised: manual_call" for name in names}
        await eventually(lambda: fires <= set(radio.story))
        await eventually(lambda: stored(tmp_path) == [])


async def test_an_alarm_that_nobody_receipts_goes_out_on_every_path(
    broker: Server, second: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = two_paths(tmp_path, line, (broker.port, second.port))
    async with center(broker) as fibre, center(second) as radio, gateway(settings):
        await both_connected(fibre, radio)
        fibre.receipts["alarm"] = radio.receipts["alarm"] = False
        line.say("call-1", "manual", 1.0)
        await eventually(lambda: fibre.signals)
        assert not radio.signals
        await eventually(lambda: len(fibre.signals) >= 2 and radio.signals)
        assert {each.seq for each in (*fibre.signals, *radio.signals)} == {1}
        # A receipt counts from wherever it comes.
        radio.receipts["alarm"] = True
        await eventually(lambda: stored(tmp_path) == [])


async def test_two_paths_may_lead_to_one_broker(
    proxy: FaultProxy, broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    async with center(broker) as rct, gateway(two_paths(tmp_path, line, (proxy.port, broker.port))):
        await eventually(lambda: len(rct.presences) >= 2 and rct.sees_lines)
        await proxy.set(Mode.REFUSE)
        # The will of the lost path says "gone"; the gateway says that it is not.
        await eventually(lambda: any(not each.online for each in rct.presences))
        await eventually(lambda: rct.presences[-1].online)
        line.say("call-1", "manual", 1.0)
        await eventually(lambda: FIRE in rct.story and stored(tmp_path) == [])


async def test_the_loss_of_all_paths_is_shown_on_site_and_signalled_afterwards(
    broker: Server, second: Server, line: PtyLine, tmp_path: Path
) -> None:
    import aiohttp  # noqa: PLC0415

    port = free_port()
    settings = two_paths(tmp_path, line, (broker.port, second.port), web=Web(port=port))
    async with gateway(settings), aiohttp.ClientSession() as http:

        async def status() -> dict[str, Any]:
            async with http.get(f"http://127.0.0.1:{port}/status") as answer:
                shown: dict[str, Any] = await answer.json()
                return shown

        async def states() -> list[tuple[str, str, bool]]:
            return [
                (each["name"], each["state"], each["selected"]) for each in (await status())["paths"]
            ]

        async def serves() -> bool:
            with suppress(aiohttp.ClientConnectionError):
                return bool(await status())
            return False

        async def are(*wanted: tuple[str, str, bool]) -> bool:
            return await states() == list(wanted)

        await eventually(serves)
        await eventually(lambda: are(("fibre", "up", True), ("radio", "up", False)))
        broker.kill()
        second.kill()
        await eventually(lambda: are(("fibre", "down", False), ("radio", "down", False)))
        assert (await status())["connected"] is False
        lost = {f"{name} fault raised: path_lost" for name in ("fibre", "radio")}
        await eventually(lambda: len(stored(tmp_path)) == 2)
        async with http.get(f"http://127.0.0.1:{port}/metrics") as answer:
            assert 'tocsin_gateway_path_up{path="fibre"} 0.0' in await answer.text()
        second.start()
        async with center(second) as radio:
            await eventually(lambda: lost | {"radio fault restored: path_lost"} <= set(radio.story))
