"""The plan of a demonstration: its parts, their ports, and the configuration files that say so."""

import getpass
import random
import socket
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path

from registry.model.policies import COMMAND_CENTER

PORTS = range(20_000, 32_000)
"""Below those that Linux gives to outgoing connections (32768 and up): a port is chosen before it
is used, and would be given away meanwhile."""


class BrokerKind(StrEnum):
    """The broker that carries the demonstration."""

    AUTO = "auto"
    MOSQUITTO = "mosquitto"
    EMBEDDED = "embedded"


PATH, PREFIX = "/relay", "tocsin/notify"
"""The webhook path and the topics of people, both followed by the person's name."""

MARKET = "cho-an-binh"
SHOPHOUSE = "nha-pho-27"
_GATEWAY_KIND = {"smoke": "smoke", "heat": "heat", "manual": "manual", "zigbee": "level"}
GATEWAYS = {MARKET: "gw-cho", SHOPHOUSE: "gw-pho"}

DRAWINGS = {
    "MARKET_PLAN": "market.svg",
    "GROUND_PLAN": "shophouse-ground.svg",
    "UPPER_PLAN": "shophouse-upper.svg",
}
"""The plans of floors, each by the word that stands for its hash in the registry."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Folders and loopback ports of one demonstration."""

    folder: Path
    broker: int
    alerting: int
    ingest: int
    people: int
    status: dict[str, int]
    console: int = 0

    @property
    def start_file(self) -> Path:
        """The simulators hold their detectors back until this file exists."""
        return self.folder / "start"

    def scenario(self, premises: str) -> Path:
        """The scenario that the simulator of *premises* plays."""
        return self.folder / f"{premises}.scenario.toml"

    def truth(self, premises: str) -> Path:
        """The file of what the simulator of *premises* really put on the wire."""
        return self.folder / f"{premises}.truth.jsonl"

    @property
    def relays(self) -> Path:
        """The file of all relays that reached a person, whoever it was."""
        return self.folder / "relays.jsonl"

    @property
    def registry(self) -> Path:
        """The registry: the people, and the policies by which they are notified."""
        return self.folder / "registry.toml"


def make_plan(folder: Path) -> Plan:
    """Choose free ports and write every configuration file into *folder*."""
    ports = _free_ports()
    plan = Plan(
        folder=folder,
        broker=next(ports),
        alerting=next(ports),
        ingest=next(ports),
        people=next(ports),
        status={premises: next(ports) for premises in GATEWAYS},
        console=next(ports),
    )
    for name, content in _configurations(plan).items():
        (folder / name).write_text(content)
    return plan


def _free_ports() -> Iterator[int]:
    """Different loopback ports that are free at the moment, and that no connection will be given."""
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as sock, suppress(OSError):
            sock.bind(("127.0.0.1", port))
            yield port


def _configurations(plan: Plan) -> dict[str, str]:
    market, shophouse = _site_file("market.toml", plan), _site_file("shophouse.toml", plan)
    return {
        "mosquitto.conf": _mosquitto(plan),
        "ingest.toml": _ingest(plan),
        "alerting.toml": _alerting(plan),
        "console.toml": _console(plan),
        f"{MARKET}.gateway.toml": _gateway(plan, MARKET) + _market_line(plan) + _points(market),
        f"{SHOPHOUSE}.gateway.toml": _gateway(plan, SHOPHOUSE)
        + _shophouse_sources(plan)
        + _points(shophouse),
        "registry.toml": _site_file("registry.toml", plan) + "\n" + _site_file("desk.toml", plan),
        "areas.geojson": _site_file("areas.geojson", plan),
        **{drawing: _site_file(drawing, plan) for drawing in DRAWINGS.values()},
        f"{MARKET}.scenario.toml": market,
        f"{SHOPHOUSE}.scenario.toml": shophouse,
    }


def _site_file(name: str, plan: Plan) -> str:
    text = files("tocsin.demo").joinpath("site", name).read_text()
    for word, value in {
        "WEBHOOK": f"http://127.0.0.1:{plan.people}{PATH}",
        "BROKER_PORT": str(plan.broker),
        "MARKET_LINE": str(plan.folder / "market-line"),
    }.items():
        text = text.replace(word, value)
    return text


def _mosquitto(plan: Plan) -> str:
    # As root mosquitto would change its user, and then it gets no signal any more when the parent ends.
    return f"""listener {plan.broker} 127.0.0.1
allow_anonymous true
persistence false
set_tcp_nodelay true
max_queued_messages 0
user {getpass.getuser()}
"""


def _broker(plan: Plan, table: str) -> str:
    return f'[{table}]\nhost = "127.0.0.1"\nport = {plan.broker}\n'


def _ingest(plan: Plan) -> str:
    return f"""data_dir = "{plan.folder / "ingest"}"
{_broker(plan, "broker")}
[web]
# A demonstration on loopback: whoever is at this machine may look and act. A center has a token.
open = true
port = {plan.ingest}
accounts = "http://127.0.0.1:{plan.alerting}"

[store]
kind = "embedded"
"""


def _alerting(plan: Plan) -> str:
    return f"""data_dir = "{plan.folder / "alerting"}"
{_broker(plan, "broker")}
[web]
open = true
port = {plan.alerting}
proxies = ["127.0.0.1"]

[command_center]
webhook = "http://127.0.0.1:{plan.people}{PATH}/{COMMAND_CENTER}"
topic = "{COMMAND_CENTER}"

[outgoing]
# The people of the demonstration are programs of this machine.
networks = ["127.0.0.1:{plan.people}"]

[channels.mqtt]
prefix = "{PREFIX}"
"""


def _console(plan: Plan) -> str:
    return f"""[web]
port = {plan.console}

[center]
alerting = "http://127.0.0.1:{plan.alerting}"
ingest = "http://127.0.0.1:{plan.ingest}"

[map]
areas = "{plan.folder / "areas.geojson"}"
"""


def _gateway(plan: Plan, premises: str) -> str:
    return f"""premises = "{premises}"
gateway = "{GATEWAYS[premises]}"
data_dir = "{plan.folder / premises}"
heartbeat_s = 2

{_broker(plan, "broker")}
[web]
open = true
port = {plan.status[premises]}

[detection.smoke]
# A fire of half a minute: a filter of 15 s would spend the whole demonstration on it.
filter_s = 3
"""


def _points(scenario: str) -> str:
    """The points of a gateway, as its configuration names them: those of the *scenario* in TOML."""
    return "".join(
        f'[[points]]\nname = "{point["address"]}"\nkind = "{_GATEWAY_KIND[point["kind"]]}"\n'
        + "".join(f'{where} = "{point[where]}"\n' for where in ("line", "source") if where in point)
        for point in tomllib.loads(scenario)["points"]
    )


def _market_line(plan: Plan) -> str:
    return f"""
[[lines]]
name = "day-1"
port = "{plan.folder / "market-line"}"
"""


def _shophouse_sources(plan: Plan) -> str:
    return f"""
[[sources]]
name = "wifi"
dialect = "tocsin"
root = "site/detectors"
{_broker(plan, "sources.broker")}
[[sources]]
name = "zigbee"
dialect = "zigbee2mqtt"
root = "zigbee2mqtt"
{_broker(plan, "sources.broker")}
"""
