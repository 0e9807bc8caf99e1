"""Hears the gateways: stores their signals in groups, and sets aside what cannot be understood."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog
from sqlalchemy.exc import DataError, DBAPIError

from alerting.adapters.engine import Arrival, Engine
from alerting.adapters.metrics import Metrics
from alerting.adapters.patience import PASSING, VALUES_REFUSED, Patience
from alerting.domain.clocks import SECOND
from alerting.settings import Intake
from contract.messages import (
    AlarmMessage,
    BadMessage,
    BadSignal,
    Edge,
    Kind,
    Presence,
    Signal,
    decode_alarm,
    decode_heartbeat,
    decode_presence,
    encode,
)
from contract.times import Micros, to_micros
from contract.topics import Leaf, Topic, every, parse
from runtime.clock import Clock
from runtime.mqtt import Message
from runtime.quarantine import Quarantine

log = structlog.get_logger(__name__)

CLOCKS_REMEMBERED = 100_000
"""Gateways whose clock's offset is remembered; beyond it the longest silent one is forgotten."""

STUCK_S = 30.0
"""Seconds without progress, though messages wait, after which the process is not healthy."""

REFUSED_REMEMBERED = 10_000
"""Signals remembered as refused by an ill database; beyond it the trouble is known well enough."""

Number = tuple[str, str, str, int]
"""What identifies a signal: premises, gateway, epoch and its number."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits for the next transaction."""

    topic: Topic
    message: Message
    received_at: Micros


class Signals:
    """Takes messages of gateways from a session and gives them to *engine*, group after group."""

    def __init__(
        self,
        engine: Engine,
        quarantine: Quarantine,
        *,
        root: str,
        limits: Intake,
        clock: Clock,
        metrics: Metrics,
        patience: Patience,
    ) -> None:
        self._engine = engine
        self._quarantine = quarantine
        self._root = root
        self._limits = limits
        self._clock = clock
        self._metrics = metrics
        self._patience = patience
        self._refused: set[Number] = set()
        self._queue: asyncio.Queue[Waiting] = asyncio.Queue(limits.queue)
        self._offsets: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._progress = 0.0
        self.topics = [every(leaf, root) for leaf in (Leaf.ALARM, Leaf.PRESENCE, Leaf.HEARTBEAT)]

    @property
    def waiting(self) -> int:
        """How many messages are not stored yet."""
        return self._queue.qsize()

    def moving(self) -> bool:
        """Whether what waits is being stored."""
        return self._queue.empty() or asyncio.get_running_loop().time() - self._progress < STUCK_S

    async def take(self, message: Message) -> None:
        """Queue *message*; waits while the queue is full, and with it the broker."""
        received_at = to_micros(self._clock())
        try:
            topic = parse(message.topic, self._root)
        except ValueError as flaw:
            await self._set_aside(message.topic, message.payload, reason="bad_topic", detail=str(flaw))
            return
        if topic.leaf is Leaf.HEARTBEAT:
            await self._heartbeat(topic, message, received_at)
            return
        if self._queue.empty():
            self._progress = asyncio.get_running_loop().time()
        await self._queue.put(Waiting(topic, message, received_at))

    async def run(self) -> None:
        """Store group after group until cancelled."""
        while True:
            group = [await self._queue.get()]
            while len(group) < self._limits.group and not self._queue.empty():
                group.append(self._queue.get_nowait())
            await self._store(group)
            self._progress = asyncio.get_running_loop().time()
            self._metrics.waiting.set(self._queue.qsize())

    async def _store(self, group: Sequence[Waiting]) -> None:
        arrivals = [await self._arrival(each) for each in group if each.topic.leaf is Leaf.ALARM]
        taken = [arrival for arrival in arrivals if arrival is not None]
        if taken:
            await self._take(taken)
            self._metrics.group.observe(len(taken))
            waited = to_micros(self._clock()) - min(arrival.received_at for arrival in taken)
            self._metrics.commit_seconds.observe(waited / SECOND)
        for each in group:
            if each.topic.leaf is Leaf.PRESENCE:
                await self._presence(each)

    async def _take(self, arrivals: list[Arrival]) -> None:
        """Store *arrivals*; waits while the database is away."""
        try:
            await self._patience.until_stored(
                lambda: self._engine.take(arrivals, self._clock()), despite=PASSING
            )
        except (DBAPIError, *VALUES_REFUSED) as flaw:
            await self._take_singly(arrivals, flaw)
            return
        if self._refused:
            self._stored_after_all(arrivals)

    async def _take_singly(self, arrivals: list[Arrival], flaw: Exception) -> None:
        """The database refuses something in *arrivals*: find it, and spare the rest."""
        singles = [replace(each, signals=(s,), aside=()) for each in arrivals for s in each.signals]
        if len(singles) > 1:
            log.warning("a group was refused; storing its signals one by one", reason=str(flaw))
            for single in singles:
                await self._take([single])
            await self._take([replace(each, signals=()) for each in arrivals])
            return
        for single in singles:
            if isinstance(flaw, DBAPIError) and not isinstance(flaw, DataError):
                self._leave(single, flaw)
            else:
                await self._not_storable(single, str(flaw))

    def _leave(self, single: Arrival, flaw: DBAPIError) -> None:
        """The database is ill, and the signal is not: without a receipt it is sent again."""
        number = _number(single, single.signals[0])
        log.error("signal not stored; its gateway sends it again", number=number)
        if len(self._refused) < REFUSED_REMEMBERED:
            self._refused.add(number)
            self._patience.note(number, flaw)

    def _stored_after_all(self, arrivals: list[Arrival]) -> None:
        stored = {_number(each, signal) for each in arrivals for signal in each.signals}
        for number in self._refused & stored:
            self._patience.over(number)
        self._refused -= stored

    async def _not_storable(self, single: Arrival, reason: str) -> None:
        signal = single.signals[0]
        source = f"{self._root}/{single.premises}/{single.gateway}/{Leaf.ALARM}"
        kept = await self._set_aside(source, encode(signal), reason="not_storable", detail=reason)
        if signal.kind is Kind.FIRE and signal.edge is Edge.RAISED:
            # A receipt would let its gateway forget a fire that nobody was told of.
            log.error("a fire cannot be stored; look at that site", premises=single.premises)
        elif kept:
            await self._take([replace(single, signals=(), aside=(signal.seq,))])

    async def _arrival(self, waiting: Waiting) -> Arrival | None:
        topic, message = waiting.topic, waiting.message
        if message.retained:
            # None of ours is retained; one that is may be old, and is known by its number then.
            self._metrics.retained.inc()
        try:
            alarm = decode_alarm(message.payload)
        except BadMessage as flaw:
            await self._set_aside(
                message.topic, message.payload, reason=flaw.refusal.value, detail=str(flaw)
            )
            return None
        return Arrival(
            topic.premises,
            topic.gateway,
            alarm.epoch,
            alarm.floor,
            alarm.signals,
            waiting.received_at,
            await self._aside(message.topic, alarm),
            self._offsets.get((topic.premises, topic.gateway)),
        )

    async def _aside(self, topic: str, alarm: AlarmMessage) -> tuple[int, ...]:
        """Set the bad signals of *alarm* aside; returns the numbers of those that are safe there."""
        return tuple(
            [bad.seq for bad in alarm.bad if await self._bad_signal(topic, bad) and bad.seq is not None]
        )

    async def _bad_signal(self, topic: str, bad: BadSignal) -> bool:
        return await self._set_aside(topic, bad.raw, reason="bad_signal", detail=bad.reason)

    async def _presence(self, waiting: Waiting) -> None:
        try:
            said = decode_presence(waiting.message.payload)
        except BadMessage as flaw:
            message = waiting.message
            await self._set_aside(
                message.topic, message.payload, reason=flaw.refusal.value, detail=str(flaw)
            )
            return
        await self._note_presence(waiting.topic, said)

    async def _note_presence(self, topic: Topic, said: Presence) -> None:
        await self._patience.until_stored(
            lambda: self._engine.presence(topic.premises, topic.gateway, said=said, now=self._clock())
        )

    async def _heartbeat(self, topic: Topic, message: Message, received_at: Micros) -> None:
        """Learn how far the gateway's clock is off; nothing else of it is kept."""
        if message.retained:
            return
        try:
            at = decode_heartbeat(message.payload).at
        except BadMessage as flaw:
            await self._set_aside(
                message.topic, message.payload, reason=flaw.refusal.value, detail=str(flaw)
            )
            return
        key = topic.premises, topic.gateway
        self._offsets[key] = received_at - at
        self._offsets.move_to_end(key)
        if len(self._offsets) > CLOCKS_REMEMBERED:
            self._offsets.popitem(last=False)

    async def _set_aside(self, source: str, payload: bytes, *, reason: str, detail: str) -> bool:
        """Set *payload* aside durably; False if the disk did not take it."""
        log.warning("message set aside", source=source, reason=reason, detail=detail)
        try:
            await asyncio.to_thread(self._quarantine.put, source, payload, reason=reason, detail=detail)
        except OSError as flaw:
            log.error("the quarantine did not take it; free disk space", reason=str(flaw))
            return False
        return True


def _number(arrival: Arrival, signal: Signal) -> Number:
    return *arrival.stream, signal.seq
