"""One gateway: detectors in, a durable outbox, MQTT out."""

import asyncio
from contextlib import AsyncExitStack

import structlog

from contract.messages import Scope
from contract.times import to_micros
from gateway.adapters.aside import Aside
from gateway.adapters.detectors import Detectors, site_of, watches_of
from gateway.adapters.memory import Memory
from gateway.adapters.metrics import Metrics
from gateway.adapters.outbox import open_outbox
from gateway.adapters.output import Lamp
from gateway.adapters.readings import Readings
from gateway.adapters.reporter import Reporter
from gateway.adapters.status import serve_status
from gateway.adapters.supervisor import Supervisor
from gateway.adapters.uplink import Uplink, path_watches_of, uplink_conditions
from gateway.domain.changes import Conditions, Moment
from gateway.settings import Settings
from runtime.clock import Clock, utc_now
from runtime.process import keep_watchdog

log = structlog.get_logger(__name__)


async def run(settings: Settings, clock: Clock = utc_now) -> None:
    """Run the gateway of *settings* until cancelled.

    What is entered last is left first: no more is heard, readings in hand are stored, signals are
    stored, the center is told goodbye, and the outbox is closed.
    """
    loop = asyncio.get_running_loop()

    def now() -> Moment:
        return Moment(to_micros(clock()), loop.time())

    metrics = Metrics()
    async with AsyncExitStack() as stack:
        outbox = await stack.enter_async_context(
            open_outbox(settings.data_dir, clock, reserve_mib=settings.alarm.reserve_mib)
        )
        memory = Memory(settings.data_dir / "state.json", outbox.alarm.epoch)
        site = site_of(settings, memory, now())
        # Who closed an incident while this did not run, or shortly before, was not heard.
        site.incident_closed(now().t + settings.reset_s)
        watches = watches_of(settings, memory, now())
        own = Conditions(Scope.GATEWAY, settings.gateway, memory.of(Scope.GATEWAY, settings.gateway))
        path_watches = path_watches_of(settings, memory, now())
        aside = Aside(settings.data_dir / "quarantine", clock, metrics)
        uplink = Uplink(
            settings,
            outbox,
            watches=path_watches,
            aside=aside,
            on_closed=lambda: site.incident_closed(now().t + settings.reset_s),
            clock=clock,
            now=now,
            metrics=metrics,
        )
        reporter = Reporter(
            uplink.alarm,
            uplink.memory,
            reserve=outbox.reserve,
            conditions=own,
            disk_patience_s=settings.alarm.disk_patience_s,
            on_stored=memory.changed,
            now=now,
            metrics=metrics,
        )
        readings = Readings(uplink.telemetry, settings.telemetry, settings.data_dir, metrics=metrics)
        supervisor = Supervisor(
            site,
            list(watches.values()),
            own=own,
            uplink_conditions=uplink_conditions(path_watches, memory),
            uplink=uplink,
            reporter=reporter,
            readings=readings,
            unreceipted_after_s=settings.alarm.unreceipted_after_s,
            on_inventory=memory.changed,
            now=now,
            metrics=metrics,
        )
        lamp = Lamp(settings.output, supervisor.shown, metrics=metrics)
        detectors = Detectors(
            settings,
            site,
            watches=watches,
            reporter=reporter,
            readings=readings,
            aside=aside,
            now=now,
            metrics=metrics,
        )

        def moving() -> bool:
            return supervisor.moving() and detectors.moving()

        await stack.enter_async_context(uplink.running())
        await stack.enter_async_context(memory.running(supervisor.snapshot))
        await stack.enter_async_context(reporter.running())
        await supervisor.tell_of_the_start(outbox)
        await stack.enter_async_context(readings.running())
        await stack.enter_async_context(
            serve_status(
                settings,
                uplink=uplink,
                supervisor=supervisor,
                sources=detectors.sources,
                moving=moving,
                metrics=metrics,
            )
        )
        await stack.enter_async_context(detectors.running())
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(aside.run(), name="aside")
            tasks.create_task(lamp.run(), name="lamp")
            tasks.create_task(supervisor.run(), name="supervisor")
            tasks.create_task(supervisor.beat(settings.heartbeat_s), name="heartbeat")
            tasks.create_task(keep_watchdog(moving), name="watchdog")
            log.info("gateway runs", premises=settings.premises, gateway=settings.gateway)
