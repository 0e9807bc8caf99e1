"""Set up all serial lines and MQTT sources of the gateway."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from contract.messages import Scope
from gateway.adapters.message_quarantine import MessageQuarantine
from gateway.adapters.metrics import Metrics
from gateway.adapters.sources.connector_line import ConnectorLine, silence_of
from gateway.adapters.sources.intake import LineIntake, SourceIntake
from gateway.adapters.sources.source_session import open_source_session
from gateway.adapters.state_file import StateFile
from gateway.adapters.uplink.readings_sender import ReadingsSender
from gateway.adapters.uplink.signal_reporter import SignalReporter
from gateway.domain.connectors.all_connectors import OWN
from gateway.domain.model.moment import Moment
from gateway.domain.points.site_points import ConfiguredPoint, SitePoints
from gateway.domain.supervision.line_journal import LineJournal
from gateway.domain.supervision.line_watch import LineWatch
from gateway.domain.supervision.urgency import LineUrgency
from gateway.plan import GatewayPlan, LinePlan, SourcePlan
from runtime.aligned_timers import until_next
from runtime.gathering import Gathering
from runtime.mqtt import MqttSession
from runtime.mqtt_message import MqttMessage
from runtime.serial_port import open_port
from runtime.serial_reader import SerialReader

_BROKER_PATIENCE_S = 5.0
"""A source whose broker is away for longer is lost; a reconnection takes less."""

_LOOK_S = 0.2

_GATHERED_S = 0.05
"""Measured values, which come once a second, are judged so many seconds later at most, all together."""


def heard_on(plan: GatewayPlan) -> list[LinePlan | SourcePlan]:
    """Return all that *plan* hears points on."""
    return [*plan.lines, *plan.sources]


def build_points(plan: GatewayPlan, state_file: StateFile, since: Moment) -> SitePoints:
    """Return the points of *plan*, with their state from before a restart.

    Nothing is kept of a detector that was exchanged since.
    """
    state_file.forget_replaced(
        {each.name: each.installed for each in plan.points if each.installed is not None}
    )
    configured = [
        ConfiguredPoint(
            point.name,
            (point.heard_on, point.heard_as),
            point.kind,
            plan.thresholds[point.thresholds],
            point.room,
        )
        for point in plan.points
    ]
    return SitePoints(
        configured,
        unknown=plan.unknown,
        unknown_of={each.name: each.unknown for each in heard_on(plan)},
        most_unknown=plan.most_unknown_points,
        since=since,
        names=state_file.names,
        held=state_file.held,
        baselines=state_file.baselines,
        heard=state_file.heard,
        neighbours=plan.neighbours,
        battery_low_percent=plan.battery_low_percent,
    )


def build_watches(plan: GatewayPlan, state_file: StateFile, since: Moment) -> dict[str, LineWatch]:
    """Return the watches of all lines and sources, by name."""
    return {
        each.name: LineWatch(
            each.name,
            silent_after_s=each.silent_after_s,
            noisy_share=each.noisy_share,
            since=since,
            held=state_file.conditions_of(Scope.LINE, each.name),
        )
        for each in heard_on(plan)
    }


class DetectorSources:
    """Runs all serial lines and MQTT sources."""

    def __init__(
        self,
        plan: GatewayPlan,
        site: SitePoints,
        *,
        watches: dict[str, LineWatch],
        reporter: SignalReporter,
        readings: ReadingsSender,
        quarantine: MessageQuarantine,
        now: Callable[[], Moment],
        metrics: Metrics,
    ) -> None:
        self._now = now
        self._gathering = Gathering(_GATHERED_S)
        self.journals = {line.name: LineJournal() for line in plan.lines}
        self._readers = [
            self._reader(
                line,
                LineIntake(
                    watches[line.name],
                    site,
                    reporter=reporter,
                    readings=readings,
                    metrics=metrics,
                    journal=self.journals[line.name],
                ),
            )
            for line in plan.lines
            if line.connector == OWN
        ]
        self._connector_lines = [
            ConnectorLine(
                line,
                watches[line.name],
                site,
                reporter=reporter,
                readings=readings,
                quarantine=quarantine,
                now=now,
                metrics=metrics,
                journal=self.journals[line.name],
            )
            for line in plan.lines
            if line.connector != OWN
        ]
        self._sources = [
            SourceIntake(
                source,
                watches[source.name],
                site,
                reporter=reporter,
                readings=readings,
                quarantine=quarantine,
                metrics=metrics,
            )
            for source in plan.sources
        ]
        self._client_id = f"tocsin-{plan.premises}-{plan.gateway}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Read lines and sources within the block."""
        async with AsyncExitStack() as stack:
            for reader in self._readers:
                await stack.enter_async_context(reader.running())
            for line in self._connector_lines:
                await stack.enter_async_context(line.running())
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
        """The intakes of all MQTT sources."""
        return self._sources

    def is_progressing(self) -> bool:
        """Return whether all line readers are progressing."""
        t = self._now().t
        own = all(reader.is_progressing(t) for reader in self._readers)
        return own and all(line.is_progressing(t) for line in self._connector_lines)

    def _reader(self, line: LinePlan, intake: LineIntake) -> SerialReader[Moment]:
        return SerialReader(
            line.port,
            partial(open_port, line.port, line.baud, frame=line.frame),
            on_chunk=intake.accept_chunk,
            is_silent=silence_of(line, intake.watch),
            on_reopen=intake.report_silence,
            now=self._now,
            is_urgent=LineUrgency().is_urgent,
            gathering=self._gathering,
        )

    async def _listen(self, intake: SourceIntake) -> None:
        async def accept_message(message: MqttMessage) -> None:
            await intake.accept_message(message, self._now())

        client_id = f"{self._client_id}-{intake.source.name}"
        session = open_source_session(intake.source.broker, client_id, intake.topics, accept_message)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(session.run(), name=f"source {intake.source.name} session")
            await self._watch_connection(session, intake)

    async def _watch_connection(self, session: MqttSession, intake: SourceIntake) -> None:
        """Report to *intake* when the connection is lost, and when it is back."""
        away_since: float | None = None
        while True:
            moment = self._now()
            await intake.tick(moment)
            if session.connected:
                away_since = None
                await intake.set_connected(moment, up=True)
                await session.subscribe(intake.topics)
            else:
                away_since = moment.t if away_since is None else away_since
                if moment.t - away_since > _BROKER_PATIENCE_S:
                    await intake.set_connected(moment, up=False)
            await asyncio.sleep(until_next(_LOOK_S))
