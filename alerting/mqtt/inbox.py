"""Receives messages of gateways: stores their signals in groups, and quarantines unreadable ones."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from alerting.engine.arrivals import ArrivedSignals
from alerting.engine.intake import Intake
from alerting.metrics import Metrics
from alerting.mqtt.supervision import Supervision
from alerting.settings import IntakeLimits
from alerting.store.errors import DatabaseError, ValueRefused
from alerting.store.retry import PASSING, VALUES_REFUSED, DatabaseRetry
from contract.digests import digest
from contract.ids import GatewayKey, SignalKey, StreamKey
from contract.messages import (
    AlarmMessage,
    BadMessage,
    Presence,
    Proof,
    Signal,
    decode_alarm,
    decode_heartbeat,
    decode_inventory,
    decode_presence,
    encode,
)
from contract.recovered_fires import (
    RecoveredFire,
    fire_without_details,
    recover_fires,
    recover_fires_of_signal,
)
from contract.times import SECOND, Micros, to_micros
from contract.topics import Leaf, Topic, parse_topic, topic_filter
from runtime.clock import Clock
from runtime.mqtt import MqttMessage
from runtime.quarantine import Quarantine

log = structlog.get_logger(__name__)

HEARD_LATELY = timedelta(days=1)
"""Gateways with a signal since then are sent their receipts again, at each connection."""

STUCK_S = 30.0
"""Seconds without progress, though messages wait, after which the process is unhealthy."""

PRESENCES_REMEMBERED = 100_000
"""Gateways whose presence waits to be stored; beyond it the oldest one is dropped."""

PRESENCES_AT_ONCE = 100
"""Presences in one transaction: few, because an alarm waits for it."""

LONGEST_PRESENCE_WAIT_S = 5.0
"""Seconds for which presences give way to alarms, before the next few of them are stored."""

BEHIND_WAITING = 1_000
"""Gateways that wait for receipts to be repeated; a further one is served at its next heartbeat."""

BAD_WAITING = 1_000
"""Messages that wait for the quarantine; beyond it a flood of them is counted, and not kept."""

HEARD = Leaf.ALARM, Leaf.PRESENCE, Leaf.HEARTBEAT, Leaf.INVENTORY
"""Kinds of messages that alerting hears from gateways."""

REFUSED_REMEMBERED = 10_000
"""Signals remembered as refused by a failing database; beyond it the trouble is known well enough."""


@dataclass(frozen=True, slots=True)
class QueuedArrival:
    """A message waiting for the next transaction."""

    topic: Topic
    message: MqttMessage
    received_at: Micros


@dataclass(frozen=True, slots=True)
class RejectedMessage:
    """A message that cannot be understood, and the reason."""

    source: str
    payload: bytes
    reason: str
    detail: str


class SignalInbox:
    """Takes messages of gateways from a session and hands them to *intake*, group after group."""

    def __init__(
        self,
        intake: Intake,
        quarantine: Quarantine,
        *,
        root: str,
        limits: IntakeLimits,
        clock: Clock,
        metrics: Metrics,
        database_retry: DatabaseRetry,
        supervision: Supervision,
    ) -> None:
        self._intake = intake
        self._supervision = supervision
        self._quarantine = quarantine
        self._root = root
        self._limits = limits
        self._clock = clock
        self._metrics = metrics
        self._database_retry = database_retry
        self._refused: set[SignalKey] = set()
        self._queue: asyncio.Queue[QueuedArrival] = asyncio.Queue(limits.queue)
        self._idle = asyncio.Event()  # set while no alarm waits
        self._presences: OrderedDict[GatewayKey, Presence] = OrderedDict()
        self._someone_came = asyncio.Event()
        self._behind: asyncio.Queue[StreamKey] = asyncio.Queue(BEHIND_WAITING)
        self._bad: asyncio.Queue[RejectedMessage] = asyncio.Queue(BAD_WAITING)
        self._progress = 0.0
        self.topics = [topic_filter(leaf, root) for leaf in HEARD]

    @property
    def waiting(self) -> int:
        """The number of messages not stored yet."""
        return self._queue.qsize()

    def is_progressing(self) -> bool:
        """Whether the waiting messages are being stored."""
        return self._queue.empty() or asyncio.get_running_loop().time() - self._progress < STUCK_S

    async def accept_message(self, message: MqttMessage) -> None:
        """Queue *message*; waits while the queue is full, and with it the broker."""
        received_at = to_micros(self._clock())
        try:
            topic = parse_topic(message.topic, self._root)
        except ValueError as error:
            self._supervision.note_unknown_sender()
            self._refuse(message, reason="bad_topic", detail=str(error))
            return
        match topic.leaf:
            case Leaf.HEARTBEAT:
                self._heartbeat(topic, message, received_at)
            case Leaf.PRESENCE:
                self._presence(topic, message)
            case Leaf.INVENTORY:
                self._inventory(topic, message)
            case _:
                self._supervision.note_signal(GatewayKey(topic.premises, topic.gateway))
                await self._queue_alarm(QueuedArrival(topic, message, received_at))

    async def request_resend(self) -> None:
        """Ask gateways, now that the broker is connected, to send again what has no receipt."""
        since = self._clock() - HEARD_LATELY
        await self._database_retry.until_stored(lambda: self._intake.request_resend_of_all(since))

    async def run(self) -> None:
        """Store messages until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._run_alarms(), name="alarms")
            tasks.create_task(self._run_presences(), name="presences")
            tasks.create_task(self._run_behind(), name="receipts again")
            tasks.create_task(self._run_bad(), name="set aside")

    async def _queue_alarm(self, waiting: QueuedArrival) -> None:
        if self._queue.empty():
            self._progress = asyncio.get_running_loop().time()
        await self._queue.put(waiting)

    async def _run_alarms(self) -> None:
        """Store group after group."""
        while True:
            if self._queue.empty():
                self._idle.set()
            group = [await self._queue.get()]
            self._idle.clear()
            while len(group) < self._limits.group and not self._queue.empty():
                group.append(self._queue.get_nowait())
            await self._store(group)
            self._progress = asyncio.get_running_loop().time()
            self._metrics.unstored_messages.set(self._queue.qsize())

    async def _run_presences(self) -> None:
        """Store presences, a few at a time, while no alarm waits."""
        while True:
            await self._someone_came.wait()
            self._someone_came.clear()
            while self._presences:
                await self._alarms_first()
                count = min(PRESENCES_AT_ONCE, len(self._presences))
                some = dict(self._presences.popitem(last=False) for _ in range(count))
                await self._store_presences(some)

    async def _alarms_first(self) -> None:
        try:
            async with asyncio.timeout(LONGEST_PRESENCE_WAIT_S):
                await self._idle.wait()
        except TimeoutError:
            return

    async def _store_presences(self, said: dict[GatewayKey, Presence]) -> None:
        await self._database_retry.until_stored(lambda: self._intake.note_presences(said, self._clock()))

    async def _run_behind(self) -> None:
        """Ask gateways that wait for receipts to send again, at each heartbeat."""
        while True:
            self._intake.request_resend([await self._behind.get()])
            await asyncio.sleep(0)

    async def _run_bad(self) -> None:
        """Quarantine messages that nobody waits for."""
        while True:
            bad = await self._bad.get()
            await self._set_aside(bad.source, bad.payload, reason=bad.reason, detail=bad.detail)

    def _refuse_of(self, topic: Topic, message: MqttMessage, error: BadMessage) -> None:
        """Quarantine *message* of a gateway, as a fault of the gateway."""
        self._supervision.note_quarantined(GatewayKey(topic.premises, topic.gateway))
        self._refuse(message, reason=error.refusal.value, detail=str(error))

    def _refuse(self, message: MqttMessage, *, reason: str, detail: str) -> None:
        """Quarantine *message*; it has no receipt, so nobody has to wait for that."""
        try:
            self._bad.put_nowait(RejectedMessage(message.topic, message.payload, reason, detail))
        except asyncio.QueueFull:
            self._metrics.quarantine_failures.inc()

    async def _store(self, group: Sequence[QueuedArrival]) -> None:
        taken = [arrival for each in group for arrival in await self._arrivals(each)]
        if taken:
            await self._store_arrivals(taken)
            self._metrics.transaction_messages.observe(len(taken))
            waited = to_micros(self._clock()) - min(arrival.received_at for arrival in taken)
            self._metrics.commit_seconds.observe(waited / SECOND)

    async def _store_arrivals(self, arrivals: list[ArrivedSignals]) -> None:
        """Store *arrivals*; waits while the database is away."""
        try:
            await self._database_retry.until_stored(
                lambda: self._intake.accept_arrivals(arrivals, self._clock()), despite=PASSING
            )
        except (DatabaseError, *VALUES_REFUSED) as error:
            await self._store_singly(arrivals, error)
            return
        if self._refused:
            self._stored_after_all(arrivals)

    async def _store_singly(self, arrivals: list[ArrivedSignals], error: Exception) -> None:
        """Store *arrivals* one by one, because the database refuses something in them."""
        singles = [
            replace(each, signals=(signal,), proofs=each.proofs[at : at + 1], quarantined=())
            for each in arrivals
            for at, signal in enumerate(each.signals)
        ]
        if len(singles) > 1:
            log.warning("group of signals refused; storing them one by one", reason=str(error))
            for single in singles:
                await self._store_arrivals([single])
            await self._store_arrivals([replace(each, signals=(), proofs=()) for each in arrivals])
            return
        for single in singles:
            if isinstance(error, DatabaseError) and not isinstance(error, ValueRefused):
                self._leave_unreceipted(single, error)
            else:
                await self._not_storable(single, str(error))

    def _leave_unreceipted(self, single: ArrivedSignals, error: DatabaseError) -> None:
        """Leave a signal without a receipt, so that it is sent again: the database is failing."""
        number = _number(single, single.signals[0])
        log.error("signal not stored; its gateway sends it again", number=number)
        if len(self._refused) < REFUSED_REMEMBERED:
            self._refused.add(number)
            self._database_retry.record_failure(number, error)

    def _stored_after_all(self, arrivals: list[ArrivedSignals]) -> None:
        stored = {_number(each, signal) for each in arrivals for signal in each.signals}
        for number in self._refused & stored:
            self._database_retry.clear(number)
        self._refused -= stored

    async def _not_storable(self, single: ArrivedSignals, reason: str) -> None:
        signal = single.signals[0]
        source = f"{self._root}/{single.premises}/{single.gateway}/{Leaf.ALARM}"
        self._supervision.note_quarantined(GatewayKey(single.premises, single.gateway))
        kept = await self._set_aside(source, encode(signal), reason="not_storable", detail=reason)
        plain = fire_without_details(signal)
        if plain is None and kept:
            await self._store_arrivals(
                [replace(single, signals=(), proofs=(), quarantined=single.proofs)]
            )
        elif plain not in {None, signal}:
            await self._store_arrivals([replace(single, signals=(plain,))])
        elif plain is not None:
            # A receipt would let its gateway forget a fire that nobody was notified of.
            log.error("fire signal not stored", premises=single.premises)

    async def _arrivals(self, waiting: QueuedArrival) -> list[ArrivedSignals]:
        """Return the signals of *waiting*, and each fire that is legible without a number."""
        topic, message = waiting.topic, waiting.message
        if message.retained:
            # None of ours is retained; one that is may be old, and is known by its number then.
            self._metrics.retained.inc()
        try:
            alarm = decode_alarm(message.payload)
        except BadMessage as error:
            self._refuse_of(topic, message, error)
            return [self._unnumbered(waiting, fire) for fire in recover_fires(message.payload)]
        fires = [fire for bad in alarm.bad for fire in recover_fires_of_signal(bad.raw)]
        numbered = {fire.seq: fire.signal(topic.gateway) for fire in fires if fire.seq is not None}
        aside = await self._aside(topic, message.topic, alarm)
        of_fires = {proof.seq: proof for proof in aside if proof.seq in numbered}
        arrival = ArrivedSignals(
            topic.premises,
            topic.gateway,
            alarm.epoch,
            alarm.floor,
            (*alarm.signals, *numbered.values()),
            waiting.received_at,
            tuple(proof for proof in aside if proof.seq not in numbered),
            self._supervision.clock_offset(GatewayKey(topic.premises, topic.gateway)),
            (*alarm.proofs, *(of_fires[seq] for seq in numbered if seq in of_fires)),
        )
        return [arrival, *(self._unnumbered(waiting, fire) for fire in fires if fire.seq is None)]

    def _unnumbered(self, waiting: QueuedArrival, fire: RecoveredFire) -> ArrivedSignals:
        """Return *fire* under an epoch of its own: it is stored once, however often it is resent."""
        topic, received_at = waiting.topic, waiting.received_at
        signals = (fire.signal(topic.gateway),)
        return ArrivedSignals(topic.premises, topic.gateway, fire.epoch, 1, signals, received_at)

    async def _aside(self, topic: Topic, source: str, alarm: AlarmMessage) -> tuple[Proof, ...]:
        """Quarantine the bad signals of *alarm*, all as one; returns their proofs if that is durable."""
        if not alarm.bad:
            return ()
        self._supervision.note_quarantined(GatewayKey(topic.premises, topic.gateway))
        together = b"[" + b",".join(bad.raw for bad in alarm.bad) + b"]"
        detail = f"{len(alarm.bad)} signals, the first: {alarm.bad[0].reason}"
        if not await self._set_aside(source, together, reason="bad_signal", detail=detail):
            return ()
        return tuple(Proof(bad.seq, digest(bad.raw)) for bad in alarm.bad if bad.seq is not None)

    def _presence(self, topic: Topic, message: MqttMessage) -> None:
        """Keep the latest presence of a gateway, to be stored when no alarm waits."""
        try:
            said = decode_presence(message.payload)
        except BadMessage as error:
            self._refuse_of(topic, message, error)
            return
        self._supervision.note_presence(GatewayKey(topic.premises, topic.gateway), online=said.online)
        self._presences[GatewayKey(topic.premises, topic.gateway)] = said
        if len(self._presences) > PRESENCES_REMEMBERED:
            self._presences.popitem(last=False)
        self._someone_came.set()

    def _inventory(self, topic: Topic, message: MqttMessage) -> None:
        """Pass on an inventory; a retained one may be old, and is requested again."""
        if message.retained:
            return
        try:
            inventory = decode_inventory(message.payload)
        except BadMessage as error:
            self._refuse_of(topic, message, error)
            return
        self._supervision.note_inventory(GatewayKey(topic.premises, topic.gateway), inventory)

    def _heartbeat(self, topic: Topic, message: MqttMessage, received_at: Micros) -> None:
        """Pass on a heartbeat, and note whether its gateway waits for receipts."""
        if message.retained:
            return
        try:
            beat = decode_heartbeat(message.payload)
        except BadMessage as error:
            self._refuse_of(topic, message, error)
            return
        key = GatewayKey(topic.premises, topic.gateway)
        self._supervision.note_heartbeat(key, beat, received_at)
        if beat.alarm.depth and not self._behind.full():
            self._behind.put_nowait(StreamKey(*key, beat.alarm.epoch))

    async def _set_aside(self, source: str, payload: bytes, *, reason: str, detail: str) -> bool:
        """Quarantine *payload* durably; False if the disk refused it."""
        log.warning("message quarantined", source=source, reason=reason, detail=detail)
        try:
            await self._quarantine.store(source, payload, reason=reason, detail=detail)
        except OSError as error:
            log.error("quarantine write failed; free disk space", reason=str(error))
            return False
        return True


def _number(arrival: ArrivedSignals, signal: Signal) -> SignalKey:
    return SignalKey(*arrival.stream, signal.seq)
