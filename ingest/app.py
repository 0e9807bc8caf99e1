"""Ingest: telemetry from all gateways into the readings store, and readings out of it."""

import asyncio

from contract.http.health import IngestHealth
from ingest.adapters.backlog import Backlog
from ingest.adapters.batch_settlement import BatchSettlement
from ingest.adapters.free_space import FreeSpace
from ingest.adapters.heartbeats import HeartbeatCache
from ingest.adapters.housekeeping import housekeeping
from ingest.adapters.inbox import Inbox, subscriptions
from ingest.adapters.ledger_api import LedgerApi
from ingest.adapters.metrics import Metrics
from ingest.adapters.quarantine_writer import QuarantineWriter
from ingest.adapters.read_back import ReadBack
from ingest.adapters.readings_api import web_app
from ingest.adapters.readings_intake import ReadingsIntake
from ingest.adapters.receipt_sender import ReceiptSender
from ingest.adapters.signal_copies import SignalCopies
from ingest.adapters.store_health import StoreChecks, StoreHealth, StoreWatch
from ingest.adapters.stores import open_store
from ingest.adapters.stream_accounts import open_stream_accounts
from ingest.adapters.telemetry_lane import TelemetryLane
from ingest.domain.quotas import QuotaLedger
from ingest.settings import Settings
from runtime.clock import Clock, utc_now
from runtime.folder_lock import lock_folder
from runtime.host_names import HostNames
from runtime.mqtt_sessions import MqttSessions
from runtime.process import keep_watchdog
from runtime.quarantine import Quarantine
from runtime.spool import open_spool
from runtime.steady_clock import SteadyClock
from runtime.web import serve
from runtime.web_connections import ConnectionLimits, WebConnections


async def run(settings: Settings, clock: Clock = utc_now) -> None:
    """Run until cancelled; what is not stored by then has no receipt, and comes again."""
    # A clock that is set back would have readings refused as those of the future.
    steady = SteadyClock(clock, monotonic=asyncio.get_running_loop().time)
    with lock_folder(settings.data_dir):
        await _run(settings, steady)


async def _run(settings: Settings, clock: Clock) -> None:
    metrics = Metrics()
    quarantine = Quarantine(settings.data_dir / "quarantine", clock, metrics.registry)
    async with (
        open_store(settings, clock) as store,
        open_stream_accounts(settings.data_dir / "coverage.db", clock) as accounts,
        open_spool(settings.data_dir / "signals.db", clock) as spool,
        housekeeping(settings, clock, store=store, quarantine=quarantine),
    ):
        root = settings.broker.root
        receipts = ReceiptSender(root, metrics)
        read_back = ReadBack(store, shown_within_s=settings.writing.shown_within_s)
        store_health = StoreHealth(metrics)
        reserve = FreeSpace(
            settings.data_dir,
            settings.disk_reserve_mib,
            metrics=metrics,
            on_change=store_health.note_space,
        )
        reserve.check()
        watch = StoreWatch(store, store_health, read_back, reserve=reserve)
        checks = StoreChecks(store_health, watch, read_back, reserve)
        refused = QuarantineWriter(quarantine)
        settlement = BatchSettlement(accounts, receipts, quarantine=refused, metrics=metrics)
        quotas = QuotaLedger(settings.quota.quotas())
        backlog = Backlog(
            settings.writing.backlog_readings,
            on_displaced=lambda batch: settlement.drop(batch.id, "backlog_full"),
        )
        intake = ReadingsIntake(
            backlog,
            settlement,
            quotas=quotas,
            reserve=reserve,
            plausible=settings.plausible,
            metrics=metrics,
            clock=clock,
        )
        telemetry = TelemetryLane(
            store,
            backlog,
            settlement=settlement,
            metrics=metrics,
            writing=settings.writing,
            checks=checks,
        )
        signals = SignalCopies(store, spool, checks=checks, writing=settings.writing, metrics=metrics)
        heartbeats = HeartbeatCache()
        inbox = Inbox(
            intake, signals, heartbeats, root=root, quarantine=refused, quotas=quotas, metrics=metrics
        )
        session = MqttSessions(
            (settings.broker, *settings.other_brokers),
            client_id=settings.client_id,
            topics=subscriptions(settings),
            on_message=inbox.route_message,
            names=HostNames(settings.data_dir / "addresses.json"),
        )
        metrics.inbound_dropped.set_function(lambda: session.dropped)

        limits = ConnectionLimits(settings.web.connections, settings.web.connections_by_address)
        clients = WebConnections(limits, metrics.http)

        def health() -> IngestHealth:
            flooding = intake.flooding()
            return IngestHealth(
                ok=session.connected and store_health.away is None,
                broker="connected" if session.connected else "away",
                brokers_away=session.away,
                store=store_health.away or "ok",
                store_server=store_health.server,
                backlog_readings=telemetry.waiting_readings,
                web=clients.trouble or "ok",
                readings_flood=flooding,
                readings_flood_count=len(flooding),
            )

        ledger = LedgerApi(accounts, heartbeats, clock)
        web = web_app(settings, clock, store=store, metrics=metrics, health=health, more=ledger.routes())
        async with (
            serve(web, settings.web.host, settings.web.port, connections=clients),
            asyncio.TaskGroup() as tasks,
        ):
            tasks.create_task(reserve.watch_forever(), name="disk watched")
            tasks.create_task(refused.write_forever(), name="quarantine")
            tasks.create_task(inbox.quarantine_forever(), name="messages of nobody")
            tasks.create_task(intake.decode_forever(), name="readings decoded")
            tasks.create_task(telemetry.write_forever(), name="readings to the store")
            tasks.create_task(telemetry.read_back_forever(), name="readings read back")
            tasks.create_task(watch.watch_forever(telemetry), name="store watched")
            tasks.create_task(signals.bound_forever(), name="copies of signals bounded")
            tasks.create_task(signals.write_forever(), name="signals to the store")
            tasks.create_task(receipts.send_forever(session), name="receipts")
            tasks.create_task(session.run(), name="broker")
            tasks.create_task(keep_watchdog(telemetry.is_progressing), name="watchdog")
