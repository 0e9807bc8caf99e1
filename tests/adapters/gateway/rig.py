"""A gateway between detectors on real pseudo-terminals and a small center on a real broker."""

import asyncio
import os
import pty
import tty
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt

from contract.messages import (
    VERSION,
    Heartbeat,
    IncidentNotice,
    Inventory,
    InventoryRequest,
    Presence,
    Proof,
    Receipt,
    Signal,
    TelemetryBatch,
    decode_alarm,
    decode_heartbeat,
    decode_inventory,
    decode_presence,
    decode_telemetry,
    encode,
    telemetry_digest,
)
from contract.sentences import Sentence, Status
from contract.sentences import encode as encode_sentence
from contract.topics import Leaf
from gateway.app import run
from gateway.settings import Settings
from tests.support.servers import Server
from tests.support.waiting import ended

TOPIC = "tocsin/v1/p/g"


class PtyLine:
    """The detectors' end of a serial line; *port* is the gateway's, and stays when the line is cut."""

    def __init__(self, folder: Path, name: str = "tty") -> None:
        self._link = folder / name
        self._sequence = 0
        self._ends: tuple[int, int] | None = None
        self.mend()

    @property
    def port(self) -> str:
        return str(self._link)

    def mend(self) -> None:
        """Plug it in (again)."""
        ours, theirs = pty.openpty()
        tty.setraw(ours)
        tty.setraw(theirs)
        os.set_blocking(ours, False)
        self._ends = (ours, theirs)
        self._link.unlink(missing_ok=True)
        self._link.symlink_to(os.ttyname(theirs))

    def cut(self) -> None:
        """Pull it out."""
        self._link.unlink()
        for end in self._ends or ():
            os.close(end)
        self._ends = None

    def send(self, data: bytes) -> None:
        assert self._ends is not None
        while data:
            try:
                data = data[os.write(self._ends[0], data) :]
            except BlockingIOError:
                os.sched_yield()

    def say(
        self,
        address: str,
        quantity: str,
        value: float | None,
        status: Status = Status.NORMAL,
    ) -> None:
        self._sequence += 1
        self.send(encode_sentence(Sentence(address, self._sequence % 65_536, quantity, value, status)))


class Center:
    """Takes all that a gateway publishes, and receipts it unless told not to."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self.client = client
        self.receipts = {"alarm": True, "telemetry": True}
        self.signals: list[Signal] = []
        self.epochs: list[str] = []
        self.floors: list[int] = []
        self.batches: list[TelemetryBatch] = []
        self.presences: list[Presence] = []
        self.heartbeats: list[Heartbeat] = []
        self.inventories: list[Inventory] = []
        self.payloads: list[tuple[str, bytes]] = []

    @property
    def sees_lines(self) -> bool:
        """Whether the gateway is there and all its lines are open."""
        return bool(self.heartbeats) and set(self.heartbeats[-1].lines.values()) <= {"up"}

    @property
    def story(self) -> list[str]:
        """Each signal once, in the order of arrival."""
        return list(
            dict.fromkeys(f"{each.name} {each.kind} {each.edge}: {each.reason}" for each in self.signals)
        )

    def readings(self, point: str) -> list[float]:
        """All values of *point*, each batch once, in the order of batches."""
        batches = {(each.epoch, each.seq): each for each in self.batches}
        return [
            value
            for _, batch in sorted(batches.items(), key=lambda item: item[0][1])
            for series in batch.series
            if series.point == point
            for value in series.v
        ]

    def count(self, point: str) -> int:
        """Return the count of readings of *point* that have arrived."""
        return len(self.readings(point))

    def arrival(self, leaf: Leaf, point: str) -> int:
        """Return the place of the first message of *leaf* that names *point* among all that arrived."""
        name = f'"{point}"'.encode()
        return next(
            place for place, (of, payload) in enumerate(self.payloads) if of == leaf and name in payload
        )

    async def run(self) -> None:
        async for message in self.client.messages:
            await self._take(message.topic.value.removeprefix(f"{TOPIC}/"), bytes(message.payload))

    async def receipt(self, lane: str, receipt: Receipt) -> None:
        await self.client.publish(f"{TOPIC}/receipt/{lane}", encode(receipt), qos=1)

    async def tell(self, notice: IncidentNotice) -> None:
        await self.client.publish(f"{TOPIC}/incident", encode(notice), qos=1)

    async def ask_for_points(self) -> None:
        request = encode(InventoryRequest(v=VERSION))
        await self.client.publish(f"{TOPIC}/inventory/request", request, qos=1)

    async def _take(self, leaf: str, payload: bytes) -> None:
        self.payloads.append((leaf, payload))
        if leaf == Leaf.ALARM:
            alarm = decode_alarm(payload)
            assert not alarm.bad
            self.signals += alarm.signals
            self.epochs.append(alarm.epoch)
            self.floors.append(alarm.floor)
            await self._cover("alarm", alarm.epoch, alarm.proofs)
        elif leaf == Leaf.TELEMETRY:
            batch = decode_telemetry(payload)
            self.batches.append(batch)
            await self._cover("telemetry", batch.epoch, [Proof(batch.seq, telemetry_digest(payload))])
        elif leaf == Leaf.PRESENCE:
            self.presences.append(decode_presence(payload))
        elif leaf == Leaf.INVENTORY:
            self.inventories.append(decode_inventory(payload))
        elif leaf == Leaf.HEARTBEAT:
            self.heartbeats.append(decode_heartbeat(payload))

    async def _cover(self, lane: str, epoch: str, proofs: Sequence[Proof]) -> None:
        if self.receipts[lane]:
            await self.receipt(lane, Receipt(v=VERSION, epoch=epoch, stored=list(proofs)))


@asynccontextmanager
async def center(broker: Server) -> AsyncIterator[Center]:
    async with aiomqtt.Client(
        "127.0.0.1", broker.port, identifier=f"center-{os.urandom(4).hex()}"
    ) as client:
        await client.subscribe(f"{TOPIC}/+", qos=1)
        here = Center(client)
        async with during(here.run):
            yield here


@asynccontextmanager
async def during(work: Callable[[], Coroutine[Any, Any, object]]) -> AsyncIterator[None]:
    """Do *work* within the block; what fails there fails the test."""
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(work())
        try:
            yield
        finally:
            await ended(task)


def settings_for(folder: Path, broker: Server, **others: Any) -> Settings:
    quick = {"telemetry": {"batch_s": 0.05, "resend_first_s": 0.5}, "heartbeat_s": 0.2}
    return Settings(
        **{
            "premises": "p",
            "gateway": "g",
            "data_dir": folder / "data",
            "broker": {"port": broker.port},
            **quick,
            **others,
        }
    )


@asynccontextmanager
async def gateway(settings: Settings) -> AsyncIterator[None]:
    """A running gateway, stopped in order at the end of the block.

    It promises five seconds for that; a busy machine is given more.
    """
    task = asyncio.create_task(run(settings.plan()))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task}, timeout=20)
        assert task.done(), "the gateway did not stop"
        if not task.cancelled():
            task.result()
