"""One way to the center: a connection of its own, watched by its own reporting time."""

from collections.abc import Callable
from typing import Protocol

import structlog

from contract.topics import RECEIPT_OF, Leaf, Topic
from gateway.domain.changes import Moment
from gateway.domain.paths import PathState, PathWatch
from gateway.settings import Settings, UplinkPath
from runtime.mqtt import Away, Message, Session, Will

log = structlog.get_logger(__name__)

_DOWN = (*RECEIPT_OF.values(), Leaf.INCIDENT, Leaf.POINTS_REQUEST)
"""Leaves of the topics that a gateway is sent."""

_MOST_UNDERWAY = 8
"""Alarm messages without the broker's word, beyond which another path is taken."""


class PresenceMaker(Protocol):
    """What the gateway says of being there."""

    def __call__(self, *, online: bool) -> bytes:
        """The body of a presence message."""


class Path:
    """A session to the broker of *path*.

    *on_up* is called with each (re)connection; *on_message* with the leaf of its topic, or None for
    one that is not known.
    """

    def __init__(
        self,
        settings: Settings,
        path: UplinkPath,
        watch: PathWatch,
        *,
        on_message: Callable[[Leaf | None, Message], None],
        on_up: Callable[[], None],
        presence: PresenceMaker,
        now: Callable[[], Moment],
    ) -> None:
        self.name = path.name
        self.watch = watch
        self._on_message = on_message
        self._on_up = on_up
        self._presence = presence
        self._now = now
        self._underway = 0
        self._topics = {
            leaf: Topic(settings.premises, settings.gateway, leaf).under(path.broker.root)
            for leaf in Leaf
        }
        self._leaves = {topic: leaf for leaf, topic in self._topics.items()}
        self._session = Session(
            path.broker,
            client_id=_client_id(settings, path),
            topics=[self._topics[leaf] for leaf in _DOWN],
            on_message=self._hear,
            on_up=self._greet,
            will=Will(self._topics[Leaf.PRESENCE], presence(online=False)),
        )

    @property
    def connected(self) -> bool:
        """Whether the broker is connected, as far as this end knows."""
        return self._session.connected

    @property
    def has_room(self) -> bool:
        """Whether it takes one more alarm message before it has answered."""
        return self._underway < _MOST_UNDERWAY

    @property
    def state(self) -> PathState:
        """How it is now."""
        return self.watch.state(self._now().t)

    async def run(self) -> None:
        """Stay connected until cancelled."""
        await self._session.run()

    def look(self) -> None:
        """Take note of whether it is connected."""
        self.watch.connection_is(self._now().t, up=self._session.connected)

    async def publish(self, leaf: Leaf, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        """Hand a message to the broker; raises Away."""
        if qos and self._session.connected:
            self.watch.asked(self._now().t)
        await self._session.publish(self._topics[leaf], payload, qos=qos, retain=retain)
        if qos:
            self.watch.answered(self._now().t)

    async def try_publish(self, leaf: Leaf, payload: bytes, *, retain: bool = False) -> bool:
        """As ``publish``; answers whether the broker took it."""
        self._underway += 1
        try:
            await self.publish(leaf, payload, retain=retain)
        except Away as error:
            log.debug("not handed over", path=self.name, reason=str(error))
            return False
        finally:
            self._underway -= 1
        return True

    async def say_presence(self, *, online: bool) -> bool:
        """Publish whether the gateway is there; answers whether the broker took it."""
        return await self.try_publish(Leaf.PRESENCE, self._presence(online=online), retain=True)

    async def _greet(self) -> None:
        self._on_up()
        await self.say_presence(online=True)

    async def _hear(self, message: Message) -> None:
        self.watch.answered(self._now().t)
        self._on_message(self._leaves.get(message.topic), message)


def _client_id(settings: Settings, path: UplinkPath) -> str:
    """The paths have different ids: two of them may lead to one broker, which would end the other."""
    own = f"tocsin-{settings.premises}-{settings.gateway}"
    return own if path.name == settings.uplinks[0].name else f"{own}-{path.name}"
