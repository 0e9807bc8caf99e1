"""Alerting as a process and one modem that is slow: what goes first is chosen as the modem is free."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import registry.store
from alerting.settings import ChannelsSettings, RelaySettings, SmsSettings
from contract.messages import Kind
from firmware_sim.domain.modem import DisplayedMessage, SimulatedModem
from firmware_sim.peers.command_center import CommandCenter, open_command_center
from firmware_sim.peers.modem import open_modem
from registry.model.registry import Registry
from runtime.clock import utc_now
from tests.adapters.alerting.center import Center, gateway, make_settings
from tests.stories.alerting.house import signal
from tests.stories.alerting.one_modem import PREMISES, district
from tests.support.servers import Server, free_port
from tests.support.waiting import eventually

FIRST_NOTICES = 9
"""To the head of each of three premises, and of each fire to the two of the area's team."""


def content() -> Registry:
    document = district().model_dump(mode="json")
    document["policies"].append({"id": "repair", "stages": [{"after_s": 0, "notify": ["police"]}]})
    for each in document["premises"]:
        each["fault_policy"] = "repair"
    return Registry.model_validate(document)


@asynccontextmanager
async def center_with_modem(folder: Path, broker: Server, port: int) -> AsyncIterator[Center]:
    async with open_command_center(center=CommandCenter()) as url:
        plain = make_settings(folder, broker_port=broker.port, webhook=url)
        settings = plain.model_copy(
            update={
                "relay": RelaySettings(backoff_s=0.1, longest_backoff_s=0.4),
                "channels": ChannelsSettings(sms=SmsSettings(port=f"socket://127.0.0.1:{port}")),
            }
        )
        async with registry.store.open_store(settings.database_url) as store:
            await store.store_registry(content(), who="test", now=utc_now())
        one = Center(settings, CommandCenter())
        await one.start()
        try:
            yield one
        finally:
            await one.stop()


async def burn(broker: Server) -> None:
    """A fault, and then a fire, at each of three premises."""
    async with gateway(broker.port) as site:
        for premises in PREMISES:
            site.premises, site.seq, site.sent = premises, 0, {}
            await site.send(signal(site.next(), "smoke-7", utc_now(), kind=Kind.FAULT))
        for premises in PREMISES:
            site.premises, site.seq = premises, 1
            await site.receipted(await site.fire("manual-1", quantity="manual"))


async def test_after_an_outage_of_the_modem_fires_go_before_the_faults_that_were_first(
    broker: Server, tmp_path: Path
) -> None:
    shown: list[DisplayedMessage] = []
    port = free_port()
    async with center_with_modem(tmp_path, broker, port):
        await burn(broker)
        modem = SimulatedModem(on_show=shown.append)
        async with open_modem(modem, port=port, part_s=0.1):
            await eventually(lambda: len(of_faults(shown)) >= 3, within=60)

    after_the_first = shown[1:]
    fires = [n for n, each in enumerate(after_the_first) if "CHÁY tại" in each.text]
    faults = [n for n, each in enumerate(after_the_first) if each.text.startswith("BÁO LỖI")]
    assert len(set(firsts(shown))) >= FIRST_NOTICES
    assert max(fires[: FIRST_NOTICES - 1]) < min(faults), shown


async def test_each_message_is_sent_once_at_the_first_attempt(broker: Server, tmp_path: Path) -> None:
    shown: list[DisplayedMessage] = []
    async with open_modem(SimulatedModem(on_show=shown.append), part_s=0.2) as served:
        port = int(served.url.rpartition(":")[2])
        async with center_with_modem(tmp_path, broker, port) as one:
            await burn(broker)
            await eventually(lambda: len(set(firsts(shown))) >= FIRST_NOTICES, within=60)
            attempts = await attempts_of(one)
    assert len(firsts(shown)) == len(set(firsts(shown))), "nobody is told twice"
    assert {each["attempt"] for each in attempts} == {1}, "none was begun while the modem was busy"


def firsts(shown: list[DisplayedMessage]) -> list[tuple[str, str]]:
    """To whom, and about which incident, each message of a fire was."""
    found = [(each.to, re.search(r"#(\w{4})", each.text)) for each in shown if "CHÁY" in each.text]
    return [(to, match[1]) for to, match in found if match]


def of_faults(shown: list[DisplayedMessage]) -> list[DisplayedMessage]:
    return [each for each in shown if each.text.startswith("BÁO LỖI")]


async def attempts_of(one: Center) -> list[dict[str, Any]]:
    """The attempts by SMS of all open fires, in the order in which they began."""
    found = []
    for each in (await one.get("/api/v1/incidents"))["incidents"]:
        shown = await one.get(f"/api/v1/incidents/{each['id']}")
        for delivery in shown["deliveries"]:
            if delivery["channel"] == "sms":
                found += [attempt for attempt in delivery["attempts"] if attempt["ended_at"]]
    return sorted(found, key=lambda attempt: attempt["began_at"])
