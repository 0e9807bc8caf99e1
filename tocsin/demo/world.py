"""All processes of the demonstration, started in order and ended in the opposite one."""

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp

from firmware_sim.scenario.scenario import load_scenario
from tocsin.demo.plan import DRAWINGS, GATEWAYS, PREFIX, BrokerKind, Plan
from tocsin.demo.processes import Child, ChildEnded, child, tocsin
from tocsin.demo.startup import Check, Startup

ANSWER_S = 2.0
"""Seconds that one answer may take: a stranger who listens on the port perhaps gives none."""


@dataclass(frozen=True, slots=True)
class World:
    """The running processes: the simulators apart, because they end first."""

    broker: str
    simulators: list[Child]
    services: list[Child]


async def start_world(
    stack: AsyncExitStack, plans: Iterable[Plan], kind: BrokerKind, *, startup: Startup
) -> tuple[Plan, World]:
    """Start the first of *plans* whose ports are all free, within *stack*.

    Raises NotReady if that takes too long, and ChildEnded if a process does not start.
    """
    taken = ChildEnded("there was no plan to begin with")
    for plan in plans:
        try:
            return plan, await stack.enter_async_context(world(plan, kind, startup=startup))
        except ChildEnded as error:
            if not error.port_was_taken:
                raise
            taken = error
    raise taken


@asynccontextmanager
async def world(plan: Plan, kind: BrokerKind, *, startup: Startup) -> AsyncIterator[World]:
    """Run all processes of *plan* within the block, which begins when each of them is ready."""
    timeout = aiohttp.ClientTimeout(total=ANSWER_S)
    async with AsyncExitStack() as stack, aiohttp.ClientSession(timeout=timeout) as http:

        async def begin(name: str, command: list[str]) -> Child:
            return await stack.enter_async_context(child(name, command, plan.folder))

        broker, command = _broker(plan, kind)
        services = [await begin("broker", command)]
        await startup.wait_until({"broker": _listens(plan.broker)}, services)
        await _import_registry(plan, startup)
        services.append(await begin("people", _people(plan)))
        await startup.wait_until({"people": _listens(plan.people)}, services)
        services += [await begin(*each) for each in _services(plan).items()]
        simulators = [await begin(_simulator_name(each), _simulator(plan, each)) for each in GATEWAYS]
        services += [await begin(name, _gateway(plan, each)) for each, name in GATEWAYS.items()]
        await startup.wait_until(_checks(plan, simulators, http), [*services, *simulators])
        yield World(broker, simulators, services)


def _broker(plan: Plan, kind: BrokerKind) -> tuple[str, list[str]]:
    """The broker's name and command: mosquitto where it is installed, else the embedded one."""
    mosquitto = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    if kind is BrokerKind.MOSQUITTO and mosquitto is None:
        raise ChildEnded("mosquitto is not installed; install it, or take --broker embedded")
    if mosquitto and kind is not BrokerKind.EMBEDDED:
        return "mosquitto", [mosquitto, "-c", str(plan.folder / "mosquitto.conf")]
    return "embedded", [sys.executable, "-m", "tocsin.demo.broker", str(plan.broker)]


def _people(plan: Plan) -> list[str]:
    """The command of all people; a notification that nobody should get reaches it too."""
    listening = (
        "--port",
        str(plan.people),
        "--broker-port",
        str(plan.broker),
        "--topics",
        f"{PREFIX}/#",
    )
    return tocsin("sim", "command-center", *listening, "--log", str(plan.relays))


def _services(plan: Plan) -> dict[str, list[str]]:
    return {
        "ingest": tocsin("ingest", "--config", str(plan.folder / "ingest.toml")),
        "alerting": tocsin("alerting", "--config", str(plan.folder / "alerting.toml")),
    }


def _simulator_name(premises: str) -> str:
    return f"sim-{premises}"


def _simulator(plan: Plan, premises: str) -> list[str]:
    hold = ("--start-when", str(plan.start_file))
    return tocsin(
        "sim", "run", str(plan.scenario(premises)), "--truth", str(plan.truth(premises)), *hold
    )


def _gateway(plan: Plan, premises: str) -> list[str]:
    return tocsin("gateway", "--config", str(plan.folder / f"{premises}.gateway.toml"))


async def _import_registry(plan: Plan, startup: Startup) -> None:
    """Keep the plans of floors, then import the registry that names them by their hashes."""
    settings = ("--config", str(plan.folder / "alerting.toml"))
    drawings = [str(plan.folder / each) for each in DRAWINGS.values()]
    kept = await _finish("files", ["file", "add", *drawings, *settings, "--json"], plan, startup)
    text = plan.registry.read_text()
    for word, file in zip(DRAWINGS, json.loads(kept)["files"], strict=True):
        text = text.replace(word, file["hash"])
    plan.registry.write_text(text)
    await _finish("registry", ["registry", "import", str(plan.registry), *settings], plan, startup)


async def _finish(name: str, command: list[str], plan: Plan, startup: Startup) -> str:
    """Run *command* to its good end, and return what it wrote; raises ChildEnded for any other end."""
    async with child(name, tocsin(*command), plan.folder) as running:

        async def has_ended() -> bool:
            return running.process.returncode is not None

        await startup.wait_until({" ".join(command[:2]): has_ended}, [])
        if running.process.returncode != 0:
            await running.ended()
        return running.log.read_text()


def _checks(plan: Plan, simulators: list[Child], http: aiohttp.ClientSession) -> dict[str, Check]:
    """A check for each part that runs the story, by the name of its log."""
    return {
        "ingest": _is_healthy(http, plan.ingest),
        "alerting": _is_healthy(http, plan.alerting),
        **{name: _gateway_hears(http, plan.status[each]) for each, name in GATEWAYS.items()},
        **{
            each.name: _simulator_holds(each, plan, premises)
            for each, premises in zip(simulators, GATEWAYS, strict=True)
        },
    }


def _listens(port: int) -> Check:
    """Whether a process listens on *port*."""

    async def check() -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        return True

    return check


def _is_healthy(http: aiohttp.ClientSession, port: int) -> Check:
    """Whether the service at *port* says that it is healthy."""

    async def check() -> bool:
        try:
            async with http.get(f"http://127.0.0.1:{port}/healthz") as answer:
                return answer.status == 200
        except (aiohttp.ClientConnectionError, TimeoutError):
            return False

    return check


def _gateway_hears(http: aiohttp.ClientSession, port: int) -> Check:
    """Whether the gateway at *port* is connected to the center and to all of its detectors."""

    async def check() -> bool:
        try:
            async with http.get(f"http://127.0.0.1:{port}/status") as answer:
                status = await answer.json() if answer.status == 200 else {}
        except (aiohttp.ClientError, TimeoutError):
            return False
        lines = [each["state"] == "up" for each in status.get("lines", ())]
        sources = [each["connected"] for each in status.get("sources", ())]
        return bool(status.get("connected")) and all((*lines, *sources))

    return check


def _simulator_holds(simulator: Child, plan: Plan, premises: str) -> Check:
    """Whether *simulator* has named all of its lines and sources, and waits for the start."""
    scenario = load_scenario(plan.scenario(premises))
    names = {each.name for each in (*scenario.lines, *scenario.sources)}

    async def check() -> bool:
        log = simulator.log.read_text(errors="replace")
        return names <= {line.partition(": ")[0] for line in log.splitlines()}

    return check
