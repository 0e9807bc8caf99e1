"""All that detectors hang on: the serial lines and the MQTT sources of the site."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from contract.messages import Scope
from gateway.adapters.aside import Aside
from gateway.adapters.intake import LineIntake, SourceIntake
from gateway.adapters.local_mqtt import session_of
from gateway.adapters.memory import Memory
from gateway.adapters.metrics import Metrics
from gateway.adapters.readings import Readings
from gateway.adapters.reporter import Reporter
from gateway.domain.changes import Moment
from gateway.domain.line import LineWatch
from gateway.domain.reopening import Reopening
from gateway.domain.site import Configured, Site
from gateway.settings import Line, Settings, Source
from runtime.mqtt import Message, Session
from runtime.serial_port import open_port
from runtime.serial_reader import SerialReader

_BROKER_PATIENCE_S = 5.0
"""A source whose broker is away for longer is lost; a reconnection takes less."""


def site_of(settings: Settings, memory: Memory, since: Moment) -> Site:
    """The points of *settings*, with what was known of them before a restart."""
    configured = [
        Configured(
            point.name,
            (point.heard_on, point.heard_as),
            point.kind,
            settings.figures(point),
            point.room,
        )
        for point in settings.points
    ]
    return Site(
        configured,
        unknown=settings.figures(),
        unknown_of={each.name: settings.figures(source=each.name) for each in settings.sources},
        most_unknown=settings.most_unknown_points,
        since=since,
        names=memory.names,
        held=memory.held,
        baselines=memory.baselines,
        heard=memory.heard,
        neighbours=settings.detection.neighbours.figures(),
        battery_low_percent=settings.battery_low_percent,
    )


def watches_of(settings: Settings, memory: Memory, since: Moment) -> dict[str, LineWatch]:
    """The watches over all lines and sources, by name."""
    heard: list[Line | Source] = [*settings.lines, *settings.sources]
    return {
        each.name: LineWatch(
            each.name,
            silent_after_s=each.silent_after_s,
            noisy_share=each.noisy_share,
            since=since,
            held=memory.of(Scope.LINE, each.name),
        )
        for each in heard
    }


class Detectors:
    """Listens to all lines and sources."""

    def __init__(
        self,
        settings: Settings,
        site: Site,
        *,
        watches: dict[str, LineWatch],
        reporter: Reporter,
        readings: Readings,
        aside: Aside,
        now: Callable[[], Moment],
        metrics: Metrics,
    ) -> None:
        self._now = now
        self._readers = [
            self._reader(
                line,
                LineIntake(
                    watches[line.name], site, reporter=reporter, readings=readings, metrics=metrics
                ),
            )
            for line in settings.lines
        ]
        self._sources = [
            SourceIntake(
                source,
                watches[source.name],
                site,
                known=settings.addresses_of(source),
                reporter=reporter,
                readings=readings,
                aside=aside,
                metrics=metrics,
            )
            for source in settings.sources
        ]
        self._client_id = f"tocsin-{settings.premises}-{settings.gateway}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen within the block."""
        async with AsyncExitStack() as stack:
            for reader in self._readers:
                await stack.enter_async_context(reader.running())
            async with asyncio.TaskGroup() as tasks:
                own = [
                    tasks.create_task(self._listen(intake), name=f"source {intake.source.name}")
                    for intake in self._sources
                ]
                try:
                    yield
                finally:
                    for task in own:
                        task.cancel()

    @property
    def sources(self) -> Sequence[SourceIntake]:
        """The ends of all MQTT sources."""
        return self._sources

    def moving(self) -> bool:
        """Whether all readers live, and what they read is taken."""
        t = self._now().t
        return all(reader.is_progressing(t) for reader in self._readers)

    def _reader(self, line: Line, intake: LineIntake) -> SerialReader[Moment]:
        reopening = Reopening(line.silent_after_s)
        return SerialReader(
            line.port,
            partial(open_port, line.port, line.baud),
            on_chunk=intake.take,
            is_silent=lambda t, opened_at: reopening.is_due(
                t, heard_at=intake.watch.heard_at, opened_at=opened_at
            ),
            on_reopen=intake.reopened,
            now=self._now,
        )

    async def _listen(self, intake: SourceIntake) -> None:
        async def take(message: Message) -> None:
            await intake.take(message, self._now())

        client_id = f"{self._client_id}-{intake.source.name}"
        session = session_of(intake.source, client_id, intake.topics, take)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(session.run(), name=f"source {intake.source.name} session")
            await self._follow(session, intake)

    async def _follow(self, session: Session, intake: SourceIntake) -> None:
        """Tell *intake* when the connection is lost, and when it is back."""
        away_since: float | None = None
        while True:
            moment = self._now()
            await intake.tick(moment)
            if session.connected:
                away_since = None
                await intake.connection_is(moment, up=True)
                await session.subscribe(intake.topics)
            else:
                away_since = moment.t if away_since is None else away_since
                if moment.t - away_since > _BROKER_PATIENCE_S:
                    await intake.connection_is(moment, up=False)
            await asyncio.sleep(0.2)
