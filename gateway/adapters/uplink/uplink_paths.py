"""All paths to the center: telemetry uses the selected one, an alarm without a receipt uses all."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import structlog

from contract.topics import Leaf
from gateway.adapters.metrics import Metrics
from gateway.adapters.uplink.path_connection import PathConnection
from gateway.domain.model.moment import Moment
from gateway.domain.uplink.path_choice import PathChoice
from gateway.domain.uplink.path_watch import PathState
from runtime.aligned_timers import until_next
from runtime.mqtt import BrokerAway

log = structlog.get_logger(__name__)

_FAREWELL_S = 1.0

_RECONNECTED_S = 10.0
"""Seconds for which the next path waits until the one before is connected anew."""

_SELECTED_EVERY_S = 0.1
"""Another path takes over so soon; whatever is published selects for itself as well."""

_ALONE_LOOKED_AT_EVERY_S = 0.5
"""A path alone has no other that could take over."""


class UplinkPaths:
    """Keeps all *paths* connected, the preferred one first.

    With a second path at hand, an alarm waits at most *patience_s* for the word of a broker.
    *on_change* is called when a path is connected (again), when another one is taken, and when none
    is left.
    """

    def __init__(
        self,
        paths: Sequence[PathConnection],
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
        self._choice = PathChoice([path.watch for path in paths])
        self._selected: PathConnection | None = None
        self._tasks: asyncio.TaskGroup

    @property
    def connected(self) -> bool:
        """Whether any path is connected, as far as this end knows."""
        return any(path.connected for path in self._paths)

    @property
    def taken_over(self) -> int:
        """The connections that another client with the same id ended, since the start."""
        return sum(path.taken_over for path in self._paths)

    @property
    def selected(self) -> str | None:
        """Name of the selected path, which telemetry and first sendings of alarms use."""
        return self._selected.name if self._selected else None

    @property
    def states(self) -> dict[str, PathState]:
        """The state of each path, by name."""
        return {path.name: path.state for path in self._paths}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Stay connected within the block, and publish the end at its end."""
        async with asyncio.TaskGroup() as self._tasks:
            own = [
                self._tasks.create_task(self._keep_selecting(), name="paths"),
                *(self._tasks.create_task(path.run(), name=f"path {path.name}") for path in self._paths),
            ]
            try:
                yield
            finally:
                await self._publish_offline()
                for task in own:
                    task.cancel()

    async def publish(self, leaf: Leaf, payload: bytes, *, qos: int = 1) -> None:
        """Publish a message on the selected path; raise BrokerAway if that fails."""
        await self._select_path().publish(leaf, payload, qos=qos)

    async def publish_alarm(self, payload: bytes, *, everywhere: bool) -> None:
        """Publish an alarm on one path or on all that are connected; raise BrokerAway if all fail."""
        taken = self._select_path()
        connected = [path for path in self._paths if path.connected]
        free = [path for path in connected if path.has_room]
        if len(connected) <= 1 or not free:
            await taken.publish(Leaf.ALARM, payload)
            return
        first = taken if taken in free else free[0]
        await self._wait_for_first(
            {
                self._tasks.create_task(path.try_publish(Leaf.ALARM, payload), name="alarm")
                for path in (free if everywhere else [first])
            }
        )

    async def reconnect(self) -> None:
        """Make each connection anew, one after the other: an alarm has another path meanwhile."""
        for path in self._paths:
            with suppress(TimeoutError):
                async with asyncio.timeout(_RECONNECTED_S):
                    await path.reconnect()

    def note_connected(self) -> None:
        """Note that a path has connected."""
        before = self._selected
        self._select_path()
        if self._selected is before:
            self._on_change()

    def probe_paths(self) -> None:
        """Publish the presence on all connected paths while any path is not up.

        One that is mute is asked for an answer; and where several paths lead to one broker, the will
        of the lost one says that the gateway is gone, which it is not.
        """
        if all(state is PathState.UP for state in self.states.values()):
            return
        for path in self._paths:
            if path.connected and path.has_room:
                self._tasks.create_task(path.publish_presence(online=True), name="presence")

    async def _wait_for_first(self, sending: set[asyncio.Task[bool]]) -> None:
        """Wait for the first broker's confirmation, but not for a path that may be half-open."""
        deadline = self._now().t + self._patience_s
        while sending:
            left = deadline - self._now().t
            done, sending = await asyncio.wait(
                sending, timeout=max(0.0, left), return_when=asyncio.FIRST_COMPLETED
            )
            if not done or any(task.result() for task in done):
                return
        raise BrokerAway("no path confirmed the alarm")

    def _select_path(self) -> PathConnection:
        """Return the path to use now; raise BrokerAway if none is connected."""
        for path in self._paths:
            path.update_watch()
        watch = self._choice.choose_path(self._now().t)
        taken = next((path for path in self._paths if path.watch is watch), None)
        if taken is not self._selected:
            self._selection_changed(taken)
        if taken is None:
            raise BrokerAway("no path to the center is connected")
        return taken

    def _selection_changed(self, taken: PathConnection | None) -> None:
        before, self._selected = self._selected, taken
        if taken is None:
            log.error("no path connected; keeping signals and readings")
        else:
            log.info("path selected", path=taken.name, before=before.name if before else None)
        self._on_change()

    async def _keep_selecting(self) -> None:
        """Select the path and update its metrics until cancelled."""
        every_s = _SELECTED_EVERY_S if len(self._paths) > 1 else _ALONE_LOOKED_AT_EVERY_S
        while True:
            with suppress(BrokerAway):
                self._select_path()
            for name, state in self.states.items():
                self._metrics.path_up.labels(name).set(state is PathState.UP)
                self._metrics.path_selected.labels(name).set(name == self.selected)
            await asyncio.sleep(until_next(every_s))

    async def _publish_offline(self) -> None:
        farewells = [
            self._tasks.create_task(path.publish_presence(online=False), name="goodbye")
            for path in self._paths
            if path.connected
        ]
        if farewells:
            await asyncio.wait(farewells, timeout=_FAREWELL_S)
        for task in farewells:
            task.cancel()
        if not all(task.done() and not task.cancelled() and task.result() for task in farewells):
            log.info("offline presence not published; the will announces it")
