"""One session with the broker for the gateways of all accounts: signals up, receipts down."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import structlog

from contract.inventory import inventory_of
from contract.messages import (
    VERSION,
    BadMessage,
    Heartbeat,
    LaneState,
    Presence,
    decode_incident,
    decode_inventory_request,
    decode_receipt,
    encode,
)
from contract.topics import Leaf, Topic
from gateway.adapters.uplink.lane_sender import LaneSender, PublishMessage
from gateway.domain.model.moment import Moment
from receiver.adapters.account_gateway import AccountGateway
from runtime.host_names import HostNames
from runtime.mqtt import BrokerAway, MqttSession, Will
from runtime.mqtt_message import MqttMessage
from runtime.settings import Broker

log = structlog.get_logger(__name__)

_DOWN = (Leaf.RECEIPT_ALARM, Leaf.INCIDENT, Leaf.INVENTORY_REQUEST)
_DOWN_MEASURING = (Leaf.RECEIPT_TELEMETRY,)

_READINGS_AT_ONCE = 4
"""Messages with readings without the broker's word, of all gateways: no queue before an alarm."""

_CLOSED = "closed"
_LOOKED_AT_EVERY_S = 0.1
_FAREWELL_S = 2.0


class SharedUplink:
    """Publishes for every gateway of the receiver; *own* names its own one, which has the will."""

    def __init__(
        self,
        broker: Broker,
        *,
        client_id: str,
        own: tuple[str, str],
        gateways: Iterable[str],
        measuring: Iterable[str],
        now: Callable[[], Moment],
        reset_s: float,
        names: HostNames,
    ) -> None:
        self._root = broker.root
        self._now = now
        self._reset_s = reset_s
        self._run = secrets.token_hex(8)
        self._number = 0
        self._is_up = False
        self._senders: Mapping[str, LaneSender] = {}
        self._reading_senders: Mapping[str, LaneSender] = {}
        self._readings_turn = asyncio.Semaphore(_READINGS_AT_ONCE)
        self._accounts: Mapping[str, AccountGateway] = {}
        self._published: dict[str, str] = {}  # the digest of the inventory that the broker took
        served = [
            *((each, _DOWN) for each in gateways),
            *((each, _DOWN_MEASURING) for each in measuring),
        ]
        self._of_topic = {
            self._topic(name, leaf): (name, leaf) for name, leaves in served for leaf in leaves
        }
        self.session = MqttSession(
            broker,
            client_id=client_id,
            topics=list(self._of_topic),
            on_message=self._on_message,
            on_connected=self._on_connected,
            will=Will(self._topic("/".join(own), Leaf.PRESENCE), self._presence(online=False)),
            names=names,
        )

    def serve(
        self,
        senders: Mapping[str, LaneSender],
        accounts: Mapping[str, AccountGateway],
        *,
        readings: Mapping[str, LaneSender],
    ) -> None:
        """Take the lanes and accounts that messages are for, by the names of their gateways."""
        self._senders, self._accounts, self._reading_senders = senders, accounts, readings

    def publisher(self, name: str) -> PublishMessage:
        """Return what publishes the alarm messages of the gateway *name*."""
        topic = self._topic(name, Leaf.ALARM)

        async def publish(body: bytes, *, again: bool) -> None:
            await self.session.publish(topic, body)

        return publish

    def reading_publisher(self, name: str) -> PublishMessage:
        """Return what publishes the telemetry messages of the gateway *name*, a few of all at a time."""
        topic = self._topic(name, Leaf.TELEMETRY)

        async def publish(body: bytes, *, again: bool) -> None:
            async with self._readings_turn:
                await self.session.publish(topic, body)

        return publish

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Stay connected within the block, and say goodbye for every gateway at its end."""
        async with asyncio.TaskGroup() as tasks:
            own = [
                tasks.create_task(self.session.run(), name="broker"),
                tasks.create_task(self._watch_connection(), name="lanes connected"),
                *(tasks.create_task(each.run(), name="lane") for each in self._lanes()),
            ]
            try:
                yield
            finally:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_FAREWELL_S):
                        await self._publish_presences(online=False)
                for task in own:
                    task.cancel()

    async def publish_heartbeats(self, every_s: float) -> None:
        """Publish a heartbeat of each account every *every_s*, spread over it, until cancelled."""
        while True:
            self._number += 1
            began = self._now().t
            for at, (name, account) in enumerate(self._accounts.items()):
                due = began + every_s * at / len(self._accounts)
                await asyncio.sleep(max(0.0, due - self._now().t))
                await self._publish_heartbeat(name, account)
            await asyncio.sleep(max(0.0, began + every_s - self._now().t))

    async def _publish_heartbeat(self, name: str, account: AccountGateway) -> None:
        now = self._now()
        transmitter = account.transmitter
        inventory = inventory_of(transmitter.inventory_entries(), now.at)
        alarm = account.sender.state()
        readings = self._reading_senders.get(name)
        heartbeat = Heartbeat(
            v=VERSION,
            at=now.at,
            alarm=alarm,
            telemetry=LaneState(epoch=alarm.epoch, depth=0, oldest_age_s=0.0, last_seq=0)
            if readings is None
            else readings.state(),
            run=self._run,
            number=self._number,
            taken_over=self.session.taken_over,
            lines={transmitter.watch.name: transmitter.watch.state.value},
            points=transmitter.site.count_by_state(),
            inventory_digest=inventory.digest,
        )
        with suppress(BrokerAway):
            await self.session.publish(self._topic(name, Leaf.HEARTBEAT), encode(heartbeat), qos=0)
            if self._published.get(name) != inventory.digest:
                await self.session.publish(self._topic(name, Leaf.INVENTORY), encode(inventory))
                self._published[name] = inventory.digest

    async def _watch_connection(self) -> None:
        """Have the lanes wait while the broker is away."""
        while True:
            if self._is_up and not self.session.connected:
                self._set_connected(up=False)
            await asyncio.sleep(_LOOKED_AT_EVERY_S)

    async def _on_connected(self) -> None:
        self._published.clear()
        self._set_connected(up=True)
        await self._publish_presences(online=True)

    def _set_connected(self, *, up: bool) -> None:
        self._is_up = up
        for each in self._lanes():
            each.set_connected(up=up)

    async def _publish_presences(self, *, online: bool) -> None:
        for name in self._accounts:
            try:
                body = self._presence(online=online)
                await self.session.publish(self._topic(name, Leaf.PRESENCE), body, retain=True)
            except BrokerAway as error:
                log.debug("presence not published", reason=str(error))
                return

    async def _on_message(self, message: MqttMessage) -> None:
        name, leaf = self._of_topic.get(message.topic, ("", None))
        try:
            self._route(name, leaf, message.payload)
        except BadMessage as error:
            log.warning("message of the center refused", topic=message.topic, detail=str(error))

    def _route(self, name: str, leaf: Leaf | None, payload: bytes) -> None:
        if leaf in {Leaf.RECEIPT_ALARM, Leaf.RECEIPT_TELEMETRY}:
            of_alarm = leaf is Leaf.RECEIPT_ALARM
            sender = (self._senders if of_alarm else self._reading_senders).get(name)
            if sender is not None and not sender.apply_receipt(decode_receipt(payload)):
                log.warning("receipt of another epoch ignored", gateway=name)
        elif leaf is Leaf.INVENTORY_REQUEST:
            decode_inventory_request(payload)
            self._published.pop(name, None)
        elif leaf is Leaf.INCIDENT:
            notice = decode_incident(payload)
            log.info("incident notice", gateway=name, incident=notice.incident, phase=notice.phase)
            account = self._accounts.get(name)
            if notice.phase == _CLOSED and account is not None:
                account.transmitter.site.raise_again_after(self._now().t + self._reset_s)

    def _lanes(self) -> list[LaneSender]:
        return [*self._senders.values(), *self._reading_senders.values()]

    def _presence(self, *, online: bool) -> bytes:
        at = self._now().at
        return encode(Presence(v=VERSION, online=online, version=_own_version(), at=at))

    def _topic(self, name: str, leaf: Leaf) -> str:
        premises, _, gateway = name.partition("/")
        return Topic(premises, gateway, leaf).under(self._root)


@cache
def _own_version() -> str:
    try:
        return version("tocsin")
    except PackageNotFoundError:
        return "unknown"
