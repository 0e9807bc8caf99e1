"""Wires alerting together: signals in; incidents, deadlines, relays and notices out."""

import asyncio
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry

from alerting.center_secret import center_secret
from alerting.channels.answer_hints import AnswerHints, LinkRules
from alerting.channels.channel import ChannelContext
from alerting.channels.configured import open_channels
from alerting.channels.dispatcher import Dispatcher
from alerting.channels.received_replies import ReceivedReplies
from alerting.channels.self_test import ChannelWatch
from alerting.domain.gsm.numbers import VIET_NAM
from alerting.engine.engine import Engine, open_engine
from alerting.engine.gateway_authority import GatewayAuthority
from alerting.engine.recovery import read_snapshot, set_damaged_aside
from alerting.engine.registry_trust import RegistryTrust
from alerting.engine.replies import ReplyFollower, ReplyRules
from alerting.engine.under_way import AttemptLimits
from alerting.http.accounts import accounts_of, openid_of
from alerting.http.draft_notices import DraftNotices
from alerting.http.draft_rules import draft_rules
from alerting.http.feed import Feed
from alerting.http.server import Served, web_app
from alerting.jobs.audit_chain import AuditChain
from alerting.jobs.auditor import Auditor
from alerting.jobs.beside_alarms import run_beside_alarms
from alerting.jobs.channel_check import ChannelCheck
from alerting.jobs.clock_watch import ClockWatch, read_lateness
from alerting.jobs.disk_watch import DiskWatch
from alerting.jobs.duties.watch import DutyWatch
from alerting.jobs.housekeeping import run_housekeeping
from alerting.jobs.name_watch import NameWatch
from alerting.jobs.registry_refusals import report_refusals
from alerting.jobs.registry_watch import follow_keys, follow_registry, prove_registry
from alerting.jobs.reminder_sending import ReminderRoute
from alerting.jobs.timer import DeadlineTimer
from alerting.jobs.training_ends import TrainingEnds
from alerting.jobs.untried_addresses import UntriedAddresses
from alerting.metrics import Metrics
from alerting.mqtt.certificate_renewals import CertificateRenewals
from alerting.mqtt.inbox import SignalInbox
from alerting.mqtt.points_watch import PointsWatch
from alerting.mqtt.publisher import SitePublisher
from alerting.mqtt.supervision import Supervision
from alerting.mqtt.synthetic_fires import SyntheticFires
from alerting.settings import HOUR_S, Settings
from alerting.store.retry import DatabaseRetry
from audit.center_key import CenterKey, usable_key
from contract.http.health import AlertingHealth, RegistryHealth
from contract.times import SECOND, to_micros
from pki.folder import AuthorityFolder
from registry.attachments.bounds import MEGA, FileBounds
from registry.attachments.folder import FileFolder
from registry.attachments.service import FileService, open_files
from registry.model.contacts import ChannelKind
from runtime.bounded_work import MIB
from runtime.clock import Clock, utc_now
from runtime.database import parse_url
from runtime.folder_lock import lock_folder
from runtime.host_names import HostNames
from runtime.mqtt_sessions import MqttSessions
from runtime.process import keep_watchdog, share_the_interpreter, spare_the_collector
from runtime.quarantine import Quarantine
from runtime.steady_clock import SteadyClock
from runtime.web import serve
from runtime.web_connections import ConnectionLimits, WebConnections

log = structlog.get_logger(__name__)


async def run(settings: Settings, wall: Clock = utc_now) -> None:
    """Run alerting until cancelled; *wall* is the machine's clock, which may be set."""
    share_the_interpreter()
    clock = SteadyClock(wall, monotonic=asyncio.get_running_loop().time)
    metrics = Metrics(CollectorRegistry())
    with lock_folder(settings.data_dir):
        url, snapshot = settings.database_url, settings.data_dir / "registry.json"
        lost, secret = set_damaged_aside(url, clock()), center_secret(settings.data_dir)
        key = usable_key(settings.data_dir)
        async with (
            open_engine(
                url,
                settings.confirmation,
                metrics,
                snapshot=snapshot,
                command_center=settings.command_center.as_contact(),
                call=settings.command_center.call_back,
                process=settings.client_id,
                limits=attempt_limits(settings),
                secret=secret,
                trust=None if key is None else RegistryTrust(key, settings.data_dir),
            ) as engine,
            run_housekeeping(engine.upkeep, clock, keep_days=settings.keep_days, key=key),
        ):
            if lost is not None:
                content = read_snapshot(snapshot)
                await engine.upkeep.record_database_loss(lost, content, clock(), key=key)
            await _run(settings, engine=engine, clock=clock, metrics=metrics, key=key)


def attempt_limits(settings: Settings) -> AttemptLimits:
    """Return the most attempts at once that *settings* allow."""
    webhook = {ChannelKind.WEBHOOK.value: settings.relay.per_destination}
    return AttemptLimits(webhook | settings.channels.per_destination, settings.relay.overall)


def _hints(settings: Settings, engine: Engine) -> AnswerHints:
    """Return what adds to messages how to answer them."""
    sms = settings.channels.sms
    by_sms = sms is not None and sms.replies
    needs_code = sms is not None and sms.acts_need_code
    address, valid = settings.answers.address, reply_rules(settings).valid
    links = None if address is None else LinkRules(address, valid)
    return AnswerHints(
        engine.registry,
        engine.transactions.secret,
        by_sms=by_sms,
        needs_code=needs_code,
        links=links,
    )


def reply_rules(settings: Settings) -> ReplyRules:
    """Return the rules of replies by *settings*."""
    valid = round(settings.answers.valid_h * HOUR_S * SECOND)
    sms = settings.channels.sms
    if sms is None:
        return ReplyRules(VIET_NAM, valid, 0)
    return ReplyRules(sms.country, valid, sms.help_per_day, sms.acts_need_code)


async def _go_on(
    clock: SteadyClock, engine: Engine, *, noted: Path, database_retry: DatabaseRetry
) -> None:
    """Set *clock* on from the end of the process before, if anything waits by it."""
    at = await database_retry.until_stored(engine.upkeep.latest_ledger_time)
    if at is not None:
        clock.continue_from(max(at, read_lateness(noted) or at))


async def _run(
    settings: Settings,
    *,
    engine: Engine,
    clock: SteadyClock,
    metrics: Metrics,
    key: CenterKey | None,
) -> None:
    root = settings.broker.root
    quarantine = Quarantine(settings.data_dir / "quarantine", clock, metrics.registry)
    database_retry, noted = DatabaseRetry(metrics), settings.data_dir / "clock"
    disk = DiskWatch(
        engine.findings,
        settings.data_dir,
        settings.disk_reserve_mib,
        clock=clock,
        metrics=metrics,
        database_retry=database_retry,
        quarantine=quarantine,
    )
    names, synthetic, renewals = (
        HostNames(settings.data_dir / "addresses.json"),
        SyntheticFires(
            engine,
            settings.synthetic_fire,
            root=root,
            client_id=settings.client_id,
            clock=clock,
            metrics=metrics,
            database_retry=database_retry,
        ),
        CertificateRenewals(
            _authority(settings, engine, metrics), engine.keys, root=root, clock=clock, metrics=metrics
        ),
    )
    await _go_on(clock, engine, noted=noted, database_retry=database_retry)
    supervision = Supervision(
        engine,
        reporting_s=settings.supervision.reporting_s,
        clock=clock,
        metrics=metrics,
        database_retry=database_retry,
        hears=lambda: session.connected,
    )
    relay = Dispatcher(
        engine.outbox,
        engine.registry,
        settings=settings.relay,
        command_center=settings.command_center.as_contact(),
        clock=clock,
        metrics=metrics,
        database_retry=database_retry,
        hints=_hints(settings, engine),
    )
    signals = SignalInbox(
        engine,
        quarantine,
        root=root,
        limits=settings.intake,
        clock=clock,
        metrics=metrics,
        database_retry=database_retry,
        supervision=supervision,
        tell=relay.unrecorded.tell,
        over=relay.unrecorded.stop,
        on_renewal=renewals.request,
        rounds=synthetic,
    )
    site, timer, received = (
        SitePublisher(root, is_busy=lambda: signals.waiting > 0),
        DeadlineTimer(engine.deadlines, clock, database_retry),
        ReceivedReplies(
            engine,
            ReplyFollower(engine.transactions, reply_rules(settings)),
            quarantine=quarantine,
            metrics=metrics,
            clock=clock,
        ),
    )
    points = PointsWatch(
        engine, supervision, clock=clock, metrics=metrics, database_retry=database_retry
    )
    channel_check = ChannelCheck(
        engine,
        command_center=settings.command_center.as_contact(),
        usable=settings.channels.usable,
        why_refused=settings.address_check,
        clock=clock,
        database_retry=database_retry,
    )
    untried = UntriedAddresses(
        engine,
        relay.delivered,
        command_center=settings.command_center.as_contact(),
        usable=settings.channels.usable,
        metrics=metrics,
        clock=clock,
        database_retry=database_retry,
    )
    auditor = Auditor(engine, clock=clock, metrics=metrics, database_retry=database_retry)
    clock_watch = ClockWatch(
        engine.findings,
        clock,
        metrics=metrics,
        database_retry=database_retry,
        read_lateness=noted,
        woken=timer.look_now,
    )
    channel_watch = ChannelWatch(engine.findings, clock=clock, database_retry=database_retry)
    feed = Feed(
        engine.transactions,
        limit=settings.feed_readers,
        metrics=metrics,
        shared=parse_url(settings.database_url).get_backend_name() != "sqlite",
        alarms_wait=lambda: signals.waiting > 0,
    )

    audit_chain = AuditChain(
        engine,
        key,
        settings.data_dir,
        settings.audit,
        clock=clock,
        metrics=metrics,
        database_retry=database_retry,
        alarms_wait=lambda: signals.waiting > 0,
    )

    async def up() -> None:
        await signals.request_resend()
        await site.on_connected()

    session = MqttSessions(
        settings.brokers,
        client_id=settings.client_id,
        topics=signals.topics,
        on_message=signals.accept_message,
        on_connected=up,
        names=names,
    )

    clients = WebConnections(_connection_limits(settings), metrics.http)

    def health() -> AlertingHealth:
        troubles = database_retry.trouble, engine.registry.trouble, clock_watch.trouble
        return AlertingHealth(
            ok=session.connected and signals.is_progressing() and not any(troubles),
            broker=session.connected,
            brokers_away=session.away,
            waiting=signals.waiting,
            database=database_retry.trouble or "ok",
            clock=clock_watch.trouble or "ok",
            registry=RegistryHealth(
                version=engine.registry.current.version, trouble=engine.registry.trouble
            ),
            unreachable=channel_check.unreachable,
            unreachable_count=len(channel_check.unreachable),
            refused=list(engine.refused.names(to_micros(clock()))),
            refused_count=len(engine.refused.names(to_micros(clock()))),
            untried=untried.named,
            untried_count=len(untried.named),
            untried_contacts=untried.contacts,
            untried_contacts_count=len(untried.contacts),
            web=clients.trouble or "ok",
            disk=disk.trouble or "ok",
            replies_set_aside=received.set_aside,
            synthetic_fire=synthetic.shown() if settings.synthetic_fire.every_s else None,
        )

    # In the order of what may wait least.
    engine.transactions.listeners += [
        each.on_commit for each in (synthetic, relay, site, timer, feed, audit_chain)
    ]
    await database_retry.until_stored(lambda: engine.upkeep.resume(clock()))
    for each in (supervision, points, channel_check):
        await database_retry.until_stored(each.resume)
    accounts = accounts_of(engine, settings.accounts, clock)
    app = web_app(
        Served(
            engine=engine,
            supervision=supervision,
            points=points,
            feed=feed,
            accounts=accounts,
            openid=openid_of(settings.accounts, names),
            clock=clock,
            acts=settings.acts,
            authority=renewals.authority,
            sign_ins=metrics.sign_ins,
            trials=relay.trials,
            rounds=synthetic.shown,
            command_center=settings.command_center.as_contact(),
            files=_files(settings),
            drafts=draft_rules(settings, key),
            usable=settings.channels.usable,
        ),
        guarded=settings.web,
        metrics=metrics.registry,
        health=health,
        proxies=settings.web.proxy_networks,
        refused=metrics.http.refused_requests,
    )
    context = ChannelContext(
        settings.channels,
        settings.relay,
        clock,
        session.publish,
        clock.wall,
        names,
        settings.outgoing,
        settings.trusted_addresses,
        settings.relay.keys() or (engine.transactions.secret,),
        received,
    )
    async with (
        open_channels(context) as channels,
        serve(app, settings.web.host, settings.web.port, connections=clients) as port,
        asyncio.TaskGroup() as tasks,
    ):
        spare_the_collector()
        log.info("alerting listening", host=settings.web.host, port=port)
        tasks.create_task(signals.run(), name="signals")
        tasks.create_task(supervision.run(), name="supervision")
        tasks.create_task(points.run(site.ask_inventories), name="points")
        tasks.create_task(channel_check.run(), name="channel check")
        tasks.create_task(follow_registry(engine, database_retry), name="registry")
        tasks.create_task(follow_keys(engine, database_retry), name="keys of gateways")
        tasks.create_task(site.run(session), name="site")
        tasks.create_task(renewals.run(session), name="renewals")
        tasks.create_task(timer.run(), name="timer")
        tasks.create_task(feed.run(), name="feed")
        watches = {
            "auditor": auditor.run(),
            "audit chain": audit_chain.run(),
            "rows of the registry": prove_registry(engine, database_retry),
            "refused registries": report_refusals(engine, clock, database_retry),
            "clock": clock_watch.run(),
            "disk": disk.run(),
            "accounts": run_beside_alarms(accounts.run, "accounts"),
            "duties": run_beside_alarms(
                DutyWatch(
                    engine,
                    _reminder_route(relay, settings),
                    settings=settings.duties,
                    clock=clock,
                    alarms_wait=lambda: signals.waiting > 0,
                ).run,
                "duties",
            ),
            "drafts": run_beside_alarms(
                DraftNotices(
                    engine,
                    _reminder_route(relay, settings),
                    from_hour=settings.duties.remind_hour,
                    clock=clock,
                    alarms_wait=lambda: signals.waiting > 0,
                ).run,
                "drafts",
            ),
            "untried addresses": untried.run(),
            "trainings": run_beside_alarms(TrainingEnds(engine.trainings, clock).run, "trainings"),
            "synthetic fire": run_beside_alarms(lambda: synthetic.run(session), "synthetic fire"),
            "way of alarms": run_beside_alarms(synthetic.report_faults, "way of alarms"),
            "names": NameWatch(names, engine.registry, settings).run(),
        }
        for name, watch in watches.items():
            tasks.create_task(watch, name=name)
        tasks.create_task(relay.run(channels), name="relay")
        tasks.create_task(channel_watch.run(channels.values()), name="channels")
        tasks.create_task(session.run(), name="broker")
        tasks.create_task(keep_watchdog(signals.is_progressing), name="watchdog")


def _authority(settings: Settings, engine: Engine, metrics: Metrics) -> GatewayAuthority:
    """Return what issues the certificates of gateways, where an authority was or will be made."""
    return GatewayAuthority(
        AuthorityFolder(settings.authority_folder),
        settings.pki.life,
        database=engine.database,
        registry=engine.registry,
        keys=engine.keys,
        metrics=metrics,
    )


def _reminder_route(relay: Dispatcher, settings: Settings) -> ReminderRoute:
    return ReminderRoute(relay.reminders.send, settings.channels.usable)


def _files(settings: Settings) -> FileService:
    """Return what keeps plans and documents; 16 times the disk reserve is left to alarms."""
    files = settings.files
    folder = FileFolder(
        settings.files_folder,
        most_bytes=files.max_total_mib * MIB,
        free_bytes=16 * settings.disk_reserve_mib * MIB,
        most_by_account=files.max_account_mib * MIB,
    )
    bounds = FileBounds(files.max_mib * MIB, files.megapixels * MEGA, files.pages)
    return open_files(folder, bounds)


def _connection_limits(settings: Settings) -> ConnectionLimits:
    """Return the limits of HTTP clients; readers of the feed stay, and have places beside the others."""
    web, readers = settings.web, settings.feed_readers
    return ConnectionLimits(web.connections + readers, web.connections_by_address + readers)
