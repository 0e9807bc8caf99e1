"""Ingest: telemetry from all gateways into the readings store, and readings out of it."""

import asyncio

from contract.http.health import IngestHealth
from ingest.adapters.beats import Beats
from ingest.adapters.housekeeping import housekeeping
from ingest.adapters.inbox import Inbox, subscriptions
from ingest.adapters.lanes import open_lanes
from ingest.adapters.ledger import Accounts
from ingest.adapters.metrics import Metrics
from ingest.adapters.proving import Prover
from ingest.adapters.receipts import Receipts
from ingest.adapters.signals import SignalCopies
from ingest.adapters.store_state import StoreState, StoreWatch, Trust
from ingest.adapters.stores import open_store
from ingest.adapters.telemetry import Rules, Telemetry
from ingest.adapters.web import web_app
from ingest.settings import Settings
from runtime.brokers import Sessions
from runtime.clock import Clock, utc_now
from runtime.lock import sole_user
from runtime.process import keep_watchdog
from runtime.quarantine import Quarantine
from runtime.spool import open_spool
from runtime.steady_clock import SteadyClock
from runtime.web import serve


async def run(settings: Settings, clock: Clock = utc_now) -> None:
    """Run until cancelled; what is not stored by then has no receipt, and comes again."""
    # A clock that is set back would have readings refused as those of the future.
    steady = SteadyClock(clock, monotonic=asyncio.get_running_loop().time)
    with sole_user(settings.data_dir):
        await _run(settings, steady)


async def _run(settings: Settings, clock: Clock) -> None:
    metrics = Metrics()
    quarantine = Quarantine(settings.data_dir / "quarantine", clock, metrics.registry)
    async with (
        open_store(settings, clock) as store,
        open_lanes(settings.data_dir / "coverage.db", clock) as lanes,
        open_spool(settings.data_dir / "signals.db", clock) as spool,
        housekeeping(settings, clock, store=store, quarantine=quarantine),
    ):
        root = settings.broker.root
        receipts = Receipts(root, metrics)
        prover = Prover(store, shown_within_s=settings.writing.shown_within_s)
        state = StoreState(metrics)
        trust = Trust(state, StoreWatch(store, state, prover), prover)
        telemetry = Telemetry(
            store,
            lanes,
            receipts=receipts,
            quarantine=quarantine,
            metrics=metrics,
            rules=Rules(settings.writing, settings.plausible),
            trust=trust,
            clock=clock,
        )
        signals = SignalCopies(store, spool, trust=trust, writing=settings.writing, metrics=metrics)
        beats = Beats()
        inbox = Inbox(telemetry, signals, beats, root=root, quarantine=quarantine, metrics=metrics)
        session = Sessions(
            (settings.broker, *settings.other_brokers),
            client_id=settings.client_id,
            topics=subscriptions(settings),
            on_message=inbox.take,
        )
        metrics.inbound_dropped.set_function(lambda: session.dropped)

        def health() -> IngestHealth:
            return IngestHealth(
                ok=session.connected and state.away is None,
                broker="connected" if session.connected else "away",
                brokers_away=session.away,
                store=state.away or "ok",
                store_is=state.name,
                backlog_readings=telemetry.waiting,
            )

        accounts = Accounts(lanes, beats, clock)
        web = web_app(
            settings, clock, store=store, metrics=metrics, health=health, more=accounts.routes()
        )
        async with serve(web, settings.web.host, settings.web.port), asyncio.TaskGroup() as tasks:
            tasks.create_task(telemetry.write_forever(), name="readings to the store")
            tasks.create_task(telemetry.prove_forever(), name="readings read back")
            tasks.create_task(trust.watch.watch_forever(telemetry), name="store watched")
            tasks.create_task(signals.spool_forever(), name="signals to disk")
            tasks.create_task(signals.write_forever(), name="signals to the store")
            tasks.create_task(receipts.send_forever(session), name="receipts")
            tasks.create_task(session.run(), name="broker")
            tasks.create_task(keep_watchdog(telemetry.moving), name="watchdog")
