"""Alerting as it really runs: with a broker, a database file, a command center, and a gateway."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import aiomqtt

import registry.store
from alerting.app import run
from alerting.settings import CommandCenterSettings, RelaySettings, Settings
from contract.gateway_signing import SigningKey
from contract.messages import (
    VERSION,
    Heartbeat,
    LaneState,
    Receipt,
    Signal,
    decode_receipt,
    encode,
    encode_alarm,
)
from contract.times import to_micros
from contract.topics import Leaf, Topic
from firmware_sim.peers.command_center import CommandCenter, open_command_center
from registry.model.registry import Registry
from runtime.clock import Clock, utc_now
from runtime.settings import Broker, Web
from tests.stories.alerting.house import MARKET, signal
from tests.support.outgoing import ON_THIS_MACHINE
from tests.support.receipts import numbers_in
from tests.support.servers import free_port
from tests.support.waiting import ended, eventually

ROOT = "tocsin/v1"


@dataclass
class Gateway:
    """A gateway that speaks raw MQTT; *receipts* and *notices* are what it was told.

    A number stands for the signal that was *sent* under it first, which is sent again as it was. All is
    signed with *key*, if there is one.
    """

    client: aiomqtt.Client
    premises: str = "cho"
    name: str = "gw-1"
    epoch: str = "e1"
    seq: int = 0
    sent: dict[int, Signal] = field(default_factory=dict)
    receipts: list[Receipt] = field(default_factory=list)
    notices: list[dict[str, Any]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    key: SigningKey | None = None
    beats: int = 0

    @property
    def base(self) -> str:
        return f"{ROOT}/{self.premises}/{self.name}"

    async def fire(self, name: str, *, quantity: str = "smoke", seq: int | None = None) -> int:
        number = self.next() if seq is None else seq
        one = self.sent.setdefault(number, signal(number, name, utc_now(), quantity=quantity))
        await self.send(one)
        return number

    def next(self) -> int:
        self.seq += 1
        return self.seq

    async def send(self, *signals: Signal, floor: int = 1) -> None:
        payload = encode_alarm(self.epoch, floor, [encode(each) for each in signals])
        await self.raw(payload)

    async def raw(self, payload: bytes, *, leaf: str = "alarm", retain: bool = False) -> None:
        if self.key is not None:
            payload = self.key.sign(Topic(self.premises, self.name, Leaf(leaf)), payload)
        await self.publish(payload, leaf=leaf, retain=retain)

    async def publish(self, payload: bytes, *, leaf: str = "alarm", retain: bool = False) -> None:
        """Publish *payload* as it is, signed or not."""
        await self.client.publish(f"{self.base}/{leaf}", payload, qos=1, retain=retain)

    async def beat(self, *, run: str = "run-1", number: int | None = None, **points: int) -> bytes:
        """Publish a heartbeat; return it as it was before the signature."""
        self.beats = self.beats + 1 if number is None else number
        lane = LaneState(epoch=self.epoch, depth=0, oldest_age_s=0.0, last_seq=self.seq)
        beat = Heartbeat(
            v=VERSION,
            at=to_micros(utc_now()),
            alarm=lane,
            telemetry=lane,
            run=run,
            number=self.beats,
            points=points,
        )
        await self.raw(encode(beat), leaf="heartbeat")
        return encode(beat)

    async def receipted(self, seq: int) -> Receipt:
        """The receipt that covers *seq*, once it came."""
        found: Receipt = await eventually(
            lambda: next((r for r in self.receipts if seq in numbers_in([r], self.epoch)), None)
        )
        return found

    async def listen(self) -> None:
        async for message in self.client.messages:
            payload = bytes(message.payload or b"")
            if str(message.topic).endswith("receipt/alarm"):
                self.receipts.append(decode_receipt(payload))
            elif str(message.topic).endswith("inventory/request"):
                self.requests.append(json.loads(payload))
            else:
                self.notices.append(json.loads(payload))


@dataclass
class Center:
    """A running center; ``stop`` and ``start`` it as often as needed. *wall* is its machine's clock."""

    settings: Settings
    received: CommandCenter
    task: asyncio.Task[None] | None = None
    wall: Clock = utc_now

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.settings.web.port}"

    async def start(self, *, status: int = 200) -> None:
        """Start the center; return when its health has *status* and it hears what gateways publish."""
        self.task = asyncio.create_task(run(self.settings, self.wall))
        await eventually(lambda: self.answers(status))

    async def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
            self.task = None

    async def get(self, path: str) -> Any:
        async with aiohttp.ClientSession() as http, http.get(self.api + path) as answer:
            return await answer.json()

    async def post(self, path: str, body: object) -> tuple[int, Any]:
        said = {"X-Tocsin-Request": "1"}
        async with (
            aiohttp.ClientSession(headers=said) as http,
            http.post(self.api + path, json=body) as answer,
        ):
            return answer.status, await answer.json()

    async def metric(self, name: str) -> float:
        """The sum of the samples of a metric."""
        async with aiohttp.ClientSession() as http, http.get(self.api + "/metrics") as answer:
            lines = (await answer.text()).splitlines()
        found = [line for line in lines if line.startswith((f"{name} ", f"{name}{{"))]
        return sum(float(line.rsplit(" ", 1)[1]) for line in found)

    def quarantined(self) -> list[str]:
        """Return the reasons of quarantined messages."""
        files = (self.settings.data_dir / "quarantine").glob("*.jsonl")
        return [json.loads(line)["reason"] for file in files for line in file.read_text().splitlines()]

    def quarantined_signals(self) -> list[object]:
        """Return the bad signals of readable messages that were quarantined."""
        files = sorted((self.settings.data_dir / "quarantine").glob("*.jsonl"))
        lines = [json.loads(line) for file in files for line in file.read_text().splitlines()]
        parts = [base64.b64decode(each["payload"]) for each in lines if each["reason"] == "bad_signal"]
        return [signal for part in parts for signal in json.loads(part)]

    async def answers(self, status: int) -> bool:
        """Return whether ``/healthz`` answers with *status*, of a center that the broker serves.

        Its session is a new one each time: what is published before it subscribed it never hears.
        """
        if self.task is not None and self.task.done():
            self.task.result()
        try:
            async with aiohttp.ClientSession() as http, http.get(self.api + "/healthz") as answer:
                return answer.status == status and (await answer.json())["broker"]
        except aiohttp.ClientError:
            return False


def make_settings(folder: Path, *, broker_port: int, webhook: str) -> Settings:
    return Settings(
        broker=Broker(port=broker_port),
        web=Web(port=free_port()),
        data_dir=folder,
        command_center=CommandCenterSettings(webhook=webhook),
        relay=RelaySettings(timeout_s=0.5, backoff_s=0.05, longest_backoff_s=0.2),
        outgoing=ON_THIS_MACHINE,
    )


@asynccontextmanager
async def center(
    folder: Path, *, broker_port: int, content: Registry = MARKET, relays: Path | None = None
) -> AsyncIterator[Center]:
    received = CommandCenter(log=relays or folder / "relays.jsonl")
    async with open_command_center(center=received) as url:
        settings = make_settings(folder, broker_port=broker_port, webhook=url)
        async with registry.store.open_store(settings.database_url) as store:
            await store.store_registry(content, who="test", now=utc_now())
        one = Center(settings, received)
        await one.start()
        try:
            yield one
        finally:
            await one.stop()


@asynccontextmanager
async def gateway(broker_port: int, **names: str) -> AsyncIterator[Gateway]:
    async with aiomqtt.Client("127.0.0.1", broker_port) as client:
        one = Gateway(client, **names)  # type: ignore[arg-type]
        for leaf in ("receipt/alarm", "incident", "inventory/request"):
            await client.subscribe(f"{one.base}/{leaf}", qos=1)
        listener = asyncio.create_task(one.listen())
        try:
            yield one
        finally:
            await ended(listener)
