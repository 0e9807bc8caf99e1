"""All ways to the center: telemetry takes one of them, an alarm that is not receipted takes all."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import structlog

from contract.topics import Leaf
from gateway.adapters.metrics import Metrics
from gateway.adapters.path import Path
from gateway.domain.changes import Moment
from gateway.domain.paths import Choice, PathState
from runtime.mqtt import Away

log = structlog.get_logger(__name__)

_FAREWELL_S = 1.0


class Paths:
    """Keeps all *paths* connected, the preferred one first.

    With a second path at hand, an alarm waits at most *patience_s* for the word of a broker.
    *on_change* is called when a path is connected (again), when another one is taken, and when none
    is left.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        *,
        patience_s: float,
        on_change: Callable[[], None],
        now: Callable[[], Moment],
        metrics: Metrics,
    ) -> None:
        self._paths = paths
        self._patience_s = patience_s
        self._on_change = on_change
        self._now = now
        self._metrics = metrics
        self._choice = Choice([path.watch for path in paths])
        self._taken: Path | None = None
        self._tasks: asyncio.TaskGroup

    @property
    def connected(self) -> bool:
        """Whether any path is connected, as far as this end knows."""
        return any(path.connected for path in self._paths)

    @property
    def taken(self) -> str | None:
        """The name of the path that telemetry and first sendings of alarms take."""
        return self._taken.name if self._taken else None

    @property
    def states(self) -> dict[str, PathState]:
        """How each path is."""
        return {path.name: path.state for path in self._paths}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Stay connected within the block, and say goodbye at its end."""
        async with asyncio.TaskGroup() as self._tasks:
            own = [
                self._tasks.create_task(self._follow(), name="paths"),
                *(self._tasks.create_task(path.run(), name=f"path {path.name}") for path in self._paths),
            ]
            try:
                yield
            finally:
                await self._say_goodbye()
                for task in own:
                    task.cancel()

    async def publish(self, leaf: Leaf, payload: bytes, *, qos: int = 1) -> None:
        """Hand a message to the broker of the path that is taken; raises Away."""
        await self._take().publish(leaf, payload, qos=qos)

    async def publish_alarm(self, payload: bytes, *, everywhere: bool) -> None:
        """Hand an alarm over, on one path or on all that are connected; raises Away if all failed."""
        taken = self._take()
        connected = [path for path in self._paths if path.connected]
        free = [path for path in connected if path.has_room]
        if len(connected) <= 1 or not free:
            await taken.publish(Leaf.ALARM, payload)
            return
        first = taken if taken in free else free[0]
        await self._first_of(
            {
                self._tasks.create_task(path.try_publish(Leaf.ALARM, payload), name="alarm")
                for path in (free if everywhere else [first])
            }
        )

    def came_up(self) -> None:
        """A path is connected (again)."""
        before = self._taken
        self._take()
        if self._taken is before:
            self._on_change()

    def probe(self) -> None:
        """While some path is not up, say presence on those that are connected.

        One that is mute is asked for an answer; and where several paths lead to one broker, the will
        of the lost one says that the gateway is gone, which it is not.
        """
        if all(state is PathState.UP for state in self.states.values()):
            return
        for path in self._paths:
            if path.connected and path.has_room:
                self._tasks.create_task(path.say_presence(online=True), name="presence")

    async def _first_of(self, sending: set[asyncio.Task[bool]]) -> None:
        """Wait for the first broker's word, but not for a path that may be half-open."""
        deadline = self._now().t + self._patience_s
        while sending:
            left = deadline - self._now().t
            done, sending = await asyncio.wait(
                sending, timeout=max(0.0, left), return_when=asyncio.FIRST_COMPLETED
            )
            if not done or any(task.result() for task in done):
                return
        raise Away("no path took it")

    def _take(self) -> Path:
        """The path to take now; raises Away if none is connected."""
        for path in self._paths:
            path.look()
        watch = self._choice.take(self._now().t)
        taken = next((path for path in self._paths if path.watch is watch), None)
        if taken is not self._taken:
            self._changed(taken)
        if taken is None:
            raise Away("no path to the center is connected")
        return taken

    def _changed(self, taken: Path | None) -> None:
        before, self._taken = self._taken, taken
        if taken is None:
            log.error("no path to the center; signals and readings are kept until one is back")
        else:
            log.info("path taken", path=taken.name, before=before.name if before else None)
        self._on_change()

    async def _follow(self) -> None:
        """Look which path to take, and show how they are, until cancelled."""
        while True:
            with suppress(Away):
                self._take()
            for name, state in self.states.items():
                self._metrics.path_up.labels(name).set(state is PathState.UP)
                self._metrics.path_taken.labels(name).set(name == self.taken)
            await asyncio.sleep(0.1)

    async def _say_goodbye(self) -> None:
        farewells = [
            self._tasks.create_task(path.say_presence(online=False), name="goodbye")
            for path in self._paths
            if path.connected
        ]
        if farewells:
            await asyncio.wait(farewells, timeout=_FAREWELL_S)
        for task in farewells:
            task.cancel()
        if not all(task.done() and not task.cancelled() and task.result() for task in farewells):
            log.info("the center was not told of the end; it will see the will")
