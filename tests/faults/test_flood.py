"""Undecodable messages by the thousand, everything several times in any order, yesterday's traffic."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiomqtt

from tests.faults.scene import ROUNDS, Scene, rounds, scene
from tests.support.house import GATEWAY, PREMISES
from tests.support.waiting import ended

TOPICS = [f"tocsin/v1/{PREMISES}/{GATEWAY}/{lane}" for lane in ("alarm", "telemetry")]
GARBAGE = 2_000 if ROUNDS else 300


@dataclass
class Echo:
    """Says everything on both lanes several times more, late and in another order."""

    client: aiomqtt.Client
    rng: random.Random
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    _known: set[bytes] = field(default_factory=set)
    _pending: list[tuple[str, bytes]] = field(default_factory=list)

    async def listen(self) -> None:
        async for message in self.client.messages:
            topic, payload = message.topic.value, bytes(message.payload)
            if payload in self._known:
                continue
            self._known.add(payload)
            self.heard.append((topic, payload))
            self._pending += [(topic, payload)] * 3

    async def repeat(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            said, self._pending = self._pending, []
            await self.publish_all(said)

    async def publish_all(self, messages: list[tuple[str, bytes]]) -> None:
        for topic, payload in self.rng.sample(messages, len(messages)):
            await self.client.publish(topic, payload, qos=1)


@asynccontextmanager
async def echo(here: Scene) -> AsyncIterator[Echo]:
    async with aiomqtt.Client("127.0.0.1", here.broker.port, identifier="echo") as client:
        for topic in TOPICS:
            await client.subscribe(topic, qos=1)
        voice = Echo(client, here.rng)
        tasks = [asyncio.create_task(voice.listen()), asyncio.create_task(voice.repeat())]
        try:
            yield voice
        finally:
            await ended(*tasks)


async def flood(here: Scene) -> None:
    """Garbage on both lanes, some of it cut out of real messages."""
    async with aiomqtt.Client("127.0.0.1", here.broker.port, identifier="flood") as client:
        for number in range(GARBAGE):
            payload = b'{"v": 1, "epoch": "' + here.rng.randbytes(here.rng.randrange(0, 200))
            await client.publish(TOPICS[number % 2], payload, qos=1)


async def test_floods_echoes_and_yesterdays_traffic_change_nothing(tmp_path: Path) -> None:
    async with (
        scene(tmp_path, "flood, duplicates, reordering, replay", 801) as here,
        echo(here) as voice,
    ):
        yesterday: list[tuple[str, bytes]] = []

        async def fault() -> None:
            await flood(here)
            await voice.publish_all(yesterday)
            yesterday[:] = voice.heard[-2_000:]

        await here.rounds(rounds(2, long=20), fault, within=60.0, presses=4)


async def test_the_oracle_sees_a_signal_that_somebody_made_up(tmp_path: Path) -> None:
    async with scene(tmp_path, "flood", 802, in_table=False) as here, echo(here) as voice:

        async def fault() -> None:
            await asyncio.sleep(3)
            topic, payload = next(each for each in voice.heard if each[0] == TOPICS[0])
            await voice.publish_all([(topic, payload.replace(b'"epoch":"', b'"epoch":"x'))])
            await asyncio.sleep(1)

        assert (await here.round(fault, within=30.0, presses=2)).flaws
