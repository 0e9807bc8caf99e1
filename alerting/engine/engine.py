"""Takes what happened, decides, and stores all that follows from it in one transaction."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec
import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

import alerting.migrations
import registry.migrations
import registry.store
from alerting.domain.decisions import overrides
from alerting.domain.decisions.decision_context import apply_finding
from alerting.domain.decisions.escalation import UNCONFIRMED, is_stage
from alerting.domain.decisions.network_loss import GatewayChanges, follow_network_loss
from alerting.domain.decisions.overrides import OverrideOrder
from alerting.domain.decisions.premises_rules import PremisesRules, RegistryRules
from alerting.domain.decisions.signal_router import SignalRouter
from alerting.domain.decisions.standing_alarms import follow_standing_alarms
from alerting.domain.model.effects import (
    RefuseAction,
    SiteNotice,
    TimelineEntry,
    TimelineEvent,
)
from alerting.domain.model.events import (
    Acknowledge,
    ClockSource,
    Close,
    DeadlineDue,
    DeliveryFailed,
    DeliverySucceeded,
    Event,
    OperatorAction,
    StoredSignal,
    TroubleFound,
)
from alerting.domain.model.fire import FireIncident, IllegalTransition
from alerting.domain.model.incident import Incident, IncidentKind, Outcome
from alerting.domain.model.override import Override
from alerting.domain.model.trouble import Condition, Trouble
from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.domain.notification.center import (
    CENTER,
    FAILING_AFTER,
    center_site,
    destination_of,
    not_reached,
)
from alerting.domain.notification.policy import POLICY_OF, trouble_policy_of
from alerting.domain.notification.recipients import Destination, Directory
from alerting.domain.watch.gateways import LOST, GatewayReason
from alerting.engine.arrivals import (
    AGAIN,
    ArrivedSignals,
    NewSignals,
    OwnFinding,
    all_of_the_center,
    cover,
    row_of,
    store_signals,
)
from alerting.engine.commit_result import CommitResult
from alerting.engine.recovery import write_snapshot
from alerting.engine.unit_of_work import UnitOfWork
from alerting.metrics import Metrics
from alerting.settings import Confirmation
from alerting.store.deliveries import DeliveryAttempt
from alerting.store.statements import FIRST_WORDS
from alerting.store.store import DueDeadline, Store
from contract.ids import GatewayKey, StreamKey
from contract.messages import Edge, Kind, Presence, Signal
from contract.times import SECOND, Micros, from_micros, to_micros
from registry.domain.index import Index, Unregistered
from registry.model.contacts import Contact
from registry.model.policies import COMMAND_CENTER
from registry.model.registry import Registry
from runtime.database import Database, open_database

log = structlog.get_logger(__name__)

DEADLINES_AT_ONCE = 100
"""Deadlines in one transaction: a thousand that are overdue after a restart do not hold up a signal."""

HAND_OVER_AFTER = 2
"""Attempts by one channel before what can wait is told by the next: one lost message is noise."""

CENTER_CONTACT = Contact(id=COMMAND_CENTER, name="Trung tâm chỉ huy")
"""The command center where nothing is known of it but that it is there."""

EMERGENCY_NUMBER = "114"
"""Of the fire police in Viet Nam: whom messages tell to call where no setting says otherwise."""

T = TypeVar("T")


class NoSuchIncident(Exception):
    """There is no incident of this id; look for it in GET /api/v1/incidents?state=all."""

    kind = "incident"
    listed_at = "/api/v1/incidents?state=all"

    @property
    def text(self) -> str:
        """Return what is wrong, and what to do."""
        return f"there is no {self.kind} {self}; list them with GET {self.listed_at}"


class NoSuchOverride(NoSuchIncident):
    """There is no override of this id; look for it in GET /api/v1/overrides."""

    kind = "override"
    listed_at = "/api/v1/overrides"


class ActionRefused(Exception):
    """Somebody else has the incident, or ended it; speak with *owner*."""

    def __init__(self, refusal: RefuseAction) -> None:
        super().__init__(refusal.refusal.value)
        self.refusal = refusal.refusal
        self.owner = refusal.owner


class Engine:
    """The decisions of alerting over a durable state; made by ``open_engine``.

    *heard_by* are called after each commit with what follows from it. Times are given, never asked for.
    """

    def __init__(
        self,
        database: Database,
        confirmation: Confirmation,
        metrics: Metrics,
        *,
        snapshot: Path | None,
        command_center: Contact,
        call: str,
        process: str,
    ) -> None:
        self._process = process
        self._command_center = command_center
        self._call = call
        self._snapshot = snapshot
        self.heard_by: list[Callable[[CommitResult], None]] = []
        self._database = database
        self._confirmation = confirmation
        self._metrics = metrics
        self._index = Index(registry.store.EMPTY.registry)
        self._directory = Directory(self._index, command_center, call=call)
        self._router = self._route_by(self._index)
        self._bad_registry: int | None = None
        self._under_way: Mapping[Destination, DeliveryAttempt] = {}
        self._unsure = False  # whether a transaction may be stored of which the database did not say so
        self._failing: set[Destination] = set()  # those of which something was put off
        self._failures: Counter[Destination] = (
            Counter()
        )  # in a row; what a death cut short is none of theirs
        self._in_fault: set[Destination] = set()  # those of which the command center was told

    @property
    def trouble(self) -> str | None:
        """Why the registry is not the latest one, or None where it is."""
        number = self._bad_registry
        return (
            None if number is None else f"version {number} cannot be read; {self._index.version} is used"
        )

    @property
    def rules(self) -> PremisesRules:
        """The meaning of signals by the registry as the last transaction saw it."""
        return self._router.rules

    @property
    def index(self) -> Index:
        """The registry as the last transaction saw it."""
        return self._index

    async def refresh_registry(self) -> None:
        """Use the latest version of the registry from now on, if it is another one."""
        number = await self._database.read(registry.store.latest_number)
        if number not in (self._index.version, self._bad_registry):
            await self._database.write(self._refresh)

    async def take(self, arrivals: Sequence[ArrivedSignals], now: datetime) -> CommitResult:
        """Store the signals of *arrivals* and all that follows; returns once that is durable."""
        known = Counter[StreamKey]()

        def change(work: UnitOfWork) -> tuple[CommitResult, NewSignals]:
            known.clear()
            fresh = store_signals(work, arrivals, known)
            work.load_premises({arrival.premises for arrival, _ in fresh})
            self._router.route_signals(work, [(each.premises, stored) for each, stored in fresh])
            cover(work, arrivals, known)
            return work.result, fresh

        committed, fresh = await self._transaction(change, now)
        self._metrics.duplicates.inc(known.total())
        self._count(fresh)
        return committed

    async def tick(self, now: datetime) -> datetime | None:
        """Run every deadline that came by *now*; returns when the next one comes."""

        def change(work: UnitOfWork) -> list[DueDeadline]:
            taken = work.store.take_due(work.now, limit=DEADLINES_AT_ONCE)
            for each in taken:
                self._deadline(work, each)
            return taken

        while (due := await self.next_deadline()) is not None and due <= now:
            for each in await self._transaction(change, now):
                self._metrics.lateness.observe((to_micros(now) - each.at) / SECOND)
        return due

    async def time_of_what_waits(self) -> datetime | None:
        """Return the ledger's latest time, if anything waits: a clock before that is set wrong."""
        at = await self.read(Store.time_of_what_waits)
        return None if at is None else from_micros(at)

    async def next_deadline(self) -> datetime | None:
        """When the next deadline comes."""
        due = await self.read(Store.next_deadline)
        return None if due is None else from_micros(due)

    async def acknowledge(self, number: str, *, by: str, now: datetime) -> Incident:
        """Let *by* take the incident; raises NoSuchIncident, or NotYours where somebody else has it."""
        return await self._person(number, Acknowledge(by), now)

    async def act(self, number: str, event: OperatorAction, *, now: datetime) -> Incident:
        """Let a person act; raises NoSuchIncident, or NotYours where that cannot be followed."""
        return await self._person(number, event, now)

    async def close(self, number: str, *, by: str, outcome: Outcome, now: datetime) -> Incident:
        """Let *by* end the incident; raises NoSuchIncident, or NotYours where it was ended otherwise."""
        return await self._person(number, Close(by, outcome), now)

    async def order(
        self, kind: IncidentKind, *, premises: str, order: OverrideOrder, now: datetime
    ) -> Override:
        """Let a test, drill, silence or maintenance begin."""

        def change(work: UnitOfWork) -> Override:
            at = trouble_policy_of(self._index, premises, POLICY_OF[IncidentKind.FAULT])
            override, effects = overrides.begin_override(at, kind, order, now=work.now)
            work.begin_override(override, effects)
            self._router.follow_override_begun(work, override)
            return override

        return await self._transaction(change, now)

    async def presences(self, said: Mapping[tuple[str, str], Presence], now: datetime) -> None:
        """Record which gateways came or went; *said* is by premises and gateway."""

        def change(work: UnitOfWork) -> None:
            for (premises, gateway), each in said.items():
                if work.store.note_presence(premises, gateway, each):
                    reason = "gateway_online" if each.online else "gateway_offline"
                    data = {"gateway": gateway, "version": each.version, "said_at": each.at}
                    work.add_entry(premises, None, TimelineEntry(TimelineEvent.PRESENCE, reason, data))

        await self._transaction(change, now)

    async def report(self, found: Sequence[OwnFinding], now: datetime) -> None:
        """Store what the center itself found of gateways, as signals of its own; and act on it."""

        def change(work: UnitOfWork) -> None:
            told = all_of_the_center(work, found)
            heard = [(each.premises, signal) for each, signal in zip(found, told, strict=True)]
            work.store.add_signals([row_of(premises, each, work.now) for premises, each in heard])
            work.store.conditions.note_signals(heard)
            work.load_premises({each.premises for each in found})
            common = follow_network_loss(work, self._router.rules, _gateway_changes(found))
            self._router.route_signals(work, heard, common=common)
            for each in found:
                if each.finding.reason is GatewayReason.ALARM_UNATTENDED:
                    work.check_standing_alarms(each.premises)

        await self._transaction(change, now)

    async def find(
        self, conditions: Sequence[Condition], now: datetime, *, edge: Edge = Edge.RAISED
    ) -> None:
        """Tell the command center of *conditions* that the center found of itself, or that are over."""

        def change(work: UnitOfWork) -> None:
            for each in conditions:
                apply_finding(work, TroubleFound(each, center_site(), edge))

        await self._transaction(change, now)

    def ask_again(self, streams: Iterable[StreamKey]) -> None:
        """Have *streams* sent again by their gateways: an empty receipt says that somebody is here."""
        self._tell(CommitResult(receipts={stream: [] for stream in streams}))

    async def ask_all_again(self, since: datetime) -> None:
        """Have everything sent again by every gateway that was heard *since*."""
        self.ask_again(await self.read(lambda store: store.coverage.heard(to_micros(since))))

    def _tell(self, committed: CommitResult) -> None:
        for hear in self.heard_by:
            hear(committed)

    async def begin_attempt(self, line: Destination, now: datetime) -> DeliveryAttempt | None:
        """The attempt under way on *line*, else the next one that is due; None if nothing is.

        What is returned is recorded as begun: mostly by the transaction that made the delivery.
        """
        if (begun := self._under_way.get(line)) is not None:
            return begun
        return await self._transaction(lambda work: work.begin_attempt(line), now)

    async def begin_attempt_in_turn(
        self, channel: str, *, busy: Collection[tuple[str, str]], now: datetime
    ) -> DeliveryAttempt | None:
        """The delivery that goes first of all lines of *channel*, recorded as begun.

        None if none is due. *busy* are the incidents and destinations of which one is under way by this
        channel.
        """
        return await self._transaction(lambda work: work.begin_attempt_in_turn(channel, busy), now)

    async def next_attempt_in_turn(
        self, channel: str, *, busy: Collection[tuple[str, str]]
    ) -> datetime | None:
        """Return the time of the next attempt on *channel*, beside what is *busy*."""
        due = await self.read(lambda store: store.deliveries.next_attempt_in_turn(channel, busy=busy))
        return None if due is None else from_micros(due)

    async def retry_channel_now(self, channel: str, now: datetime) -> None:
        """Try at once whatever waits on *channel*, which took nothing for a while and works again."""
        await self._transaction(
            lambda work: work.store.deliveries.retry_channel_now(channel, work.now), now
        )

    async def delivered(self, done: DeliveryAttempt, now: datetime) -> None:
        """Record that a destination was told."""
        event = DeliverySucceeded(done.id, done.destination, done.event, done.attempt, done.channel)

        def change(work: UnitOfWork) -> None:
            work.end_attempt(done, result="delivered")
            work.store.deliveries.delivered(done, work.now)
            if done.queue in self._failing:
                work.store.deliveries.retry_destination_now(done.queue, work.now)
            if done.queue in self._in_fault:
                apply_finding(
                    work, TroubleFound(not_reached(done.queue, work.now), center_site(), Edge.RESTORED)
                )
            self._told(work, done.incident, event)

        await self._transaction(change, now)
        self._failing.discard(done.queue)
        self._in_fault.discard(done.queue)
        del self._failures[done.queue]

    async def not_delivered(
        self, failed: DeliveryAttempt, answer: ChannelAnswer, *, until: datetime, now: datetime
    ) -> None:
        """Record that a destination was not told; *until* when to try again.

        All that waits for it is put off where nobody answered, else only this delivery. What can wait is
        handed to the person's next channel where this one refuses it, or does not get through.
        """
        event = DeliveryFailed(
            failed.id,
            failed.destination,
            failed.event,
            failed.attempt,
            answer.reason,
            failed.channel,
        )
        self._failing.add(failed.queue)
        failures = self._failures[failed.queue] + 1

        def change(work: UnitOfWork) -> None:
            work.end_attempt(failed, result=answer.reason)
            # Each time: somebody may have closed the fault while it still stands.
            if failures >= FAILING_AFTER:
                apply_finding(
                    work, TroubleFound(not_reached(failed.queue, work.now), center_site(), Edge.RAISED)
                )
            if hands_over(failed, answer):
                work.result.destinations.add(work.store.deliveries.hand_over(failed, work.now))
            elif answer.result is not AttemptResult.NO_ANSWER:
                work.store.deliveries.postpone(failed, to_micros(until))
            else:
                work.store.deliveries.postpone_all(failed, to_micros(until))
            self._told(work, failed.incident, event)

        await self._transaction(change, now)
        self._failures[failed.queue] = failures
        if failures >= FAILING_AFTER:
            self._in_fault.add(failed.queue)

    async def resume(self, now: datetime) -> CommitResult:
        """What a process that has just begun must do at once: tell sites and destinations."""
        in_fault = set[Destination]()

        def change(work: UnitOfWork) -> CommitResult:
            work.retry_everything_now()
            for case in work.store.open_incidents():
                if isinstance(case, FireIncident):
                    work.show_at_site(case, SiteNotice(case.reason, case.owner))
                if isinstance(case, Trouble) and case.site.id == CENTER:
                    in_fault.update(filter(None, map(destination_of, case.standing)))
            return work.result

        committed = await self._transaction(change, now)
        self._in_fault |= in_fault
        return committed

    async def begin_anew(self, lost: Path, content: Registry | None, now: datetime) -> None:
        """Note that the database before this one is *lost*, and take *content* over as its registry."""

        def change(work: UnitOfWork) -> None:
            data = {"set_aside": lost.name, "registry": content is not None}
            work.add_entry(
                CENTER, None, TimelineEntry(TimelineEvent.CENTER, "center_database_lost", data)
            )
            if content is not None:
                registry.store.put(work.store.connection, content, who="snapshot", now=now)

        await self._transaction(change, now)
        self._metrics.databases_lost.inc()

    async def forget(self, before: datetime, now: datetime) -> int:
        """Drop old timelines; returns how many lines."""
        return await self._transaction(lambda work: work.store.forget(to_micros(before)), now)

    async def next_attempt(self, line: Destination) -> datetime | None:
        """When something of *line* is to be tried next."""
        due = await self.read(lambda store: store.deliveries.next_attempt(line))
        return None if due is None else from_micros(due)

    def contact(self, name: str) -> Contact:
        """Who *name* is, by the registry as the last transaction saw it."""
        return self._directory.contact(name)

    async def read(self, ask: Callable[[Store], T]) -> T:
        """What *ask* reads from the store, in a transaction of its own."""
        return await self._database.read(lambda connection: ask(Store(connection)))

    async def _transaction(self, change: Callable[[UnitOfWork], T], now: datetime) -> T:
        """Make *change* and all that follows from it; once begun that is not left half done.

        A caller that is cancelled meanwhile is cancelled when it is done.
        """
        doing = asyncio.create_task(self._change_and_tell(change, to_micros(now)), name="transaction")
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            await asyncio.wait({doing})
            raise

    async def _change_and_tell(self, change: Callable[[UnitOfWork], T], now: Micros) -> T:
        def transaction(connection: Connection) -> tuple[UnitOfWork, T]:
            self._refresh(connection)
            work = UnitOfWork(
                Store(connection, self._process),
                now,
                directory=self._directory,
                under_way=self._under_way,
            )
            if self._unsure:
                work.retry_everything_now()
            answer = change(work)
            self._follow_up(work)
            work.save()
            return work, answer

        try:
            work, answer = await self._database.write(transaction, then=self._committed)
        except DBAPIError:
            self._unsure = True
            raise
        self._unsure = False
        work.count(self._metrics)
        self._tell(work.result)
        return answer

    def _route_by(self, index: Index) -> SignalRouter:
        window = round(self._confirmation.confirm_window_s * SECOND)
        return SignalRouter(
            RegistryRules(index, window), round(self._confirmation.late_grace_s * SECOND)
        )

    def _follow_up(self, work: UnitOfWork) -> None:
        for override in work.ended_overrides:
            work.release_suppressed(override)
            self._router.follow_override_ended(work, override)
        for premises in sorted(work.standing_alarm_checks):
            follow_standing_alarms(work, self._router.rules, premises)

    def _committed(self, done: tuple[UnitOfWork, object]) -> None:
        self._under_way = done[0].under_way

    def _refresh(self, connection: Connection) -> None:
        number = registry.store.latest_number(connection)
        if number in (self._index.version, self._bad_registry):
            return
        try:
            version = registry.store.latest(connection)
        except ValueError as error:
            # A newer program wrote it. What an older one says of the premises still holds for most.
            self._bad_registry = number
            self._metrics.bad_registry.inc()
            log.error("registry not read; the one before stays", version=number, reason=str(error))
            return
        self._index, self._bad_registry = Index(version.registry, version=version.number), None
        self._directory = Directory(self._index, self._command_center, call=self._call)
        self._router = self._route_by(self._index)
        log.info("registry loaded", version=version.number)
        if self._snapshot is not None:
            write_snapshot(self._snapshot, version.registry)

    def _deadline(self, work: UnitOfWork, due: DueDeadline) -> None:
        # One incident that cannot be read must not hold up the deadlines of all others.
        deliveries, calls = work.store.deliveries, None
        if is_stage(due.key):
            passed_over = () if due.key.startswith(UNCONFIRMED) else FIRST_WORDS
            calls = deliveries.calls(due.incident, passed_over=passed_over)
        reached = deliveries.anybody_reached(due.incident)
        self._told(work, due.incident, DeadlineDue(due.key, reached, calls))

    def _told(self, work: UnitOfWork, number: str, event: Event) -> None:
        """Let *event* happen to the incident called *number*, if that can be read."""
        try:
            work.apply_event_to(number, event)
        except (msgspec.MsgspecError, ValueError, IllegalTransition) as error:
            # One incident must not hold up what is due of all others.
            log.error(
                "an incident cannot be read; act on it by hand", incident=number, reason=str(error)
            )
            self._metrics.unreadable.inc()

    async def _person(self, number: str, event: OperatorAction, now: datetime) -> Incident:
        def change(work: UnitOfWork) -> tuple[Incident | None, RefuseAction | None]:
            return work.apply_event_to(number, event), work.refusal

        incident, refusal = await self._transaction(change, now)
        if incident is None:
            raise NoSuchIncident(number)
        if refusal is not None:
            raise ActionRefused(refusal)
        return incident

    def _count(self, fresh: Iterable[tuple[ArrivedSignals, StoredSignal]]) -> None:
        for arrival, heard in fresh:
            signal = heard.signal
            self._metrics.signals.labels(signal.kind.value).inc()
            self._metrics.repeated.inc(AGAIN in arrival.epoch)
            if heard.clock is not ClockSource.GATEWAY:
                self._metrics.clocks.labels(heard.clock.value).inc()
            if signal.kind is Kind.FIRE and not self._is_registered(arrival, signal):
                self._metrics.unregistered.inc()

    def _is_registered(self, arrival: ArrivedSignals, signal: Signal) -> bool:
        point = self._index.point(arrival.premises, signal.name)
        return not isinstance(point, Unregistered) and point.gateway == arrival.gateway


@asynccontextmanager
async def open_engine(
    url: str,
    confirmation: Confirmation,
    metrics: Metrics,
    *,
    snapshot: Path | None = None,
    command_center: Contact = CENTER_CONTACT,
    call: str = EMERGENCY_NUMBER,
    process: str = "tocsin-alerting",
) -> AsyncIterator[Engine]:
    """The engine over the database at *url*, whose tables are brought up to date.

    A copy of each registry that it loads is kept in *snapshot*. Of several processes at one database
    each has a name of its own, *process*, and the same one after a restart.
    """
    async with open_database(url) as database:
        owners = alerting.migrations.REVISIONS, registry.migrations.REVISIONS
        if steps := await database.migrate(*owners):
            log.info("database migrated", steps=steps)
        yield Engine(
            database,
            confirmation,
            metrics,
            snapshot=snapshot,
            command_center=command_center,
            call=call,
            process=process,
        )


def hands_over(failed: DeliveryAttempt, answer: ChannelAnswer) -> bool:
    """Whether the next channel takes over what *failed*: it is refused, or was tried often enough."""
    over = answer.result is AttemptResult.REFUSED or failed.attempt >= HAND_OVER_AFTER
    return bool(failed.fallback_channels) and over


def _gateway_changes(found: Sequence[OwnFinding]) -> GatewayChanges:
    by_edge: dict[Edge, list[GatewayKey]] = {edge: [] for edge in Edge}
    for each in found:
        if each.finding.reason in LOST:
            by_edge[each.finding.edge].append(GatewayKey(each.premises, each.gateway))
    return GatewayChanges(lost=by_edge[Edge.RAISED], back=by_edge[Edge.RESTORED])
