"""One premises and its center as real processes of the real command line, with real servers beneath.

Everything runs as it would in operation: ``tocsin gateway``, ``ingest``, ``alerting`` and a command
center, each a process of its own, configured by TOML files. Each can be killed and begun again.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from contract.webhook import FireNotification
from tests.support.servers import free_port
from tests.support.waiting import eventually
from tests.support.warm_start import Begin, warm_child
from tocsin.demo.notifications import Arrival
from tocsin.demo.observer import read_arrivals
from tocsin.demo.processes import Child, tocsin

PREMISES = "cho-an-binh"
GATEWAY = "gw-1"

PROGRAM = tuple(tocsin())
"""The command of this tree's tocsin."""


@dataclass
class House:
    """A running premises and center; *folder* holds every file of theirs."""

    folder: Path
    broker: int
    alerting: int
    ingest: int
    status: int
    http: aiohttp.ClientSession
    children: dict[str, Child]
    commands: dict[str, list[str]] = field(default_factory=dict)
    begin: Begin = warm_child
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _lives: int = 0

    async def start(self, name: str, *, before: Sequence[str] = ()) -> None:
        """Begin the process *name*, by way of the command *before* where one is given."""
        self._lives += 1
        log = name if name not in self.children else f"{name}-{self._lives}"
        running = self.begin(log, [*before, *self.commands[name]], self.folder)
        self.children[name] = await self._stack.enter_async_context(running)

    async def kill(self, name: str) -> None:
        """End the process *name* as a power cut would."""
        process = self.children[name].process
        if process.returncode is None:
            process.kill()
        await process.wait()

    async def stop(self, name: str) -> None:
        """End the process *name* in order."""
        await self.children[name].stop()

    @property
    def relay_log(self) -> Path:
        return self.folder / "relays.jsonl"

    def relays(self, event: str | None = None) -> list[Arrival]:
        """The relays of fires that have reached the command center, or those of one event."""
        return [
            each
            for each in read_arrivals(self.relay_log)
            if isinstance(each.relay, FireNotification) and event in {None, each.relay.event}
        ]

    async def get(self, path: str, *, port: int | None = None) -> Any:
        async with self.http.get(f"http://127.0.0.1:{port or self.alerting}{path}") as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        async with self.http.post(f"http://127.0.0.1:{self.alerting}{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def healthy(self) -> bool:
        for name, each in self.children.items():
            ended = each.process.returncode
            assert ended is None, f"{name} ended with code {ended}\n{each.log.read_text()[-2000:]}"
        for port in (self.alerting, self.ingest, self.status):
            try:
                async with self.http.get(f"http://127.0.0.1:{port}/healthz") as answer:
                    if answer.status != 200:
                        return False
            except aiohttp.ClientError:
                return False
        return True


def registry(points: dict[str, str], *, rule: str = "type_b") -> str:
    """A registry with *points* (name to kind) in one zone, and a command center that is told at once."""
    text = f"""
[[policies]]
id = "standard"
stages = [{{ after_s = 0, notify = ["command-center"] }}]

[[premises]]
id = "{PREMISES}"
name = "Chợ An Bình"
address = "12 Trần Phú"
policy = "standard"

[[gateways]]
id = "{GATEWAY}"
name = "Tủ trung tâm"
premises = "{PREMISES}"

[[zones]]
id = "hall"
premises = "{PREMISES}"
name = "Nhà lồng"
rule = "{rule}"
"""
    for name, kind in points.items():
        text += (
            f'\n[[points]]\nid = "{name}"\npremises = "{PREMISES}"\nzone = "hall"\n'
            f'gateway = "{GATEWAY}"\nkind = "{kind}"\nplace = "{name}"\n'
        )
    return text


async def import_registry(
    folder: Path, *, program: Sequence[str] = PROGRAM, begin: Begin = warm_child
) -> None:
    """Import the registry of the house in *folder* into the database of its center."""
    settings = ("--config", f"{folder}/alerting.toml")
    words = ("registry", "import", f"{folder}/registry.toml", *settings)
    await finish("registry", folder, *words, program=program, begin=begin)


@asynccontextmanager
async def house(
    folder: Path,
    *,
    broker: int,
    store: str,
    lines: Sequence[str],
    points: dict[str, str],
    gateway_extra: str = "",
    center_extra: str = "",
    rule: str = "type_b",
    registry_extra: str = "",
    brokers: Mapping[str, int] | None = None,
    before: Mapping[str, Sequence[str]] | None = None,
    second: int | None = None,
    program: Sequence[str] = PROGRAM,
    begin: Begin = warm_child,
) -> AsyncIterator[House]:
    """Run everything within the block.

    *store* is the TOML of ingest's store, *lines* are ports, *center_extra* goes on in the command
    center's table of alerting, *registry_extra* at the end of the registry. *brokers* are the ports at
    which single services see the broker, *before* the commands by way of which single processes begin.
    *second* is the port of a second broker, at which the center is found too. *program* is the command
    of tocsin: that of another tree, for example; *begin* begins it.
    """
    alerting, ingest, status, command_center = (free_port() for _ in range(4))
    ports = dict.fromkeys(("ingest", "alerting", "gateway"), broker) | dict(brokers or {})
    at_broker = {name: f'[broker]\nhost = "127.0.0.1"\nport = {port}\n' for name, port in ports.items()}
    if second is not None:
        other = f'[[other_brokers]]\nhost = "127.0.0.1"\nport = {second}\n'
        for name in ("ingest", "alerting"):
            at_broker[name] += other
        at_broker["gateway"] = ""  # its paths stand in *gateway_extra*
    files = {
        "ingest.toml": f'data_dir = "{folder}/ingest"\n{at_broker["ingest"]}'
        f"[web]\nopen = true\nport = {ingest}\n{store}",
        "alerting.toml": f'data_dir = "{folder}/alerting"\n{at_broker["alerting"]}'
        f"[web]\nopen = true\nport = {alerting}\n"
        f'[command_center]\nwebhook = "http://127.0.0.1:{command_center}/relay"\n'
        f'topic = "command-center"\n{center_extra}[channels.mqtt]\n',
        "gateway.toml": f'premises = "{PREMISES}"\ngateway = "{GATEWAY}"\n'
        f'data_dir = "{folder}/gateway"\n'
        f"heartbeat_s = 1\n{at_broker['gateway']}[web]\nopen = true\nport = {status}\n{gateway_extra}\n"
        + "".join(f'[[lines]]\nname = "line-{n}"\nport = "{p}"\n' for n, p in enumerate(lines, 1)),
        "registry.toml": registry(points, rule=rule) + registry_extra,
    }
    for name, content in files.items():
        (folder / name).write_text(content)
    commands = {
        "command-center": [
            *(*program, "sim", "command-center"),
            *("--port", str(command_center), "--log", f"{folder}/relays.jsonl"),
        ],
        "alerting": [*program, "alerting", "--config", f"{folder}/alerting.toml"],
        "ingest": [*program, "ingest", "--config", f"{folder}/ingest.toml"],
        "gateway": [*program, "gateway", "--config", f"{folder}/gateway.toml"],
    }
    await import_registry(folder, program=program, begin=begin)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession(headers={"X-Tocsin-Request": "1"}))
        running = House(folder, broker, alerting, ingest, status, http, {}, commands, begin, stack)
        for name in commands:
            await running.start(name, before=(before or {}).get(name, ()))
        await eventually(running.healthy, within=60)
        yield running


async def finish(
    name: str,
    folder: Path,
    *arguments: str,
    program: Sequence[str] = PROGRAM,
    begin: Begin = warm_child,
) -> str:
    """Run one command of ``tocsin`` to its end, which must be a good one; returns what it wrote."""
    async with begin(name, [*program, *arguments], folder) as running:
        code = await asyncio.wait_for(running.process.wait(), 60)
    output = running.log.read_text()
    assert code == 0, f"{name}: exit code {code}\n{output}"
    return output


def read_json_lines(file: Path) -> list[dict[str, Any]]:
    """One object a line."""
    return [json.loads(line) for line in file.read_text().splitlines()]
