"""One MQTT connection that comes back by itself."""

import asyncio
import logging
import random
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

import aiomqtt
import structlog

from runtime.backoff import Backoff
from runtime.repeats import Repeats
from runtime.settings import Broker

log = structlog.get_logger(__name__)

RECONNECTING = Backoff(0.2, 5.0)
"""Seconds: quickly at first, because an alarm may wait."""

# A connection that did not last even so long was ended by something that will end the next one too:
# another process with the same id, or a message that the broker does not take.
LASTING_S = 5.0

# After so many of these in a row, somebody should look.
SHORT_LIVES = 5

# A broker that is there lets us in within milliseconds; one that does not in this time is not.
PATIENCE_S = 5.0

# Bytes a second of the slowest link that is worth keeping: a long message has so much more time.
SLOWEST = 1_000

# What aiomqtt may hold for us. Beyond it drops, which costs time and never a message: whatever has
# no receipt is sent again.
INBOUND_LIMIT = 20_000

# How many of our messages may wait for the broker's word at once; further callers wait their turn.
OUTBOUND_LIMIT = 1_000

REFUSED = 0x80
"""A broker's answer to a subscription that it does not grant (MQTT 3.1.1, 3.9.3)."""


class Away(Exception):
    """The broker is not connected, or the connection broke; try again when it is back."""


BROKER_KEYS = "broker.host, broker.port"
"""The keys of the settings that say where the broker is."""


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


def _times_asked_to_stop() -> int:
    """How often the cancellation of the current task has been asked for."""
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()


def _remedy(error: Exception, named: str) -> str:
    """What to do about a broker that is away because of *error*; *named* is what says where it is."""
    text = str(error).lower()
    if "not authorized" in text or "bad user name" in text:
        return "check broker.username and its password, and the broker's rules"
    if "certificate" in text or "ssl" in text or "tls" in text:
        return "check broker.tls and broker.ca_file, and the name in the broker's certificate"
    if "name or service" in text or "name resolution" in text or "no address" in text:
        return "broker.host is no name that is known here"
    return f"is the broker running, and is it at what {named} says? It is tried again"


async def _until_one_fails(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Run *tasks* until one fails, which is raised, or all are done; a task group would swallow a
    cancellation that comes while it gives up (before Python 3.13).
    """
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in done:
        task.result()


class _Inbox(asyncio.Queue[aiomqtt.Message]):
    """What has arrived and waits to be taken; when it is full, *on_drop* is told of each loss."""

    def __init__(self, on_drop: Callable[[], None], maxsize: int) -> None:
        super().__init__(maxsize)
        self._on_drop = on_drop

    def put_nowait(self, item: aiomqtt.Message) -> None:
        if self.full():
            self._on_drop()
        super().put_nowait(item)


class Session:
    """Keeps one connection to *broker*, subscribed to *topics*, for as long as ``run`` runs.

    *on_message* is awaited for each message in turn. *on_up* is awaited after each (re)connection,
    once subscribed. *connections* counts these, *dropped* the messages for which there was no room.
    *named* is what its user sets to say where the broker is.
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
        named: str = BROKER_KEYS,
    ) -> None:
        self._broker = broker
        self._named = named
        self._client_id = client_id
        self._topics = topics
        self._further: list[str] = []
        self._on_message = on_message
        self._on_up = on_up
        self._will = will
        self._client: aiomqtt.Client | None = None
        self._lost: asyncio.Future[None]
        self._mute = asyncio.Event()  # the broker owes an answer for too long
        self._heard_at = 0.0
        self._short_lives = 0
        self._repeats = Repeats()
        self._stopping = False
        self.connections = 0
        self.dropped = 0

    @property
    def connected(self) -> bool:
        """Whether the broker is connected, as far as this end knows."""
        return self._client is not None

    async def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        """Hand a message to the broker; raises Away if that failed. It proves nothing further."""
        if self._client is None:
            raise Away(f"no connection to {self._where}")
        began = asyncio.get_running_loop().time()
        patience = self._broker.answer_s + len(payload) / SLOWEST
        sending = asyncio.ensure_future(
            self._client.publish(topic, payload, qos=qos, retain=retain, timeout=patience)
        )
        try:
            # aiomqtt would wait out its patience for an answer on a connection that broke.
            await asyncio.wait((sending, self._lost), return_when=asyncio.FIRST_COMPLETED)
            if not sending.done():
                raise Away(f"{self._where}: the connection broke")
            sending.result()
        except (aiomqtt.MqttError, TimeoutError) as error:
            self._doubt(began, patience)
            raise Away(f"{self._where}: {error}") from error
        finally:
            sending.cancel()
        if qos:
            self._heard()

    async def subscribe(self, topics: Iterable[str]) -> None:
        """Subscribe to *topics* besides those of the beginning, now and after each reconnection."""
        for topic in sorted(set(topics).difference(self._topics, self._further)):
            self._further.append(topic)
            if self._client is None:
                continue
            try:
                await self._subscribe_further(self._client, topic)
            except (aiomqtt.MqttError, TimeoutError) as error:
                log.info("subscription failed; it is made anew", topic=topic, reason=str(error))

    async def run(self) -> None:
        """Stay connected until cancelled."""
        self._stopping = False
        loop = asyncio.get_running_loop()
        failures = 0
        asked_before = _times_asked_to_stop()
        while not self._stopping:
            before, began = self.connections, loop.time()
            try:
                await self._connection()
            except (aiomqtt.MqttError, TimeoutError, OSError) as error:
                if self.connections > before and loop.time() - began >= LASTING_S:
                    self._repeats.end()
                self._log_away(str(error), remedy=_remedy(error, self._named))
            if _times_asked_to_stop() > asked_before:
                # Leaving the client may swallow it, as asyncio.wait_for does before Python 3.12.
                raise asyncio.CancelledError
            lasted = self.connections > before and loop.time() - began >= LASTING_S
            failures = 1 if lasted else failures + 1
            self._note_short_life(was_connected=self.connections > before, lasted=lasted)
            await asyncio.sleep(RECONNECTING.spread_delay(failures, random.random()))

    def _log_away(self, reason: str, *, remedy: str) -> None:
        due = self._repeats.is_due(reason, asyncio.get_running_loop().time())
        level = logging.WARNING if due else logging.DEBUG
        log.log(level, "broker away", broker=self._where, reason=reason, remedy=remedy)

    def _note_short_life(self, *, was_connected: bool, lasted: bool) -> None:
        self._short_lives = self._short_lives + 1 if was_connected and not lasted else 0
        if self._short_lives >= SHORT_LIVES:
            self._short_lives = 0
            log.error(
                "the broker ends every connection within seconds; does another program use this client "
                "id, or is a message longer than the broker takes?",
                broker=self._where,
                client_id=self._client_id,
            )

    def _heard(self) -> None:
        self._heard_at = asyncio.get_running_loop().time()

    def _doubt(self, began: float, patience: float) -> None:
        """What was handed over when it *began* has no answer: the end, if nothing else came since."""
        waited = asyncio.get_running_loop().time() - began
        if waited >= patience and self._heard_at <= began:
            self._mute.set()

    @property
    def _where(self) -> str:
        return f"{self._broker.host}:{self._broker.port}"

    async def _connection(self) -> None:
        self._lost = asyncio.get_running_loop().create_future()
        self._mute.clear()
        asked_before = _times_asked_to_stop()
        async with self._new_client() as client:
            try:
                await self._subscribe(client)
                if _times_asked_to_stop() > asked_before:
                    # aiomqtt waits with asyncio.wait_for, which before Python 3.12 swallows a
                    # cancellation that comes at the moment of the answer.
                    raise asyncio.CancelledError
                await self._converse(client)
            except asyncio.CancelledError:
                # Leaving the client may fail as well, and would hide that we were told to stop.
                self._stopping = True
                raise
            finally:
                self._client = None
                self._lost.set_result(None)

    async def _subscribe(self, client: aiomqtt.Client) -> None:
        for topic in self._topics:
            granted = await client.subscribe(topic, qos=1)
            if any((code if isinstance(code, int) else code.value) >= REFUSED for code in granted):
                raise aiomqtt.MqttError(
                    f"the broker refuses the subscription to {topic}; check its rules"
                )

        for topic in self._further:
            await self._subscribe_further(client, topic)

    async def _subscribe_further(self, client: aiomqtt.Client, topic: str) -> None:
        """Subscribe to a topic without which the rest goes on."""
        granted = await client.subscribe(topic, qos=1)
        if any((code if isinstance(code, int) else code.value) >= REFUSED for code in granted):
            log.error("the broker refuses a subscription; check its rules", topic=topic)

    async def _converse(self, client: aiomqtt.Client) -> None:
        self._client = client
        self.connections += 1
        log.info("broker connected", broker=self._where)
        # Messages are taken while on_up publishes: what it sends may be answered at once.
        parts = [self._listen(client), self._end_when_mute()]
        if self._on_up is not None:
            parts.append(self._unless_away(self._on_up()))
        await _until_one_fails([asyncio.create_task(part) for part in parts])

    async def _listen(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            self._heard()
            arrived = Message(message.topic.value, bytes(message.payload or b""), bool(message.retain))
            await self._unless_away(self._on_message(arrived))

    async def _end_when_mute(self) -> None:
        """A half-open connection: our end sends, and no end knows that nothing arrives."""
        await self._mute.wait()
        raise aiomqtt.MqttError("no answer for too long; the connection is made anew")

    async def _unless_away(self, work: Awaitable[None]) -> None:
        """Do *work*, which may want to publish; what it cannot publish now is sent again later."""
        try:
            await work
        except Away as error:
            log.info("connection lost before an answer", broker=self._where, reason=str(error))

    def _count_drop(self) -> None:
        self.dropped += 1

    def _new_client(self) -> aiomqtt.Client:
        broker = self._broker
        will = self._will
        client = aiomqtt.Client(
            broker.host,
            broker.port,
            username=broker.username,
            password=broker.secret(),
            identifier=self._client_id,
            will=aiomqtt.Will(will.topic, will.payload, qos=1, retain=True) if will else None,
            keepalive=broker.keepalive_s,
            timeout=PATIENCE_S,
            max_queued_incoming_messages=INBOUND_LIMIT,
            queue_type=cast("type[asyncio.Queue[aiomqtt.Message]]", partial(_Inbox, self._count_drop)),
            max_concurrent_outgoing_calls=OUTBOUND_LIMIT,
            tls_params=aiomqtt.TLSParameters(ca_certs=str(broker.ca_file) if broker.ca_file else None)
            if broker.tls
            else None,
            socket_options=self._socket_options(),
        )
        client.pending_calls_threshold = OUTBOUND_LIMIT  # below it, aiomqtt's warnings are noise
        return client

    def _socket_options(self) -> list[tuple[int, int, int]]:
        # An alarm is one small packet: it must not wait for company (Nagle's algorithm).
        options = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            # What the other end's kernel does not acknowledge for so long (in ms), nobody receives.
            patience_ms = round(self._broker.answer_s * 1_000)
            options.append((socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, patience_ms))
        return options
