"""Notices when fires cannot be stored for about a second, and has their first notices go out."""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import structlog

from alerting.domain.model.fire import IllegalTransition
from alerting.domain.model.incident import Incident
from alerting.engine.arrivals import ArrivedSignals
from alerting.engine.engine import Engine
from alerting.engine.unrecorded_fires import UnrecordedFires
from alerting.mqtt.message_reader import unverified_fires
from alerting.mqtt.signature_guard import SignatureGuard
from alerting.mqtt.waiting_message import WaitingMessage
from alerting.store.deliveries import DeliveryAttempt
from alerting.store.errors import DatabaseError
from alerting.store.retry import DatabaseRetry
from contract.ids import GatewayKey
from contract.messages import BadMessage, decode_alarm
from contract.recovered_fires import recover_fires, recover_fires_of_signal
from contract.times import Micros, to_micros
from contract.topics import Leaf
from runtime.clock import Clock
from words.loading import catalogue

log = structlog.get_logger(__name__)

TICK_S = 0.2
"""Seconds between two looks."""

LATE_S = 1.0
"""Seconds after which a look is too late to be made: a process that stood still was not answered."""

FAILING_S = 1.0
"""Seconds for which a group is refused until its fires are notified from memory."""

HUNG_S = 3.0
"""The same where the database says nothing; a group takes some tens of milliseconds.

A group that waits this long though the database answers waits for the processor: a notice from memory
would not be sooner, and would say wrongly that nothing is recorded.
"""

ENDED_S = 5.0
"""Seconds without trouble after which the database is back: it is tried again every 5 s at most."""

READING_S = 0.5
"""Seconds to read what is open; a full disk can be read, a database that is away cannot."""

BYTES_AT_ONCE = 262_144
"""Bytes of messages that are read in one look, beside one message."""

MOST_WAITING = 10_000
"""Messages that came during the trouble and wait to be read; gateways send again what is left out."""

Tell = Callable[[Sequence[DeliveryAttempt]], None]
"""Sends notices that are not recorded; never waits."""


def ignore_notices(_notices: Sequence[DeliveryAttempt]) -> None:
    """Send nothing."""


class UnstoredWatch:
    """Watches the storing of arrivals; *waiting* are the messages behind those.

    *tell* is called with notices from memory, *over* when the database takes signals again.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        clock: Clock,
        database_retry: DatabaseRetry,
        clock_offset: Callable[[GatewayKey], Micros | None],
        guard: SignatureGuard,
        waiting: Callable[[], Iterator[WaitingMessage]],
        tell: Tell,
        over: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._database_retry = database_retry
        self._clock_offset = clock_offset
        self._guard = guard
        self._waiting = waiting
        self._tell = tell
        self._over = over
        self._storing: tuple[float, Sequence[ArrivedSignals]] | None = None
        self._stuck_at = 0.0
        self._fires: UnrecordedFires | None = None
        self._unread: deque[WaitingMessage] = deque(maxlen=MOST_WAITING)

    @contextmanager
    def storing(self, arrivals: Sequence[ArrivedSignals]) -> Iterator[None]:
        """Watch the storing of *arrivals*, which takes as long as the block."""
        self._storing = _now(), arrivals
        try:
            yield
        finally:
            self._storing = None

    def note_message(self, message: WaitingMessage) -> None:
        """Read *message* too, if signals cannot be stored just now."""
        if self._fires is not None:
            self._unread.append(message)

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            slept_at = _now()
            await asyncio.sleep(TICK_S)
            if _now() - slept_at < LATE_S:
                await self.look(_now())

    async def look(self, now: float) -> None:
        """Look once, at *now* of the loop's clock."""
        arrivals: Sequence[ArrivedSignals] = ()
        if self._storing is not None and self._is_stuck(now - self._storing[0]):
            self._stuck_at, arrivals = now, self._storing[1]
            self._begin()
        if self._fires is not None and now - self._stuck_at > ENDED_S:
            self._end()
        if self._fires is not None:
            await self._decide(self._fires, [*arrivals, *self._read_messages()])

    def _is_stuck(self, storing_s: float) -> bool:
        """Return whether the database refuses what has been stored for *storing_s*, or says nothing."""
        if self._database_retry.trouble is not None:
            return storing_s >= FAILING_S
        return min(storing_s, self._engine.transactions.unanswered_s()) >= HUNG_S

    def _begin(self) -> None:
        if self._fires is None:
            log.error("signals cannot be stored; first notices of fires go out from memory")
            self._fires = UnrecordedFires(
                self._engine.registry.current,
                catalogue(),
                secret=self._engine.transactions.secret,
            )
            self._unread.extend(self._waiting())

    def _end(self) -> None:
        log.info("signals are stored again; no more notices from memory")
        self._fires = None
        self._unread.clear()
        self._over()

    async def _decide(self, fires: UnrecordedFires, arrivals: Sequence[ArrivedSignals]) -> None:
        new = fires.unknown_premises(arrivals)
        if new:
            fires.note_stored(new, await self._stored(new))
        now = to_micros(self._clock())
        try:
            notices = [*fires.decide(arrivals, now), *fires.run_windows(now)]
        except IllegalTransition as error:
            log.error("fires not decided in memory; they wait for the database", reason=str(error))
            return
        if notices:
            self._tell(notices)

    async def _stored(self, premises: Collection[str]) -> Iterable[Incident]:
        """Return the open incidents of *premises*; none where the database cannot be read now."""
        try:
            async with asyncio.timeout(READING_S):
                return await self._engine.transactions.read_for_alarm(
                    lambda store: store.open_incidents_of(premises)
                )
        except (DatabaseError, TimeoutError) as error:
            log.warning("open incidents unknown; fires are notified without", reason=str(error))
            return ()

    def _read_messages(self) -> Iterator[ArrivedSignals]:
        size = 0
        while self._unread and size <= BYTES_AT_ONCE:
            message = self._unread.popleft()
            size += message.size
            yield from arrivals_of(message, self._clock_offset(message.key), guard=self._guard)


def arrivals_of(
    message: WaitingMessage, offset: Micros | None, *, guard: SignatureGuard
) -> Iterator[ArrivedSignals]:
    """Yield the signals of *message*, and the fires in what of it cannot be read.

    Of a message that its gateway did not sign these are its fires, as unverified ones.
    """
    verdict = message.unverified or guard.judge(message.key, Leaf.ALARM, message.payload)
    if not verdict.is_accepted:
        unverified = replace(message, unverified=verdict)
        yield from unverified_fires(unverified, recover_fires(message.payload))
        return
    try:
        alarm = decode_alarm(message.payload)
    except BadMessage:
        fires = recover_fires(message.payload)
    else:
        fires = [fire for bad in alarm.bad for fire in recover_fires_of_signal(bad.raw)]
        yield ArrivedSignals(
            *message.key, alarm.epoch, alarm.floor, alarm.signals, message.received_at, offset=offset
        )
    for fire in fires:
        signal = fire.signal(message.key.gateway)
        yield ArrivedSignals(*message.key, fire.epoch, 1, (signal,), message.received_at)


def _now() -> float:
    return asyncio.get_running_loop().time()
