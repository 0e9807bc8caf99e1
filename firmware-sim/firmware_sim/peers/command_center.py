"""A simulated command center: receives relays over HTTP and MQTT, and logs their arrival."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import msgspec
import structlog
from aiohttp import web
from msgspec import Struct

from contract.signing import ID, BadSignature, receiver_keys, verify
from contract.times import to_micros
from contract.webhook import BadWebhook, Body, NotificationKind, check_audience, decode
from runtime.clock import Clock, utc_now
from runtime.json_answers import json_answer
from runtime.mqtt import BROKER_KEYS, MqttSession
from runtime.mqtt_message import MqttMessage
from runtime.settings import Broker
from runtime.web import PORT_KEY, serve

logger = structlog.get_logger(__name__)

MAX_REMEMBERED = 100_000
"""Number of relays kept in memory; beyond it the oldest is dropped."""

MAX_RELAY = 1_048_576
"""Largest relay in bytes."""

NEEDS_SOMEBODY = frozenset({NotificationKind.CONFIRMED, NotificationKind.UNCONFIRMED})
"""Notifications that the duty officer acknowledges."""

COMMAND_CENTER = "command-center"
"""The receiver at the path ``/relay``, without a name."""

WEBHOOK, MQTT = "webhook", "mqtt"
"""The channels by which relays arrive."""


@dataclass(frozen=True, slots=True)
class Relay:
    """A relay that arrived by *channel* at *address*; *arrived_at* in microseconds since 1970.

    The address is the path of a webhook, ``/relay`` or ``/relay/PERSON``, or a topic.
    """

    arrived_at: int
    body: Body
    channel: str = WEBHOOK
    address: str = "/relay"


class LoggedArrival(Struct, frozen=True, kw_only=True):
    """The fields of a line of the log beside the body."""

    arrived_at: int
    channel: str
    address: str


@dataclass(frozen=True, slots=True)
class DutyOfficer:
    """A duty officer who acknowledges each confirmed incident *after_s* seconds after its relay.

    *alerting* is its URL, for example ``http://127.0.0.1:8080``.
    """

    alerting: str
    after_s: float = 5.0
    by: str = "Trực ban 1"
    token: str | None = None


@dataclass(frozen=True, slots=True)
class RelayTopics:
    """The topics at *broker* that match *filter*, for example ``tocsin/notify/#``.

    *named* is the setting with the address of the broker.
    """

    broker: Broker
    filter: str
    named: str = BROKER_KEYS


@dataclass
class CommandCenter:
    """A command center and its received relays; *status* is its answer, 200 unless set otherwise."""

    log: Path | None = None
    on_relay: Callable[[Relay], None] | None = None
    clock: Clock = utc_now
    status: int = 200
    delay_s: float = 0.0
    #: With any, a relay must be signed with the key of its receiver, which is derived from one of them.
    secrets: tuple[bytes, ...] = ()
    requests: int = 0
    relays: list[Relay] = field(default_factory=list)
    _known: dict[str, None] = field(default_factory=dict)

    async def receive_webhook(self, request: web.Request) -> web.Response:
        """Answer the ``POST`` of a relay."""
        arrived_at = to_micros(self.clock())
        self.requests += 1
        payload = await request.read()
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        if self.status != 200:
            return json_answer({"error": "set to fail"}, status=self.status)
        receiver = request.match_info.get("person", COMMAND_CENTER)
        try:
            if self.secrets:
                now, keys = int(self.clock().timestamp()), receiver_keys(self.secrets, receiver)
                verify(request.headers, payload, keys=keys, now=now)
        except BadSignature as error:
            logger.warning("signature refused", reason=str(error))
            return json_answer({"error": str(error)}, status=401)
        try:
            body = read_webhook(payload, request.headers.get(ID))
            if self.secrets:
                check_audience(body, receiver)
        except BadWebhook as error:
            logger.warning("not a relay", reason=str(error))
            return json_answer({"error": str(error)}, status=400)
        is_new = self._store(Relay(arrived_at, body, WEBHOOK, request.path))
        return json_answer({"delivery": body.delivery, "known": not is_new})

    async def receive_message(self, message: MqttMessage) -> None:
        """Store a relay that arrived over MQTT; log any other message."""
        arrived_at = to_micros(self.clock())
        try:
            body = decode(message.payload)
        except BadWebhook as error:
            logger.warning("not a relay", topic=message.topic, reason=str(error))
            return
        self._store(Relay(arrived_at, body, MQTT, message.topic))

    def events(self) -> list[str]:
        """Return the events of all relays, in the order of their arrival."""
        return [relay.body.event.value for relay in self.relays]

    def _store(self, relay: Relay) -> bool:
        """Store *relay*; return False if it is known."""
        number = f"{relay.address} {relay.body.delivery}"
        if number in self._known:
            return False
        self._known[number] = None
        if len(self._known) > MAX_REMEMBERED:
            del self._known[next(iter(self._known))]
            del self.relays[0]
        self.relays.append(relay)
        if self.log is not None:
            with self.log.open("ab") as file:
                file.write(_line(relay))
        if self.on_relay is not None:
            self.on_relay(relay)
        return True


def read_webhook(payload: bytes, message_id: str | None) -> Body:
    """Return the body POSTed as *payload*; raises BadWebhook."""
    body = decode(payload)
    if message_id != body.delivery:
        raise BadWebhook(f"{ID} is {message_id!r}, the delivery {body.delivery!r}; repeat it")
    return body


def _line(relay: Relay) -> bytes:
    """Return the line of the log: the body, and the arrival."""
    came = LoggedArrival(arrived_at=relay.arrived_at, channel=relay.channel, address=relay.address)
    return msgspec.json.encode(msgspec.to_builtins(came) | msgspec.to_builtins(relay.body)) + b"\n"


@asynccontextmanager
async def open_command_center(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    center: CommandCenter,
    duty: DutyOfficer | None = None,
    port_named: str = PORT_KEY,
) -> AsyncIterator[str]:
    """Serve *center* within the block; yields the URL to which relays are POSTed."""
    async with asyncio.TaskGroup() as tasks:
        officers: set[asyncio.Task[None]] = set()

        def assign(relay: Relay) -> None:
            if duty is not None and relay.body.event in NEEDS_SOMEBODY:
                officer = tasks.create_task(_acknowledge(relay.body.incident, duty))
                officers.add(officer)
                officer.add_done_callback(officers.discard)

        callback, center.on_relay = center.on_relay, lambda relay: _both(callback, assign, relay)
        app = web.Application(client_max_size=MAX_RELAY)
        app.add_routes(
            [
                web.post("/relay", center.receive_webhook),
                web.post("/relay/{person}", center.receive_webhook),
            ]
        )
        async with serve(app, host, port, port_named=port_named) as bound:
            yield f"http://{host}:{bound}/relay"
        for officer in officers:
            officer.cancel()


async def run_command_center(
    host: str = "127.0.0.1",
    port: int = 9114,
    *,
    port_named: str = PORT_KEY,
    on_relay: Callable[[Relay], None] | None = None,
    log: Path | None = None,
    duty: DutyOfficer | None = None,
    clock: Clock = utc_now,
    secrets: tuple[bytes, ...] = (),
    topics: RelayTopics | None = None,
) -> None:
    """Run a command center until cancelled; with *secrets* it believes only what is signed with
    the key of its receiver, derived from one of them.

    *on_relay* is called with each new relay; *log* gets one JSON object a line, the relay with its
    ``arrived_at``, ``channel`` and ``address``; *duty* acknowledges, if there is somebody on duty.
    Where it hears *topics* too, it listens only once it does. *port_named* is what its
    user sets as *port*.
    """
    center = CommandCenter(log=log, on_relay=on_relay, clock=clock, secrets=secrets)
    async with (
        _subscribed(center, topics),
        open_command_center(host, port, center=center, duty=duty, port_named=port_named) as url,
    ):
        logger.info("command center listens", url=url, topics=topics.filter if topics else None)
        await asyncio.Event().wait()


@asynccontextmanager
async def _subscribed(center: CommandCenter, topics: RelayTopics | None) -> AsyncIterator[None]:
    """Have *center* subscribed within the block, and through each reconnection."""
    if topics is None:
        yield
        return
    subscribed = asyncio.Event()

    async def up() -> None:
        subscribed.set()

    session = MqttSession(
        topics.broker,
        client_id=f"tocsin-sim-command-center-{os.getpid()}",
        topics=[topics.filter],
        on_message=center.receive_message,
        on_connected=up,
        settings_keys=topics.named,
    )
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(session.run(), name="command center's session")
        await subscribed.wait()
        yield
        running.cancel()


def _both(first: Callable[[Relay], None] | None, then: Callable[[Relay], None], relay: Relay) -> None:
    if first is not None:
        first(relay)
    then(relay)


async def _acknowledge(incident: str, duty: DutyOfficer) -> None:
    await asyncio.sleep(duty.after_s)
    url = f"{duty.alerting.rstrip('/')}/api/v1/incidents/{incident}/acknowledge"
    headers = {"Authorization": f"Bearer {duty.token}"} if duty.token else {"X-Tocsin-Request": "1"}
    timeout = aiohttp.ClientTimeout(total=5)
    try:
        async with (
            aiohttp.ClientSession(headers=headers, timeout=timeout) as http,
            http.post(url, json={"by": duty.by}, allow_redirects=False) as answer,
        ):
            logger.info("acknowledged", incident=incident, by=duty.by, status=answer.status)
    except (aiohttp.ClientError, TimeoutError) as error:
        logger.warning("not acknowledged", incident=incident, reason=str(error))
