"""MQTT sessions to several brokers, used as one: a gateway may come by any of them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from runtime.host_names import HostNames
from runtime.mqtt import BrokerAway, MqttSession
from runtime.mqtt_message import MqttMessage
from runtime.settings import Broker

MOST_UNFINISHED = 1_000
"""Messages that may still wait for a slow broker though another one took them; beyond it, that broker
misses messages until it answers: its gateways send again."""


class MqttSessions:
    """One session to each of *brokers*; the parameters are those of ``MqttSession``."""

    def __init__(
        self,
        brokers: Sequence[Broker],
        *,
        client_id: str,
        topics: Sequence[str],
        on_message: Callable[[MqttMessage], Awaitable[None]],
        on_connected: Callable[[], Awaitable[None]] | None = None,
        names: HostNames | None = None,
    ) -> None:
        names = HostNames() if names is None else names
        self._sessions = {
            f"{broker.host}:{broker.port}": MqttSession(
                broker,
                client_id=client_id,
                topics=topics,
                on_message=on_message,
                on_connected=on_connected,
                names=names,
            )
            for broker in brokers
        }
        self._unfinished: set[asyncio.Task[None]] = set()

    @property
    def connected(self) -> bool:
        """Whether any broker is connected."""
        return any(each.connected for each in self._sessions.values())

    @property
    def away(self) -> list[str]:
        """The brokers that are not connected, as host:port."""
        return [name for name, each in self._sessions.items() if not each.connected]

    @property
    def dropped(self) -> int:
        """Messages for which there was no room."""
        return sum(each.dropped for each in self._sessions.values())

    async def publish(self, topic: str, payload: bytes) -> None:
        """Publish to all that are connected; return once one has it, raise BrokerAway if none has."""
        connected = [each for each in self._sessions.values() if each.connected]
        if len(connected) <= 1:
            await (connected or list(self._sessions.values()))[0].publish(topic, payload)
            return
        sending = {asyncio.create_task(each.publish(topic, payload)) for each in connected}
        try:
            await _first_success(sending)
        finally:
            self._finish_later(sending)

    async def run(self) -> None:
        """Stay connected to all until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for name, each in self._sessions.items():
                tasks.create_task(each.run(), name=f"broker {name}")

    def _finish_later(self, sending: set[asyncio.Task[None]]) -> None:
        """Let unfinished tasks go on: a broker that is slow must not slow down the other."""
        for task in sending:
            if len(self._unfinished) >= MOST_UNFINISHED:
                task.cancel()
                continue
            self._unfinished.add(task)
            task.add_done_callback(self._note_finished)

    def _note_finished(self, task: asyncio.Task[None]) -> None:
        self._unfinished.discard(task)
        if not task.cancelled():
            task.exception()  # BrokerAway: a gateway that missed the message sends again


async def _first_success(sending: set[asyncio.Task[None]]) -> None:
    """Return once one of *sending* succeeds; raises the last error if all fail."""
    waiting, error = set(sending), BrokerAway("no broker is connected")
    while waiting:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            try:
                task.result()
            except BrokerAway as away:
                error = away
            else:
                return
    raise error
