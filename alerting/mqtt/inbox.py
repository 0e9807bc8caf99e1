"""Receives the messages of gateways: alarms wait for the turn of their gateway, the rest is noted."""

import asyncio
from collections.abc import Callable

import structlog

from alerting.domain.fairness.fair_queue import Admission
from alerting.domain.fairness.lending import Lending
from alerting.domain.watch.synthetic_message import RoundVerdict
from alerting.engine.engine import Engine
from alerting.metrics import Metrics
from alerting.mqtt.arrival_writer import ArrivalWriter
from alerting.mqtt.budgets import Budgets
from alerting.mqtt.gate import Gate
from alerting.mqtt.group_assembler import Group, GroupAssembler
from alerting.mqtt.message_reader import MessageReader
from alerting.mqtt.presence_writer import PresenceWriter
from alerting.mqtt.quarantined_signals import QuarantinedSignals
from alerting.mqtt.rejected_messages import NOBODY, RejectedMessages
from alerting.mqtt.resend_requests import ResendRequests
from alerting.mqtt.signature_guard import SignatureGuard
from alerting.mqtt.status_inbox import OnRenewal, StatusInbox, StatusMessage, ignore_renewals
from alerting.mqtt.supervision import Supervision
from alerting.mqtt.synthetic_fires import SyntheticFires
from alerting.mqtt.unstored_watch import Tell, UnstoredWatch, ignore_notices
from alerting.mqtt.waiting_message import WaitingMessage
from alerting.settings import IntakeLimits
from alerting.store.retry import DatabaseRetry
from contract.ids import GatewayKey
from contract.times import SECOND, Micros, to_micros
from contract.topics import Leaf, parse_topic, topic_filter
from runtime.clock import Clock
from runtime.mqtt_message import MqttMessage
from runtime.quarantine import Quarantine

log = structlog.get_logger(__name__)

STUCK_S = 30.0
"""Seconds without progress, though messages wait, after which the process is unhealthy."""

HEARD = Leaf.ALARM, Leaf.PRESENCE, Leaf.HEARTBEAT, Leaf.INVENTORY, Leaf.RENEWAL
"""Kinds of messages that alerting hears from gateways."""


def ignore_rounds(_message: WaitingMessage) -> None:
    """Do nothing with a round of the synthetic fire."""


class SignalInbox:
    """Takes messages of gateways from a session and hands them to *engine*, group after group.

    It never waits for one of them: the broker would drop what comes of others meanwhile. *tell* sends
    notices of fires that cannot be stored, until *over* is called. *rounds* are those of the synthetic
    fire, which wait for their turn among alarms and lead to none.
    """

    def __init__(
        self,
        engine: Engine,
        quarantine: Quarantine,
        *,
        root: str,
        limits: IntakeLimits,
        clock: Clock,
        metrics: Metrics,
        database_retry: DatabaseRetry,
        supervision: Supervision,
        tell: Tell = ignore_notices,
        over: Callable[[], None] = lambda: None,
        on_renewal: OnRenewal = ignore_renewals,
        rounds: SyntheticFires | None = None,
    ) -> None:
        self._rounds = rounds
        self._root = root
        self._clock = clock
        self._metrics = metrics
        self._supervision = supervision
        self._now = now = asyncio.get_running_loop().time
        self._idle = asyncio.Event()  # set while no alarm waits
        self._message_came = asyncio.Event()
        self._progress = 0.0
        lending = Lending(limits.lending, now())
        budgets = Budgets(limits.budget, lending, now)
        gate = Gate(budgets, registry=engine.registry, supervision=supervision, metrics=metrics, now=now)
        self._rejected = RejectedMessages(
            quarantine, metrics=metrics, now=now, on_fires=self._queue_message
        )
        self._guard = guard = SignatureGuard(lambda: engine.keys.current, metrics)
        reader = MessageReader(
            gate,
            self._rejected,
            supervision,
            guard,
            ignore_rounds if rounds is None else rounds.read_round,
        )
        self._assembler = GroupAssembler(reader, limits, lending=lending, now=now)
        self._quarantined = QuarantinedSignals(
            engine.upkeep,
            quarantine,
            root=root,
            clock=clock,
            metrics=metrics,
            database_retry=database_retry,
        )
        self._writer = ArrivalWriter(
            engine.intake,
            clock=clock,
            database_retry=database_retry,
            supervision=supervision,
            quarantined=self._quarantined,
        )
        self._presences = PresenceWriter(
            engine.intake, self._idle, clock=clock, database_retry=database_retry
        )
        self._resends = ResendRequests(
            engine.intake, budgets, clock=clock, database_retry=database_retry
        )
        self._status = StatusInbox(
            supervision,
            self._presences,
            resends=self._resends,
            rejected=self._rejected,
            guard=guard,
            on_renewal=on_renewal,
            metrics=metrics,
            now=now,
        )
        self._unstored = UnstoredWatch(
            engine,
            clock=clock,
            database_retry=database_retry,
            clock_offset=supervision.clock_offset,
            guard=guard,
            waiting=self._assembler.waiting_messages,
            tell=tell,
            over=over,
        )
        own = [] if rounds is None else rounds.topics
        self.topics = [*(topic_filter(leaf, root) for leaf in HEARD), *own]

    @property
    def waiting(self) -> int:
        """The number of messages not stored yet."""
        return len(self._assembler)

    def is_progressing(self) -> bool:
        """Whether the waiting messages are being stored."""
        return not self.waiting or self._now() - self._progress < STUCK_S

    async def accept_message(self, message: MqttMessage) -> None:
        """Take *message*: queue an alarm, note a state, reject what is on no gateway's topic."""
        received_at = to_micros(self._clock())
        if self._rounds is not None and self._rounds.is_of_center(message.topic):
            self._accept_of_center(self._rounds, message, received_at)
            return
        try:
            topic = parse_topic(message.topic, self._root)
        except ValueError as error:
            self._reject_unknown(message, str(error))
            return
        key = GatewayKey(topic.premises, topic.gateway)
        if topic.leaf is not Leaf.ALARM:
            self._status.accept_status(StatusMessage(key, topic.leaf, message, received_at))
            return
        self._supervision.note_signal(key, received_at)
        # None of ours is retained; one that is may be old, and is known by its number then.
        if message.retained:
            self._metrics.retained.inc()
        self._queue_message(WaitingMessage(key, message.topic, message.payload, received_at))

    def _accept_of_center(
        self, rounds: SyntheticFires, message: MqttMessage, received_at: Micros
    ) -> None:
        """Queue a round of the synthetic fire, and reject what the center did not publish itself."""
        verdict = rounds.accept_message(message)
        if verdict is RoundVerdict.FORGED:
            self._reject_unknown(message, f"topic {message.topic!r} is the center's, which did not sign")
        elif rounds.is_round(message, verdict):
            self._queue_message(WaitingMessage(rounds.key, message.topic, message.payload, received_at))

    def _reject_unknown(self, message: MqttMessage, detail: str) -> None:
        """Quarantine *message*, whose topic is no gateway's, and report that there is such a sender."""
        self._supervision.note_unknown_sender()
        self._rejected.reject_message(
            NOBODY, message.topic, message.payload, reason="bad_topic", detail=detail
        )

    async def request_resend(self) -> None:
        """Ask gateways, now that the broker is connected, to send again what has no receipt."""
        if self._rounds is not None:
            self._rounds.on_connected()
        await self._resends.request_all()

    async def run(self) -> None:
        """Store messages until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._run_alarms(), name="alarms")
            tasks.create_task(self._presences.run(), name="presences")
            tasks.create_task(self._status.run(), name="states")
            tasks.create_task(self._resends.run(), name="receipts again")
            tasks.create_task(self._rejected.run(), name="rejected")
            tasks.create_task(self._quarantined.run(), name="set aside")
            tasks.create_task(self._unstored.run(), name="notices from memory")

    def _queue_message(self, message: WaitingMessage) -> None:
        """Queue *message*; without room it is dropped, and sent again because it has no receipt."""
        self._unstored.note_message(message)
        if not self.waiting:
            self._progress = self._now()
        displaced = self._assembler.displaced
        admission = self._assembler.add_message(message)
        if gone := self._assembler.displaced - displaced:
            self._metrics.dropped_messages.labels("displaced").inc(gone)
        if admission is Admission.QUEUED:
            self._message_came.set()
            return
        self._metrics.dropped_messages.labels(admission.value).inc()
        self._supervision.note_flood(message.key)

    async def _run_alarms(self) -> None:
        """Store group after group."""
        while True:
            if not self.waiting:
                self._idle.set()
                self._message_came.clear()
                await self._message_came.wait()
                self._idle.clear()
            group = self._assembler.next_group()
            if group.arrivals:
                await self._store(group)
            else:
                await asyncio.sleep(0)
            self._progress = self._now()
            self._metrics.unstored_messages.set(self.waiting)

    async def _store(self, group: Group) -> None:
        with self._unstored.storing(group.arrivals):
            work_s = await self._writer.store_arrivals(group.arrivals)
        if work_s:
            self._assembler.costs.note_group(group.signals, work_s)
        self._metrics.transaction_signals.observe(group.signals.total())
        waited = to_micros(self._clock()) - min(arrival.received_at for arrival in group.arrivals)
        self._metrics.commit_seconds.observe(waited / SECOND)
