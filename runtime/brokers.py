"""Several brokers, heard and spoken to as one: a gateway may come by any of them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from runtime.mqtt import Away, Message, Session
from runtime.settings import Broker

MOST_LATE = 1_000
"""Messages that may still wait for a slow broker though another one took them; beyond it, that broker
gets no more of them until it answers: its gateways ask again."""


class Sessions:
    """A session to each of *brokers*; the parameters are those of ``Session``."""

    def __init__(
        self,
        brokers: Sequence[Broker],
        *,
        client_id: str,
        topics: Sequence[str],
        on_message: Callable[[Message], Awaitable[None]],
        on_up: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._sessions = {
            f"{broker.host}:{broker.port}": Session(
                broker, client_id=client_id, topics=topics, on_message=on_message, on_up=on_up
            )
            for broker in brokers
        }
        self._late: set[asyncio.Task[None]] = set()

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
        """Hand a message to all that are connected; returns once one has it, and raises Away if none."""
        there = [each for each in self._sessions.values() if each.connected]
        if len(there) <= 1:
            await (there or list(self._sessions.values()))[0].publish(topic, payload)
            return
        sending = {asyncio.create_task(each.publish(topic, payload)) for each in there}
        try:
            await _first_good(sending)
        finally:
            self._let_go(sending)

    async def run(self) -> None:
        """Stay connected to all until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for name, each in self._sessions.items():
                tasks.create_task(each.run(), name=f"broker {name}")

    def _let_go(self, sending: set[asyncio.Task[None]]) -> None:
        """The rest goes on by itself: a broker that is slow must not slow down the other."""
        for task in sending:
            if len(self._late) >= MOST_LATE:
                task.cancel()
                continue
            self._late.add(task)
            task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._late.discard(task)
        if not task.cancelled():
            task.exception()  # it was Away; whoever missed the message asks again


async def _first_good(sending: set[asyncio.Task[None]]) -> None:
    """Wait for the first of *sending* that does not fail; raises the last failure if all do."""
    waiting, error = set(sending), Away("no broker took it")
    while waiting:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            try:
                task.result()
            except Away as failed:
                error = failed
            else:
                return
    raise error
