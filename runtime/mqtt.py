"""One MQTT connection that comes back by itself."""

import asyncio
import random
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import aiomqtt
import structlog

from runtime.settings import Broker

log = structlog.get_logger(__name__)

# Reconnecting: quickly at first, because an alarm may wait; never slower than every 5 s.
FIRST_DELAY_S = 0.2
LONGEST_DELAY_S = 5.0

# What aiomqtt may hold for us. Beyond it drops, which costs time and never a message: whatever has
# no receipt is sent again.
INBOUND_LIMIT = 20_000


class Away(Exception):
    """The broker is not connected, or the connection broke; try again when it is back."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it arrived; *retained* if the broker kept it from an earlier time."""

    topic: str
    payload: bytes
    retained: bool


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker says in our name when we vanish."""

    topic: str
    payload: bytes


class Session:
    """Keeps one connection to *broker*, subscribed to *topics*, for as long as ``run`` runs.

    *on_message* is awaited for each message in turn. *on_up* is awaited after each (re)connection,
    once subscribed.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        client_id: str,
        topics: Sequence[str],
        on_message: Callable[[Message], Awaitable[None]],
        on_up: Callable[[], Awaitable[None]] | None = None,
        will: Will | None = None,
    ) -> None:
        self._broker = broker
        self._client_id = client_id
        self._topics = topics
        self._on_message = on_message
        self._on_up = on_up
        self._will = will
        self._client: aiomqtt.Client | None = None
        self.connections = 0

    @property
    def connected(self) -> bool:
        """Whether the broker is connected, as far as this end knows."""
        return self._client is not None

    async def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        """Hand a message to the broker; raises Away if that failed. It proves nothing further."""
        if self._client is None:
            raise Away(f"no connection to {self._where}")
        try:
            await self._client.publish(topic, payload, qos=qos, retain=retain)
        except (aiomqtt.MqttError, TimeoutError) as flaw:
            raise Away(f"{self._where}: {flaw}") from flaw

    async def run(self) -> None:
        """Stay connected until cancelled."""
        delay = FIRST_DELAY_S
        while True:
            before = self.connections
            try:
                await self._connection()
            except (aiomqtt.MqttError, TimeoutError, OSError) as flaw:
                log.warning("broker away", broker=self._where, reason=str(flaw))
            delay = FIRST_DELAY_S if self.connections > before else min(delay * 2, LONGEST_DELAY_S)
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))

    @property
    def _where(self) -> str:
        return f"{self._broker.host}:{self._broker.port}"

    async def _connection(self) -> None:
        async with self._new_client() as client:
            for topic in self._topics:
                await client.subscribe(topic, qos=1)
            self._client = client
            self.connections += 1
            log.info("broker connected", broker=self._where)
            try:
                # Messages are taken while on_up publishes: what it sends may be answered at once.
                async with asyncio.TaskGroup() as tasks:
                    if self._on_up is not None:
                        tasks.create_task(self._greet(self._on_up), name="on_up")
                    tasks.create_task(self._listen(client), name="listen")
            except* aiomqtt.MqttError as flaws:
                raise aiomqtt.MqttError(str(flaws.exceptions[0])) from flaws
            finally:
                self._client = None

    async def _greet(self, on_up: Callable[[], Awaitable[None]]) -> None:
        try:
            await on_up()
        except Away as flaw:
            log.info("connection lost while greeting", broker=self._where, reason=str(flaw))

    async def _listen(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            await self._on_message(
                Message(message.topic.value, bytes(message.payload or b""), bool(message.retain))
            )

    def _new_client(self) -> aiomqtt.Client:
        broker = self._broker
        will = self._will
        return aiomqtt.Client(
            broker.host,
            broker.port,
            username=broker.username,
            password=broker.secret(),
            identifier=self._client_id,
            will=aiomqtt.Will(will.topic, will.payload, qos=1, retain=True) if will else None,
            keepalive=broker.keepalive_s,
            timeout=5.0,
            max_queued_incoming_messages=INBOUND_LIMIT,
            max_concurrent_outgoing_calls=1_000,
            tls_params=aiomqtt.TLSParameters(ca_certs=str(broker.ca_file) if broker.ca_file else None)
            if broker.tls
            else None,
            # An alarm is one small packet: it must not wait for company (Nagle's algorithm).
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )
