"""One path to the center: its MQTT session and its watch."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

import structlog

from contract.topics import RECEIPT_OF, Leaf, Topic
from gateway.domain.model.moment import Moment
from gateway.domain.uplink.path_watch import PathState, PathWatch
from gateway.plan import GatewayPlan, PathPlan
from runtime.mqtt import BrokerAway, MqttSession, MqttVersion, Will
from runtime.mqtt_message import MqttMessage

log = structlog.get_logger(__name__)

_DOWN = (*RECEIPT_OF.values(), Leaf.INCIDENT, Leaf.INVENTORY_REQUEST)
"""Leaves of the topics that a gateway is sent."""

_MOST_UNDERWAY = 8
"""Alarm messages without the broker's word, beyond which another path is taken."""


class PresenceEncoder(Protocol):
    """Encodes the presence of the gateway."""

    def __call__(self, *, online: bool) -> bytes:
        """Return the body of a presence message."""


class PathConnection:
    """The session with the broker of *path*.

    *on_connected* is called with each (re)connection; *on_message* with the leaf of its topic, or None
    for one that is not known. *urgent* returns the alarm messages that go out before anything else
    where connections do not last.
    """

    def __init__(
        self,
        plan: GatewayPlan,
        path: PathPlan,
        watch: PathWatch,
        *,
        on_message: Callable[[Leaf | None, MqttMessage], None],
        on_connected: Callable[[], None],
        presence: PresenceEncoder,
        urgent: Callable[[], Iterable[bytes]],
        now: Callable[[], Moment],
    ) -> None:
        self.name = path.name
        self.watch = watch
        self._on_message = on_message
        self._on_up = on_connected
        self._presence = presence
        self._now = now
        self._underway = 0
        self._connected_anew = asyncio.Event()
        self._is_enrolled = plan.identity is not None
        self._topics = {
            leaf: Topic(plan.premises, plan.gateway, leaf).under(path.broker.root) for leaf in Leaf
        }
        self._leaves = {topic: leaf for leaf, topic in self._topics.items()}
        self._session = MqttSession(
            path.broker,
            client_id=_client_id(plan, path),
            topics=[self._topics[leaf] for leaf in _DOWN],
            on_message=self._on_session_message,
            on_connected=self._on_connected,
            will=Will(self._topics[Leaf.PRESENCE], presence(online=False)),
            version=MqttVersion.V5,
            urgent=lambda: [(self._topics[Leaf.ALARM], payload) for payload in urgent()],
        )

    @property
    def connected(self) -> bool:
        """Whether the session is connected, as far as this end knows."""
        return self._session.connected

    @property
    def taken_over(self) -> int:
        """The connections that another client with the same id ended."""
        return self._session.taken_over

    @property
    def has_room(self) -> bool:
        """Whether one more alarm message may be published before the broker answers."""
        return self._underway < _MOST_UNDERWAY

    @property
    def state(self) -> PathState:
        """The current state of the path."""
        return self.watch.state(self._now().t)

    async def run(self) -> None:
        """Stay connected until cancelled."""
        if self._is_enrolled:
            # Apart from the others: a broker whose rules are older refuses it, and nothing else.
            await self._session.subscribe([self._topics[Leaf.CERTIFICATE]])
        await self._session.run()

    async def reconnect(self) -> None:
        """Make the connection anew, with the certificate that is there now; wait until it is there."""
        self._connected_anew.clear()
        self._session.reconnect()
        await self._connected_anew.wait()

    def update_watch(self) -> None:
        """Pass the state of the session to the watch."""
        self.watch.set_connected(self._now().t, up=self._session.connected)

    async def publish(self, leaf: Leaf, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        """Publish a message; raise BrokerAway if the broker does not confirm it."""
        if qos and self._session.connected:
            self.watch.note_request(self._now().t)
        await self._session.publish(self._topics[leaf], payload, qos=qos, retain=retain)
        if qos:
            self.watch.note_answer(self._now().t)

    async def try_publish(self, leaf: Leaf, payload: bytes, *, retain: bool = False) -> bool:
        """Publish like ``publish``; return whether the broker confirmed it."""
        self._underway += 1
        try:
            await self.publish(leaf, payload, retain=retain)
        except BrokerAway as error:
            log.debug("publish failed", path=self.name, reason=str(error))
            return False
        finally:
            self._underway -= 1
        return True

    async def publish_presence(self, *, online: bool) -> bool:
        """Publish the gateway's presence; return whether the broker confirmed it."""
        return await self.try_publish(Leaf.PRESENCE, self._presence(online=online), retain=True)

    async def _on_connected(self) -> None:
        self._connected_anew.set()
        self._on_up()
        await self.publish_presence(online=True)

    async def _on_session_message(self, message: MqttMessage) -> None:
        self.watch.note_answer(self._now().t)
        self._on_message(self._leaves.get(message.topic), message)


def _client_id(plan: GatewayPlan, path: PathPlan) -> str:
    """Return a client id for *path*: two paths may lead to one broker, which allows each id once."""
    own = f"tocsin-{plan.premises}-{plan.gateway}"
    return own if path.name == plan.paths[0].name else f"{own}-{path.name}"
