"""One gateway: detectors in, a durable outbox, MQTT out."""

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack

import structlog

from contract.messages import Scope
from contract.times import to_micros
from gateway.adapters.message_quarantine import MessageQuarantine
from gateway.adapters.metrics import Metrics
from gateway.adapters.outbox import open_outbox
from gateway.adapters.sources.detectors import DetectorSources, build_points, build_watches
from gateway.adapters.state_file import StateFile
from gateway.adapters.supervision.lamp import Lamp
from gateway.adapters.supervision.status import serve_status
from gateway.adapters.supervision.supervisor import Supervisor
from gateway.adapters.uplink.certificate_renewal import CertificateRenewal
from gateway.adapters.uplink.readings_sender import ReadingsSender
from gateway.adapters.uplink.signal_reporter import SignalReporter
from gateway.adapters.uplink.uplink import Uplink, build_path_watches, uplink_conditions
from gateway.domain.model.conditions import ConditionSet
from gateway.domain.model.moment import Moment
from gateway.domain.supervision.certificate_watch import CertificateWatch
from gateway.plan import GatewayPlan
from runtime.clock import Clock, utc_now
from runtime.process import keep_watchdog

log = structlog.get_logger(__name__)


async def run(plan: GatewayPlan, clock: Clock = utc_now) -> None:
    """Run the gateway of *plan* until cancelled.

    What is entered last is left first: no more is heard, readings in hand are stored, signals are
    stored, the center gets a goodbye, and the outbox is closed.
    """
    loop = asyncio.get_running_loop()

    def now() -> Moment:
        return Moment(to_micros(clock()), loop.time())

    metrics = Metrics()
    async with AsyncExitStack() as stack:
        outbox = await stack.enter_async_context(
            open_outbox(
                plan.data_dir,
                clock,
                reserve_mib=plan.alarm.reserve_mib,
                batch_s=plan.telemetry.batch_s,
            )
        )
        state_file = StateFile(plan.data_dir / "state.json", outbox.alarm.epoch)
        site = build_points(plan, state_file, now())
        # Who closed an incident while this did not run, or shortly before, was not heard.
        site.raise_again_after(now().t + plan.reset_s)
        watches = build_watches(plan, state_file, now())
        own = ConditionSet(
            Scope.GATEWAY, plan.gateway, state_file.conditions_of(Scope.GATEWAY, plan.gateway)
        )
        path_watches = build_path_watches(plan, state_file, now())
        quarantine = MessageQuarantine(plan.data_dir / "quarantine", clock, metrics)
        uplink = Uplink(
            plan,
            outbox,
            watches=path_watches,
            quarantine=quarantine,
            on_closed=lambda: site.raise_again_after(now().t + plan.reset_s),
            clock=clock,
            now=now,
            metrics=metrics,
        )
        reporter = SignalReporter(
            uplink.alarm,
            uplink.memory,
            reserve=outbox.reserve,
            conditions=own,
            disk_patience_s=plan.alarm.disk_patience_s,
            on_stored=state_file.schedule_write,
            now=now,
            metrics=metrics,
        )
        readings = ReadingsSender(uplink.telemetry, plan.telemetry, plan.data_dir, metrics=metrics)
        renewal = _renewal(plan, own, uplink, now)
        supervisor = Supervisor(
            site,
            list(watches.values()),
            own=own,
            uplink_conditions=uplink_conditions(path_watches, state_file),
            uplink=uplink,
            reporter=reporter,
            readings=readings,
            unreceipted_after_s=plan.alarm.unreceipted_after_s,
            on_inventory=state_file.schedule_write,
            now=now,
            metrics=metrics,
        )
        lamp = Lamp(plan.output, supervisor.panel_state, metrics=metrics)
        detectors = DetectorSources(
            plan,
            site,
            watches=watches,
            reporter=reporter,
            readings=readings,
            quarantine=quarantine,
            now=now,
            metrics=metrics,
        )

        def is_progressing() -> bool:
            return supervisor.is_progressing() and detectors.is_progressing()

        await stack.enter_async_context(uplink.running())
        await stack.enter_async_context(state_file.running(supervisor.snapshot))
        await stack.enter_async_context(reporter.running())
        await supervisor.report_start(outbox)
        await stack.enter_async_context(readings.running())
        await stack.enter_async_context(
            serve_status(
                plan,
                uplink=uplink,
                supervisor=supervisor,
                sources=detectors.sources,
                trips=reporter.trips,
                journals=detectors.journals,
                is_progressing=is_progressing,
                metrics=metrics,
            )
        )
        await stack.enter_async_context(detectors.running())
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(quarantine.run(), name="quarantine")
            tasks.create_task(lamp.run(), name="lamp")
            tasks.create_task(supervisor.run(), name="supervisor")
            tasks.create_task(supervisor.publish_heartbeats(plan.heartbeat_s), name="heartbeat")
            tasks.create_task(keep_watchdog(is_progressing), name="watchdog")
            if renewal is not None:
                tasks.create_task(renewal.run(), name="certificate")
            log.info("gateway started", premises=plan.premises, gateway=plan.gateway)


def _renewal(
    plan: GatewayPlan, own: ConditionSet, uplink: Uplink, now: Callable[[], Moment]
) -> CertificateRenewal | None:
    """Return what renews the certificate; None where the gateway is not enrolled."""
    if plan.identity is None:
        return None
    uplink.certificate = CertificateWatch(own, plan.identity.since, plan.identity.until)
    renewal = CertificateRenewal(
        plan,
        plan.identity,
        uplink.certificate,
        publish=uplink.publish_renewal,
        reconnect=uplink.paths.reconnect,
        now=now,
        spread=random.random,
    )
    uplink.on_certificate = renewal.accept_certificate
    return renewal
