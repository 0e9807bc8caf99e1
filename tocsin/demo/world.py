"""Everything that runs in the demonstration, begun in order and ended in the opposite one."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp

from tocsin.demo.plan import GATEWAYS, PREFIX, BrokerKind, Plan
from tocsin.demo.processes import Child, ChildEnded, child, tocsin

STARTING_S = 40.0
"""How long everything may take to be ready; small machines start Python slowly."""

ANSWER_S = 2.0
"""Seconds that one answer may take: somebody else who listens on the port perhaps gives none."""


@dataclass(frozen=True, slots=True)
class World:
    """What runs: the simulators apart, because they end first."""

    broker: str
    simulators: list[Child]
    services: list[Child]


async def first_that_starts(
    stack: AsyncExitStack, plans: Iterable[Plan], kind: BrokerKind
) -> tuple[Plan, World]:
    """The first of *plans* whose ports are all free, running within *stack*; raises ChildEnded."""
    taken = ChildEnded("there was no plan to begin with")
    for plan in plans:
        try:
            return plan, await stack.enter_async_context(world(plan, kind))
        except ChildEnded as error:
            if not error.port_was_taken:
                raise
            taken = error
    raise taken


@asynccontextmanager
async def world(plan: Plan, kind: BrokerKind) -> AsyncIterator[World]:
    """Run everything of *plan* within the block; raises ChildEnded if something does not start."""
    async with AsyncExitStack() as stack:

        async def begin(name: str, command: list[str]) -> Child:
            return await stack.enter_async_context(child(name, command, plan.folder))

        broker, command = _broker(plan, kind)
        services = [await begin("broker", command)]
        await _until_it_listens(services, plan.broker)
        await _import_registry(plan)
        services.append(await begin("people", _people(plan)))
        await _until_it_listens(services, plan.people)
        services += [await begin(*each) for each in _services(plan).items()]
        simulators = [await begin(f"sim-{each}", _simulator(plan, each)) for each in GATEWAYS]
        services += [await begin(name, _gateway(plan, each)) for each, name in GATEWAYS.items()]
        await _until_ready(plan, [*services, *simulators])
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
    """Everybody who can be told; also what nobody should be told reaches this, and is seen."""
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


def _simulator(plan: Plan, premises: str) -> list[str]:
    scenario, truth = plan.folder / f"{premises}.scenario.toml", plan.truth(premises)
    hold = ("--start-when", str(plan.start_file))
    return tocsin("sim", "run", str(scenario), "--truth", str(truth), *hold)


def _gateway(plan: Plan, premises: str) -> list[str]:
    return tocsin("gateway", "--config", str(plan.folder / f"{premises}.gateway.toml"))


async def _import_registry(plan: Plan) -> None:
    files = [str(plan.registry), "--config", str(plan.folder / "alerting.toml")]
    async with child("registry", tocsin("registry", "import", *files), plan.folder) as importing:
        if await importing.process.wait() != 0:
            await importing.ended()


async def _until_it_listens(children: list[Child], port: int) -> None:
    """Wait until somebody listens on *port*; raises ChildEnded if one of *children* will never do."""
    async with asyncio.timeout(STARTING_S):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                for each in children:
                    await _pause(each)
            else:
                writer.close()
                return


async def _until_ready(plan: Plan, children: list[Child]) -> None:
    """Wait until every service answers that it is healthy and every line has its device."""
    ports = [plan.ingest, plan.alerting, *plan.status.values()]
    patience = aiohttp.ClientTimeout(total=ANSWER_S)
    async with asyncio.timeout(STARTING_S), aiohttp.ClientSession(timeout=patience) as http:
        for port in ports:
            while not await _healthy(http, port):
                for each in children:
                    await _pause(each, 0.02)


async def _healthy(http: aiohttp.ClientSession, port: int) -> bool:
    try:
        async with http.get(f"http://127.0.0.1:{port}/healthz") as answer:
            return answer.status == 200
    except (aiohttp.ClientConnectionError, TimeoutError):
        return False


async def _pause(server: Child, seconds: float = 0.05) -> None:
    """Wait a moment for *server*; raises ChildEnded if it will never be there."""
    if server.process.returncode is not None:
        await server.ended()
    await asyncio.sleep(seconds)
