"""A desk that nobody was sent anything yet gets its first fire, though the name servers fell mute."""

import json
from pathlib import Path

from structlog.testing import capture_logs

from alerting.jobs.name_watch import NameWatch
from firmware_sim.peers.command_center import CommandCenter, open_command_center
from registry.model.registry import Registry
from runtime.host_names import HostNames
from runtime.hosts_file import HostsFile
from tests.adapters.alerting.center import center, gateway, make_settings
from tests.stories.alerting.house import MARKET, house
from tests.support.servers import Server
from tests.support.waiting import eventually


def market_with(url: str) -> Registry:
    """The market, whose first stage notifies a desk at *url*."""
    document = MARKET.model_dump(mode="json")
    document["contacts"][0]["webhook"] = url
    document["policies"][0]["stages"] = [{"after_s": 0, "notify": ["district"]}]
    return Registry.model_validate(document)


async def test_a_fire_reaches_a_named_desk_after_a_restart_with_mute_name_servers(
    tmp_path: Path, broker: Server
) -> None:
    desk = CommandCenter()
    async with open_command_center(center=desk) as url:
        content = market_with(url.replace("127.0.0.1", "desk.invalid"))
        # As if it had been looked up yesterday; no name server ever answers for .invalid (RFC 6761).
        (tmp_path / "addresses.json").write_text(json.dumps({"desk.invalid": ["127.0.0.1"]}))
        async with (
            center(tmp_path, broker_port=broker.port, content=content),
            gateway(broker.port) as gw,
        ):
            await gw.fire("button-01", quantity="manual")
            await eventually(lambda: desk.events() == ["confirmed"])


async def test_hosts_of_contacts_are_looked_up_before_a_fire_needs_them(tmp_path: Path) -> None:
    asked: list[str] = []

    def look_up(host: str) -> list[str]:
        asked.append(host)
        if host == "gone.example":
            raise OSError(-2, "Name or service not known")
        return ["192.0.2.7"]

    content = market_with("https://desk.example/fires")
    settings = make_settings(tmp_path, broker_port=1, webhook="http://gone.example/relay")
    names = HostNames(look_up=look_up, hosts=HostsFile(Path("/nonexistent/hosts")))
    async with house(f"sqlite:///{tmp_path / 'center.db'}", content) as one:
        with capture_logs() as logs:
            watch = NameWatch(names, one.engine.registry, settings)
            await watch.look_up_all()
            await watch.look_up_all()
    assert set(asked) == {"desk.example", "gone.example"}
    assert await names.addresses("desk.example") == ("192.0.2.7",)
    missing = [entry["hosts"] for entry in logs if "hosts" in entry]
    assert missing == [["gone.example"]]
