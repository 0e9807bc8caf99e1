"""Detectors with MQTT of their own, in Tocsin's dialect or as a bridge tells of them."""

import asyncio
import secrets
from collections.abc import Iterable

import structlog

from contract.detectors import ZigbeeState, encode_sample
from contract.sentences import Sentence
from contract.times import to_micros
from firmware_sim.domain.bridges import Published, bridge_of
from firmware_sim.domain.detectors import Availability, Says
from firmware_sim.truth import Ledger
from firmware_sim.wiring import Source
from runtime.clock import Clock
from runtime.mqtt import Away, Message, Session

log = structlog.get_logger(__name__)

ROOM = 1_000
"""Messages that may wait for the broker; more are dropped and counted."""

AT_ONCE = 32
"""Messages that may be without the broker's word at the same time; they leave in order."""


class MqttSource:
    """All detectors of one source, over one connection."""

    def __init__(self, source: Source, addresses: list[str], *, clock: Clock, ledger: Ledger) -> None:
        self._source = source
        self._bridge = bridge_of(source.dialect)
        self._clock = clock
        self._ledger = ledger
        self._waiting: asyncio.Queue[tuple[str, Says]] = asyncio.Queue(ROOM)
        self._online = dict.fromkeys(addresses, True)
        self._connected = asyncio.Event()
        self._session = Session(
            source.broker,
            client_id=f"tocsin-sim-{source.name}-{secrets.token_hex(3)}",
            topics=(),
            on_message=_ignore,
            on_up=self._greet,
        )

    @property
    def url(self) -> str:
        """Where a gateway finds these detectors."""
        broker = self._source.broker
        return f"mqtt://{broker.host}:{broker.port}/{self._source.root}"

    def offer(self, address: str, says: Says) -> None:
        """Take what a detector says; drop it if too much waits already."""
        try:
            self._waiting.put_nowait((address, says))
        except asyncio.QueueFull:
            self._ledger.drop()

    async def ready(self) -> None:
        """Wait until the broker is connected."""
        await self._connected.wait()

    async def run(self) -> None:
        """Stay connected and publish until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._session.run(), name=f"{self._source.name} session")
            for number in range(AT_ONCE):
                name = f"{self._source.name} publish {number}"
                tasks.create_task(self._publish_waiting(), name=name)

    async def finish(self, patience_s: float) -> None:
        """Return when all that was taken is published or dropped, or after *patience_s*."""
        try:
            async with asyncio.timeout(patience_s):
                await self._waiting.join()
        except TimeoutError:
            return

    async def _publish_waiting(self) -> None:
        while True:
            address, says = await self._waiting.get()
            try:
                await self._publish(address, says)
            except Away as error:
                self._ledger.drop()
                log.info("detector not heard", address=address, reason=str(error))
            finally:
                self._waiting.task_done()

    async def _publish(self, address: str, says: Says) -> None:
        topic = f"{self._source.root}/{address}"
        at = to_micros(self._clock())
        match says:
            case Sentence():
                await self._session.publish(topic, encode_sample(says))
                self._ledger.put(at, says)
            case ZigbeeState():
                if self._bridge is not None:
                    await self._hand_over(
                        self._bridge.state(self._source.root, address, says, at // 1_000)
                    )
                self._note_state(at, address, says)
            case Availability(online=online):
                self._online[address] = online
                await self._tell_availability(address)

    def _note_state(self, at: int, address: str, state: ZigbeeState) -> None:
        """Note the values of *state* that a gateway makes readings of."""
        values = {"alarm": None if state.smoke is None else float(state.smoke), "battery": state.battery}
        for quantity, value in values.items():
            if value is not None:
                self._ledger.put_value(at, address, quantity, value)

    async def _greet(self) -> None:
        self._connected.set()
        if self._bridge is not None:
            for address in self._online:
                await self._hand_over(self._bridge.greeting(self._source.root, address))
                await self._tell_availability(address)

    async def _tell_availability(self, address: str) -> None:
        word = "online" if self._online[address] else "offline"
        if self._bridge is not None:
            await self._hand_over(self._bridge.availability(self._source.root, address, word))

    async def _hand_over(self, messages: Iterable[Published]) -> None:
        for each in messages:
            await self._session.publish(each.topic, each.payload, retain=each.retain)


async def _ignore(_: Message) -> None:
    """Detectors do not listen."""
