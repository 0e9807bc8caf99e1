"""Sends the synthetic fire round after round, follows each hop by hop, and reports where one ends.

What it does for a round goes through the machinery of alarms: the session, the queue of messages, the
transactions, the publisher of receipts, the sender of notifications and the feed. No alarm waits for it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256

import structlog

from alerting.domain.notification.center import round_fault
from alerting.domain.rehearsal.synthetic_decision import would_notify
from alerting.domain.watch.synthetic_fire import BEFORE, Hop, Round, RoundWatch
from alerting.domain.watch.synthetic_message import (
    RoundVerdict,
    is_own,
    round_message,
    round_signal,
    round_token,
)
from alerting.engine.commit_result import CommitResult
from alerting.engine.engine import Engine
from alerting.engine.unit_of_work import UnitOfWork
from alerting.metrics import Metrics
from alerting.mqtt.shown_rounds import shown_rounds
from alerting.mqtt.waiting_message import WaitingMessage
from alerting.settings import SyntheticFireSettings
from alerting.store.errors import DatabaseError
from alerting.store.retry import DatabaseRetry
from contract.digests import digest
from contract.http.synthetic_fire import SyntheticFire
from contract.ids import GatewayKey, StreamKey
from contract.messages import BadMessage, Edge, Proof, decode_receipt, decode_signals
from contract.names import is_name
from contract.times import Micros, to_micros
from contract.topics import CENTER_LEVEL, Leaf, Topic
from runtime.clock import Clock
from runtime.mqtt import BrokerAway
from runtime.mqtt_message import MqttMessage
from runtime.mqtt_sessions import MqttSessions

log = structlog.get_logger(__name__)

HOPS = frozenset(Hop)

Publish = Callable[[str, bytes], Awaitable[None]]
"""Publishes a payload on a topic."""


@dataclass(slots=True)
class _Course:
    """The round that is under way: what was sent, and when it *passed* each hop."""

    token: str
    at: Micros
    payload: bytes
    began: float
    passed: dict[Hop, float] = field(default_factory=dict)
    complete: asyncio.Event = field(default_factory=asyncio.Event)

    def pass_hop(self, hop: Hop) -> None:
        """Note that the round passed *hop*, once, and after the one before."""
        if hop in self.passed or (hop in BEFORE and BEFORE[hop] not in self.passed):
            return
        self.passed[hop] = _now() - self.began
        if len(self.passed) == len(Hop):
            self.complete.set()


class SyntheticFires:
    """Runs rounds by *settings*, for the process of the center that connects as *client_id*."""

    def __init__(
        self,
        engine: Engine,
        settings: SyntheticFireSettings,
        *,
        root: str,
        client_id: str,
        clock: Clock,
        metrics: Metrics,
        database_retry: DatabaseRetry,
    ) -> None:
        process = process_name(client_id)
        self.key = GatewayKey(CENTER_LEVEL, process)
        self.settings = settings
        self._engine = engine
        self._clock = clock
        self._metrics = metrics
        self._database_retry = database_retry
        self._of_center = f"{root}/{CENTER_LEVEL}/"
        self._alarm = Topic(*self.key, Leaf.ALARM).under(root)
        self._receipt = Topic(*self.key, Leaf.RECEIPT_ALARM).under(root)
        self.watch = RoundWatch(settings.every_s, _now())
        self._course: _Course | None = None
        self._read: asyncio.Queue[_Course] = asyncio.Queue(1)
        self._decided: asyncio.Queue[_Course] = asyncio.Queue(1)
        self._connected = asyncio.Event()
        self._changed = asyncio.Event()

    @property
    def topics(self) -> Sequence[str]:
        """The topics to subscribe to beside those of gateways, which bring the round itself."""
        return [self._receipt] if self.settings.every_s else []

    @property
    def fault(self) -> Hop | None:
        """The hop at which the way of alarms ends now; None while rounds come through, or without."""
        return self.watch.fault(_now()) if self.settings.every_s else None

    def shown(self) -> SyntheticFire:
        """Return the rounds as they are now."""
        return shown_rounds(self.watch, self.settings.every_s, self.fault)

    # -- messages under the name of the center

    def is_of_center(self, topic: str) -> bool:
        """Return whether *topic* is below the name of the center, which no gateway has."""
        return topic.startswith(self._of_center)

    def accept_message(self, message: MqttMessage) -> RoundVerdict:
        """Judge *message*, which came under the name of the center, and note how far a round got."""
        verdict = self._judge(message)
        self._metrics.synthetic_messages.labels(verdict.value).inc()
        return verdict

    def is_round(self, message: MqttMessage, verdict: RoundVerdict) -> bool:
        """Return whether *message* is to be queued as those of gateways are."""
        return verdict is RoundVerdict.CURRENT and message.topic == self._alarm

    def read_round(self, message: WaitingMessage) -> None:
        """Read the round in *message*, whose turn it is; the rest follows in a task of its own."""
        course = self._course
        if course is None or message.payload != course.payload:
            return  # it waited for longer than a round may take
        try:
            decode_signals(message.open())
        except BadMessage as error:
            log.error("synthetic fire cannot be read", reason=str(error))
            return
        course.pass_hop(Hop.QUEUE)
        _hand_on(self._read, course)

    def _judge(self, message: MqttMessage) -> RoundVerdict:
        if message.topic == self._receipt:
            return self._judge_receipt(message.payload)
        if message.topic != self._alarm:
            return RoundVerdict.OTHER_PROCESS
        course = self._course
        if course is None or message.payload != course.payload:
            own = is_own(message.payload, self.key.gateway, self._engine.transactions.secret)
            return RoundVerdict.LATE if own else RoundVerdict.FORGED
        if Hop.BROKER in course.passed or message.retained:
            return RoundVerdict.LATE
        course.pass_hop(Hop.BROKER)
        return RoundVerdict.CURRENT

    def _judge_receipt(self, payload: bytes) -> RoundVerdict:
        """Judge a receipt; it proves as little as one for a gateway unless it names the very bytes."""
        course = self._course
        try:
            receipt = decode_receipt(payload)
        except BadMessage:
            return RoundVerdict.FORGED
        if course is None or receipt.epoch != course.token or _proof(course.at) not in receipt.stored:
            return RoundVerdict.LATE
        course.pass_hop(Hop.RECEIPT)
        return RoundVerdict.CURRENT

    # -- rounds

    def on_connected(self) -> None:
        """Begin a round now that a broker is connected."""
        self._connected.set()

    def on_commit(self, committed: CommitResult) -> None:
        """Note that a round was committed."""
        if committed.on_hop is not None:
            committed.on_hop(Hop.STORED)

    async def run(self, session: MqttSessions) -> None:
        """Run rounds over *session* until cancelled; returns where there are to be none."""
        if not self.settings.every_s:
            return
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._decide_rounds(), name="synthetic fires decided")
            tasks.create_task(self._store_rounds(), name="synthetic fires stored")
            if not session.connected:
                await self._rest(self.settings.within_s)
            while True:
                self._connected.clear()
                self._note(await self._run_round(session.publish))
                await self._rest(self.watch.pause_s())

    async def _rest(self, seconds: float) -> None:
        """Wait until the next round, at most until a broker is connected."""
        try:
            async with asyncio.timeout(seconds):
                await self._connected.wait()
        except TimeoutError:
            return

    async def _run_round(self, publish: Publish) -> Round:
        at = to_micros(self._clock())
        token = round_token(self.key.gateway, at, self._engine.transactions.secret)
        course = self._course = _Course(token, at, round_message(token, at), _now())
        try:
            async with asyncio.timeout(self.settings.within_s):
                await publish(self._alarm, course.payload)
                await course.complete.wait()
        except BrokerAway as error:
            log.warning("synthetic fire not sent", reason=str(error))
        except TimeoutError:
            pass  # the round says where it ended
        finally:
            self._course = None
        return Round(at, dict(course.passed))

    def _note(self, ended: Round) -> None:
        self.watch.note_round(ended, _now())
        self._changed.set()
        lost_at = ended.lost_at
        if lost_at is None:
            self._metrics.synthetic_completed.set(self._clock().timestamp())
        else:
            log.error("synthetic fire lost; an alarm may be lost there too", hop=lost_at.value)
        self._metrics.synthetic_rounds.labels("complete" if lost_at is None else lost_at.value).inc()
        for hop in ended.passed:
            self._metrics.synthetic_seconds.labels(hop.value).observe(ended.hop_seconds(hop) or 0.0)

    async def _decide_rounds(self) -> None:
        """Decide on rounds that were read, in memory."""
        while True:
            course = await self._read.get()
            if would_notify(self._engine.registry.current.router, course.at):
                course.pass_hop(Hop.DECISION)
                _hand_on(self._decided, course)
            else:
                log.error("synthetic fire would notify nobody; look at the rules of the registry")

    async def _store_rounds(self) -> None:
        """Store rounds, one at a time: a database that does not answer ends all of them at that hop."""
        while True:
            course = await self._decided.get()
            if course is not self._course:
                continue  # its time is over
            try:
                await self._engine.transactions.run(partial(self._store, course), self._clock())
            except DatabaseError as error:
                log.warning("synthetic fire not stored", reason=str(error))

    def _store(self, course: _Course, unit: UnitOfWork) -> None:
        """Store the round, and have it receipted; nothing else follows from it."""
        unit.store.synthetic_rounds.put(self.key.gateway, course.token, course.at)
        unit.result.receipts[StreamKey(*self.key, course.token)] = [_proof(course.at)]
        unit.result.on_hop = course.pass_hop

    # -- faults

    async def report_faults(self) -> None:
        """Report where the way of alarms ends, and that it does no more, until cancelled."""
        if not self.settings.every_s:
            await self._report(HOPS, Edge.RESTORED)
            return
        reported: frozenset[Hop] | None = None  # before this process began, nobody knows
        while True:
            hop = self.fault
            standing = frozenset() if hop is None else frozenset({hop})
            if standing or self.watch.last_complete is not None:
                await self._report((HOPS if reported is None else reported) - standing, Edge.RESTORED)
                await self._report(standing - (reported or frozenset()), Edge.RAISED)
                reported = standing
            await self._wait_for_change()

    async def _wait_for_change(self) -> None:
        left = self.watch.missing_from - _now()
        try:
            async with asyncio.timeout(left if left > 0 else None):
                await self._changed.wait()
        except TimeoutError:
            pass
        self._changed.clear()

    async def _report(self, hops: frozenset[Hop], edge: Edge) -> None:
        if not hops:
            return
        now = self._clock()
        found = [round_fault(each, to_micros(now)) for each in sorted(hops)]
        await self._database_retry.until_stored(
            lambda: self._engine.findings.report_conditions(found, now, edge=edge)
        )


def _hand_on(queue: asyncio.Queue[_Course], course: _Course) -> None:
    """Hand *course* on, unless an earlier one is still there: it goes no further then."""
    if not queue.full():
        queue.put_nowait(course)


def process_name(client_id: str) -> str:
    """Return the name under which the process *client_id* publishes its rounds."""
    return client_id if is_name(client_id) else sha256(client_id.encode()).hexdigest()[:16]


def _proof(at: Micros) -> Proof:
    return Proof(1, digest(round_signal(at)))


def _now() -> float:
    return asyncio.get_running_loop().time()
