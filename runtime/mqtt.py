"""One MQTT session: it stays connected and subscribed, and reconnects by itself."""

import asyncio
import logging
import math
import random
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import cast

import aiomqtt
import structlog

from runtime.backoff import Backoff
from runtime.broker_address import BrokerAddress
from runtime.broker_client import BrokerClient
from runtime.host_names import HostNames
from runtime.mqtt_message import MqttMessage
from runtime.repeats import Repeats

log = structlog.get_logger(__name__)

RECONNECTING = Backoff(0.2, 5.0)
"""Seconds: quickly at first, because an alarm may wait."""

# A connection that did not last so long was ended by something that will end the next one too:
# another process with the same client id, or a message that the broker does not take.
LASTING_S = 5.0

# Failures in a row, by which the delay grows, of a broker that accepts connections: below a second.
MOST_FAILURES_ACCEPTED = 3

# After so many of these in a row, an operator should look.
SHORT_LIVES = 5

# A broker that is there accepts a connection within milliseconds.
CONNECT_TIMEOUT_S = 5.0

# Bytes a second of the slowest usable link: a long message has so much more time for its answer.
SLOWEST_LINK = 1_000

# Messages that aiomqtt may hold for us. Beyond it drops, which costs time and never a message: the
# sender of one without a receipt sends it again.
INBOUND_LIMIT = 20_000

# Messages of ours that may wait for an answer of the broker at once; further callers wait their turn.
OUTBOUND_LIMIT = 1_000

LISTEN_S = 0.02
"""Seconds for which messages that came together are handed over, before others have their turn. It is
far more than those of one turn of the event loop take: else they would gather here, first come, first
served, in front of whoever sorts them."""


class MqttVersion(Enum):
    """The version of the protocol; only the later one says why a connection is ended."""

    V3_1_1 = aiomqtt.ProtocolVersion.V311
    V5 = aiomqtt.ProtocolVersion.V5


REFUSED = 0x80
"""The answer of a broker to a subscription that it does not grant (MQTT 3.1.1, 3.9.3)."""


class _ConnectAnew(aiomqtt.MqttError):
    """The connection is ended in order, to be made anew at once."""


class BrokerAway(Exception):
    """The broker is not connected, or the connection broke; try again when it is back."""


BROKER_KEYS = "broker.host, broker.port"
"""The settings that name the address of the broker."""


@dataclass(frozen=True, slots=True)
class Will:
    """The message that the broker publishes in our name when the connection is lost."""

    topic: str
    payload: bytes


def _tls_parameters(broker: BrokerAddress) -> aiomqtt.TLSParameters | None:
    """Return the files of an encrypted connection, which are read with each connection anew."""
    if not broker.tls:
        return None
    files = broker.ca_file, broker.certificate_file, broker.key_file
    authority, certificate, key = (str(each) if each else None for each in files)
    return aiomqtt.TLSParameters(ca_certs=authority, certfile=certificate, keyfile=key)


def _times_asked_to_stop() -> int:
    """Return how often the cancellation of the current task has been requested."""
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()


def _remedy(error: Exception, settings_keys: str) -> str:
    """Return the remedy for *error*; *settings_keys* name the address of the broker."""
    text = str(error).lower()
    if "not authorized" in text or "bad user name" in text:
        return "check broker.username and its password, and the broker's rules"
    if "certificate" in text or "ssl" in text or "tls" in text:
        return "check broker.tls and broker.ca_file, and the name in the broker's certificate"
    if "name or service" in text or "name resolution" in text or "no address" in text:
        return "broker.host cannot be resolved; correct the name, or the DNS of this machine"
    return f"start the broker, or correct {settings_keys}; retrying"


async def _until_one_fails(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Run *tasks* until one fails, and raise its error, or until all are done.

    A task group would swallow a cancellation that comes while it gives up (before Python 3.13).
    """
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in done:
        task.result()


class _Inbox(asyncio.Queue[MqttMessage]):
    """The messages that arrived and wait; when it is full, *on_drop* is called for each loss."""

    def __init__(self, on_drop: Callable[[], None], maxsize: int) -> None:
        super().__init__(maxsize)
        self._on_drop = on_drop
        self.news = asyncio.Event()  # a message came, or the connection ended

    def put_nowait(self, item: MqttMessage) -> None:
        if self.full():
            self._on_drop()  # and no error: aiomqtt would log each one
            return
        super().put_nowait(item)
        self.news.set()


class MqttSession:
    """Keeps one connection to *broker*, subscribed to *topics*, for as long as ``run`` runs.

    *on_message* is awaited for each message in turn, *on_connected* after each (re)connection, once
    subscribed. *connections* counts these, *dropped* the messages for which there was no room.
    *settings_keys* are the settings that name the address of the broker, for the remedy in the log.
    *names* finds its address; its own if None.

    *taken_over* counts the connections that another client with the same id ended, as a session of
    *version* 5 is told, and those that the broker accepted and ended within seconds: that word may be
    lost. A broker that does not speak version 5 is spoken to in 3.1.1. After a connection that
    did not last, the messages of *urgent* go out right behind the request to connect: whoever takes the
    next connection over as well comes too late for them.
    """

    def __init__(
        self,
        broker: BrokerAddress,
        *,
        client_id: str,
        topics: Sequence[str],
        on_message: Callable[[MqttMessage], Awaitable[None]],
        on_connected: Callable[[], Awaitable[None]] | None = None,
        will: Will | None = None,
        settings_keys: str = BROKER_KEYS,
        names: HostNames | None = None,
        version: MqttVersion = MqttVersion.V3_1_1,
        urgent: Callable[[], Iterable[tuple[str, bytes]]] = tuple,
    ) -> None:
        self._broker = broker
        self._version = version
        self._knows_both = version is MqttVersion.V5
        self._is_version_known = False
        self._urgent = urgent
        self._was_cut_short = False
        self._was_accepted = False
        self._was_taken_over = False
        self._names = HostNames() if names is None else names
        self._settings_keys = settings_keys
        self._client_id = client_id
        self._topics = topics
        self._further: list[str] = []
        self._on_message = on_message
        self._on_connected = on_connected
        self._will = will
        self._client: BrokerClient | None = None
        self._lost: asyncio.Future[None]
        self._inbox: _Inbox
        self._unanswered = asyncio.Event()  # the broker owes an answer for too long
        self._anew = asyncio.Event()  # the connection shall be made anew
        self._heard_at = 0.0
        self._short_lives = 0
        self._repeats = Repeats()
        self._stopping = False
        self.connections = 0
        self.dropped = 0
        self.taken_over = 0

    @property
    def connected(self) -> bool:
        """Whether the broker is connected, as far as this end knows."""
        return self._client is not None

    async def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        """Publish a message; raises BrokerAway if that failed.

        Success proves that the broker has the message, and nothing more.
        """
        if self._client is None:
            raise BrokerAway(f"no connection to {self._where}")
        began = asyncio.get_running_loop().time()
        timeout_s = self._broker.answer_s + len(payload) / SLOWEST_LINK
        # aiomqtt would make a task more for its own timeout, and wait it out on a broken connection.
        sending = asyncio.ensure_future(
            self._client.publish(topic, payload, qos=qos, retain=retain, timeout=math.inf)
        )
        try:
            await asyncio.wait(
                (sending, self._lost), timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED
            )
            if sending.done():
                sending.result()
            elif self._lost.done():
                raise BrokerAway(f"{self._where}: the connection broke")
            else:
                self._note_unanswered(began)
                raise BrokerAway(f"{self._where}: no answer within {timeout_s:.1f} s")
        except aiomqtt.MqttError as error:
            raise BrokerAway(f"{self._where}: {error}") from error
        finally:
            sending.cancel()
        if qos:
            self._note_heard()

    async def subscribe(self, topics: Iterable[str]) -> None:
        """Subscribe to further *topics*, now and after each reconnection."""
        for topic in sorted(set(topics).difference(self._topics, self._further)):
            self._further.append(topic)
            if self._client is None:
                continue
            try:
                await self._subscribe_further(self._client, topic)
            except (aiomqtt.MqttError, TimeoutError) as error:
                log.info("subscription failed; retrying later", topic=topic, reason=str(error))

    def reconnect(self) -> None:
        """End the connection in order and make it anew at once, with the files of TLS as they are now.

        No will is published, and what waited for an answer fails as with any loss of the connection.
        """
        if self._client is not None:
            self._anew.set()

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
            except _ConnectAnew:
                log.info("broker connection made anew", broker=self._where)
                failures = 0
                continue
            except (aiomqtt.MqttError, TimeoutError, OSError) as error:
                if self.connections > before and loop.time() - began >= LASTING_S:
                    self._repeats.end()
                self._log_away(str(error), remedy=_remedy(error, self._settings_keys))
                self._is_version_known |= self.connections > before
                self._use_version_of_broker(error)
            if _times_asked_to_stop() > asked_before:
                # Leaving the client may swallow it, as asyncio.wait_for does before Python 3.12.
                raise asyncio.CancelledError
            lasted = self.connections > before and loop.time() - began >= LASTING_S
            self._was_cut_short = not lasted
            was_accepted, self._was_accepted = self._was_accepted, False
            was_taken_over, self._was_taken_over = self._was_taken_over, False
            self.taken_over += was_taken_over or (was_accepted and not lasted)
            failures = 1 if lasted else failures + 1
            if was_accepted:  # it is there, and an alarm may wait
                failures = min(failures, MOST_FAILURES_ACCEPTED)
            self._note_short_life(was_connected=self.connections > before, lasted=lasted)
            await asyncio.sleep(RECONNECTING.spread_delay(failures, random.random()))

    def _use_version_of_broker(self, error: Exception) -> None:
        """Speak the other version next time, unless the broker accepted one or was not reached.

        A broker of MQTT 3.1.1 may refuse version 5, end the connection, or never answer.
        """
        cause = error.__cause__
        is_unreached = isinstance(cause, OSError) and not isinstance(cause, TimeoutError)
        if self._knows_both and not self._is_version_known and not is_unreached:
            is_later = self._version is MqttVersion.V5
            self._version = MqttVersion.V3_1_1 if is_later else MqttVersion.V5

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

    def _note_heard(self) -> None:
        self._heard_at = asyncio.get_running_loop().time()

    def _note_unanswered(self, began: float) -> None:
        """End the connection if nothing came since *began*, when a message went that has no answer."""
        if self._heard_at <= began:
            self._unanswered.set()

    @property
    def _where(self) -> str:
        return f"{self._broker.host}:{self._broker.port}"

    async def _connection(self) -> None:
        self._lost = asyncio.get_running_loop().create_future()
        self._unanswered.clear()
        self._anew.clear()
        asked_before = _times_asked_to_stop()
        async with self._new_client() as client:
            try:
                self._was_accepted = True
                await self._subscribe(client)
                if _times_asked_to_stop() > asked_before:
                    # aiomqtt waits with asyncio.wait_for, which before Python 3.12 swallows a
                    # cancellation that comes at the moment of the answer.
                    raise asyncio.CancelledError
                await self._converse(client)
            except asyncio.CancelledError:
                # Leaving the client may fail as well, and would hide the cancellation.
                self._stopping = True
                raise
            finally:
                self._client = None
                self._was_taken_over = client.was_taken_over
                self._lost.set_result(None)

    async def _subscribe(self, client: BrokerClient) -> None:
        for topic in self._topics:
            granted = await client.answer(client.subscribe(topic, qos=1))
            if any((code if isinstance(code, int) else code.value) >= REFUSED for code in granted):
                self._was_accepted = False  # not for this, which will last
                raise aiomqtt.MqttError(
                    f"the broker refuses the subscription to {topic}; check its rules"
                )

        for topic in self._further:
            await self._subscribe_further(client, topic)

    async def _subscribe_further(self, client: BrokerClient, topic: str) -> None:
        """Subscribe to a topic; log it if the broker refuses."""
        granted = await client.answer(client.subscribe(topic, qos=1))
        if any((code if isinstance(code, int) else code.value) >= REFUSED for code in granted):
            log.error("broker refuses a subscription; check its rules", topic=topic)

    async def _converse(self, client: BrokerClient) -> None:
        self._client = client
        self.connections += 1
        log.info("broker connected", broker=self._where)
        # Messages are taken while on_connected publishes: what it sends may be answered at once.
        parts = [self._listen(client), self._end_when_unanswered(), self._end_when_asked()]
        if self._on_connected is not None:
            parts.append(self._unless_away(self._on_connected()))
        await _until_one_fails([asyncio.create_task(part) for part in parts])

    async def _listen(self, client: BrokerClient) -> None:
        """Hand over each message, and at once what came with it, until the connection ends.

        All that came before the end is handed over: it is acknowledged already. aiomqtt's own iterator
        makes two tasks for each message.
        """
        news = self._inbox.news
        client.call_when_disconnected(news.set)
        while True:
            await news.wait()
            await self._hand_over_some()
            if not self._inbox.empty():
                await asyncio.sleep(0)
                continue
            news.clear()
            client.raise_if_disconnected()

    async def _hand_over_some(self) -> None:
        """Hand over what waits, for a few milliseconds: others have their turn then."""
        loop = asyncio.get_running_loop()
        until = loop.time() + LISTEN_S
        while not self._inbox.empty():
            await self._hand_over(self._inbox.get_nowait())
            if loop.time() >= until:
                return

    async def _hand_over(self, message: MqttMessage) -> None:
        self._note_heard()
        await self._unless_away(self._on_message(message))

    async def _end_when_unanswered(self) -> None:
        """End a half-open connection, on which both ends send and nothing arrives."""
        await self._unanswered.wait()
        raise aiomqtt.MqttError("no answer for too long; reconnecting")

    async def _end_when_asked(self) -> None:
        await self._anew.wait()
        raise _ConnectAnew("reconnecting")

    async def _unless_away(self, work: Awaitable[None]) -> None:
        """Do *work*, which may publish; what it cannot publish now is sent again later."""
        try:
            await work
        except BrokerAway as error:
            log.info("connection lost before an answer", broker=self._where, reason=str(error))

    def _new_inbox(self, maxsize: int) -> _Inbox:
        self._inbox = _Inbox(self._count_drop, maxsize)
        return self._inbox

    def _count_drop(self) -> None:
        self.dropped += 1

    def _new_client(self) -> BrokerClient:
        broker = self._broker
        will = self._will
        client = BrokerClient(
            broker.host,
            broker.port,
            names=self._names,
            early=self._urgent if self._was_cut_short else tuple,
            username=broker.username,
            password=broker.secret(),
            identifier=self._client_id,
            protocol=self._version.value,
            **({"clean_start": True} if self._version is MqttVersion.V5 else {}),
            will=aiomqtt.Will(will.topic, will.payload, qos=1, retain=True) if will else None,
            keepalive=broker.keepalive_s,
            timeout=CONNECT_TIMEOUT_S,
            max_queued_incoming_messages=INBOUND_LIMIT,
            # The client puts each message there as Tocsin's own.
            queue_type=cast("type[asyncio.Queue[aiomqtt.Message]]", self._new_inbox),
            max_concurrent_outgoing_calls=OUTBOUND_LIMIT,
            tls_params=_tls_parameters(broker),
            socket_options=self._socket_options(),
        )
        client.pending_calls_threshold = OUTBOUND_LIMIT  # below it, aiomqtt's warnings are noise
        return client

    def _socket_options(self) -> list[tuple[int, int, int]]:
        # An alarm is one small packet: it must not wait for company (Nagle's algorithm).
        options = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            # Milliseconds; data that the other kernel does not acknowledge for so long is not received.
            timeout_ms = round(self._broker.answer_s * 1_000)
            options.append((socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, timeout_ms))
        return options
