"""A center of many premises as real processes, whose call points are pressed while something goes on."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

from bench._probe import Publisher, fire_of
from bench._tree import HERE, Center, center, program, registry_of
from contract.times import to_micros
from contract.webhook import FireNotification
from runtime.clock import utc_now
from tests.faults.scene import TABLE, Row
from tests.support.servers import Server, free_port, mosquitto, running
from tests.support.waiting import eventually
from tocsin.demo.observer import read_arrivals

TOLD_S = 60.0
"""Seconds within which each press must be told, however busy the machine is."""

BROKER = "max_queued_messages 20000\nmax_queued_bytes 268435456\nmax_inflight_messages 200\n"
"""The limits of deploy/mosquitto/tocsin.conf."""


@dataclass
class Crowd:
    """Many premises with a call point each; *pressed* is when each was pressed, by its premises."""

    folder: Path
    broker: Server
    center: Center
    row: Row
    publisher: Publisher
    http: aiohttp.ClientSession
    pressed: dict[str, int] = field(default_factory=dict)
    _next: Iterator[int] = field(default_factory=count)

    def press(self) -> None:
        """Press the call point of the next premises."""
        premises = f"p-{next(self._next)}"
        self.pressed[premises] = to_micros(utc_now())
        self.publisher.publish(*fire_of(premises, "button", 1))

    async def press_evenly(self, presses: int, *, every_s: float) -> None:
        """Press so often at an even pace, whether or not the press before was told."""
        for _ in range(presses):
            self.press()
            await asyncio.sleep(every_s)

    def told(self) -> dict[str, int]:
        """Return when the command center was told first of the fire of each premises."""
        first: dict[str, int] = {}
        for each in read_arrivals(self.folder / "relays.jsonl"):
            if isinstance(each.relay, FireNotification):
                first.setdefault(each.relay.premises.id, each.at)
        return first

    async def until_told(self) -> None:
        """Wait until the command center was told of each press; note the worst delay."""
        await eventually(lambda: not self.pressed.keys() - self.told().keys(), within=TOLD_S, every=0.2)
        told = self.told()
        worst = max((told[name] - at) / 1e6 for name, at in self.pressed.items())
        self.row.worst_delay_s = round(max(self.row.worst_delay_s, worst), 3)
        self.row.signals = len(self.pressed)

    async def get(self, path: str) -> Any:
        """Return what the center answers to a GET of *path*."""
        url = f"http://127.0.0.1:{self.center.port}{path}"
        async with self.http.get(url, headers=self.center.headers) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def lost(self) -> set[str]:
        """Return the pressed premises of which the center has no fire, or more than one signal."""
        signals = (await self.get("/api/v1/signals?after=0&limit=10000"))["signals"]
        fires = [each["premises"] for each in signals if each["name"] == "button"]
        return {each for each in self.pressed if fires.count(each) != 1}


@asynccontextmanager
async def crowd(
    folder: Path, fault: str, *, presses: int, others: str = "", extra: str = ""
) -> AsyncIterator[Crowd]:
    """Run the center of a crowd within the block; *fault* is its line in the table.

    *others* is a registry of premises beside those that are pressed, *extra* goes on in the settings.
    """
    row = Row(fault, rounds=1)
    with ExitStack() as stack:
        broker = stack.enter_context(mosquitto(folder / "mosquitto", extra=BROKER))
        webhook = stack.enter_context(_command_center(folder))
        registry = registry_of([f"p-{number}" for number in range(presses)]) + others
        one = stack.enter_context(
            center(
                folder / "center",
                tree=HERE,
                broker=broker.port,
                webhook=webhook,
                registry=registry,
                extra=extra,
            )
        )
        publisher = Publisher(broker.port, "crowd")
        stack.callback(publisher.close)
        async with aiohttp.ClientSession() as http:
            yield Crowd(folder, broker, one, row, publisher, http)
    TABLE.append(row)


@contextmanager
def _command_center(folder: Path) -> Iterator[str]:
    """Run a receiver of webhooks within the block; yields its URL."""
    port, log = free_port(), folder / "command-center.log"
    command = [*program(), "sim", "command-center", "--port", str(port)]
    command += ["--log", str(folder / "relays.jsonl")]
    with running(Server(command, port, log)):
        yield f"http://127.0.0.1:{port}/relay"
