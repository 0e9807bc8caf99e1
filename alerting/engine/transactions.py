"""Transactions: a change, all that follows from it, the commit, and then the listeners."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

import msgspec
import structlog

from alerting.domain.decisions.standing_alarms import follow_standing_alarms
from alerting.domain.model.events import Event
from alerting.domain.model.fire import IllegalTransition
from alerting.domain.notification.recipients import Destination
from alerting.engine.commit_result import CommitResult
from alerting.engine.registry_snapshot import ActiveRegistry, RegistrySnapshot
from alerting.engine.under_way import LIMITS, AttemptLimits, UnderWay
from alerting.engine.unit_of_work import UnitOfWork
from alerting.engine.waiting_changes import Urgency, WaitingChange, WaitingChanges
from alerting.metrics import Metrics
from alerting.store.database import StoreDatabase, Undone
from alerting.store.deliveries import DeliveryAttempt
from alerting.store.errors import DatabaseError
from alerting.store.incident_cache import IncidentCache
from alerting.store.store import CenterStore
from contract.ids import IncidentId
from contract.times import to_micros
from runtime.database import ReadFor

log = structlog.get_logger(__name__)

T = TypeVar("T")


class Transactions:
    """Runs changes on *database*, each by the version of the *registry* that is in use as it begins.

    *listeners* are called after each commit with its result. *secret* seals the ids of new incidents.
    """

    def __init__(
        self,
        database: StoreDatabase,
        registry: ActiveRegistry,
        metrics: Metrics,
        *,
        limits: AttemptLimits = LIMITS,
        secret: bytes,
    ) -> None:
        self.listeners: list[Callable[[CommitResult], None]] = []
        self._database = database
        self._registry = registry
        self._metrics = metrics
        self.secret = secret
        self._under_way = UnderWay(limits)
        self._waiting = WaitingChanges()
        self._apart = deque[Sequence[WaitingChange]]()  # that go one by one: together they failed
        self._is_writing = False
        self._incidents = IncidentCache()
        self._unsure = False  # whether a transaction may be stored of which the database did not say so

    @property
    def registry(self) -> RegistrySnapshot:
        """The registry in use."""
        return self._registry.current

    def under_way(self, destination: Destination) -> DeliveryAttempt | None:
        """Return the attempt to *destination* that is under way, the most urgent where several are."""
        return self._under_way.first(destination)

    def incidents_under_way(self, destination: Destination) -> tuple[IncidentId, ...]:
        """Return the incidents of which something is under way to *destination*."""
        return self._under_way.incidents(destination)

    def note_taken(self, attempt: DeliveryAttempt) -> None:
        """Note that the destination took *attempt*: others need not wait until that is recorded."""
        self._under_way.note_taken(attempt)

    def unanswered_s(self) -> float:
        """Return for how many seconds the database has owed an answer to a change."""
        return self._database.database.unanswered_s()

    async def read(self, ask: Callable[[CenterStore], T]) -> T:
        """Return what *ask* reads from the store, for a job of the center."""
        return await self._database.read(ask)

    async def read_for_alarm(self, ask: Callable[[CenterStore], T]) -> T:
        """Return what *ask* reads, before which no list and no job is waited for."""
        return await self._database.read(ask, purpose=ReadFor.ALARM)

    async def read_for_web(self, ask: Callable[[CenterStore], T]) -> T:
        """Return what *ask* reads for somebody who asks over HTTP."""
        return await self._database.read(ask, purpose=ReadFor.WEB)

    async def refresh_registry(self) -> None:
        """Use the latest version of the registry from now on, if it is another one."""
        await self._registry.refresh(self._database)

    async def prove_registry(self) -> None:
        """Prove the rows of a registry that is in use since the start, if that was not done."""
        await self._registry.prove(self._database)

    async def run(
        self,
        change: Callable[[UnitOfWork], T],
        now: datetime,
        *,
        urgency: Urgency = Urgency.AS_IT_CAME,
    ) -> T:
        """Make *change* and all that follows from it; once begun that is not left half done.

        Changes that wait at the same time share one commit; each is stored as a whole or not at all. A
        caller that is cancelled meanwhile is cancelled when it is done.
        """
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.add(WaitingChange(change, to_micros(now), answer), urgency)
        if not self._is_writing:
            self._write_next()
        try:
            return await asyncio.shield(answer)
        except asyncio.CancelledError:
            await asyncio.wait({answer})
            answer.exception()  # nobody is left who asks for it
            raise

    def announce(self, result: CommitResult) -> None:
        """Call the listeners with *result*."""
        for listener in self.listeners:
            listener(result)

    def _write_next(self) -> None:
        """Begin to write what goes next, if anything waits, with no task in between."""
        waiting = self._apart.popleft() if self._apart else self._waiting.take()
        self._is_writing = bool(waiting)
        if waiting:
            self._write(waiting)

    def _write(self, waiting: Sequence[WaitingChange]) -> None:
        """Begin to write *waiting* in one transaction."""
        done, loop = _Done(self._under_way), asyncio.get_running_loop()
        changes = [partial(self._make, each, done) for each in waiting]
        try:
            written = self._database.begin_together(changes, then=partial(self._keep, done))
        except RuntimeError as error:  # the database is closed
            _answer_all(waiting, error)
            self._write_next()
            return
        written.add_done_callback(
            lambda _: loop.is_closed() or loop.call_soon_threadsafe(self._go_on, waiting, done, written)
        )

    def _go_on(
        self, waiting: Sequence[WaitingChange], done: "_Done", written: "Future[list[object]]"
    ) -> None:
        """Say what became of *waiting*, and write what goes next."""
        try:
            self._end(waiting, done, written)
        finally:
            self._write_next()

    def _end(
        self, waiting: Sequence[WaitingChange], done: "_Done", written: "Future[list[object]]"
    ) -> None:
        """Announce and answer *waiting*; each goes by itself where one of them spoiled that."""
        error = written.exception()
        if isinstance(error, Undone):
            self._apart.extend([each] for each in waiting)
        elif error is not None:
            self._unsure = self._unsure or isinstance(error, DatabaseError)
            _answer_all(waiting, error)
        else:
            self._unsure = False
            self._announce_all(waiting, done, written.result())

    def _announce_all(
        self, waiting: Sequence[WaitingChange], done: "_Done", answers: Sequence[object]
    ) -> None:
        self._waiting.put_back(waiting[len(answers) :])
        for unit in done.units:
            self.announce(unit.result)
        for each, answer in zip(waiting, answers, strict=False):
            _answer(each, answer)
        for unit in done.units:  # last: nobody waits for it
            unit.count(self._metrics)

    def _make(self, waiting: WaitingChange, done: "_Done", store: CenterStore) -> object:
        """Make one change on *store*; returns its answer."""
        began = time.thread_time()  # waits for other threads and for the disk are not its work
        registry = self._registry.current  # one version throughout
        unit = UnitOfWork(
            store,
            waiting.now,
            registry=registry,
            under_way=done.under_way.copy(),
            cache=self._incidents,
            secret=self.secret,
        )
        if self._unsure and not done.units:
            unit.retry_everything_now()
        answer = waiting.change(unit)
        _follow_up(unit)
        unit.save()
        unit.result.work_s = time.thread_time() - began
        done.units.append(unit)
        done.under_way = unit.under_way
        return answer

    def _keep(self, done: "_Done") -> None:
        self._under_way = done.under_way

    def apply_event_if_readable(self, unit: UnitOfWork, incident_id: IncidentId, event: Event) -> None:
        """Apply *event* to an incident; one that cannot be read must not hold up all others."""
        try:
            unit.apply_event_to(incident_id, event)
        except (msgspec.MsgspecError, ValueError, IllegalTransition) as error:
            log.error(
                "an incident cannot be read; act on it by hand", incident=incident_id, reason=str(error)
            )
            self._metrics.damaged_incidents.inc()


def _follow_up(unit: UnitOfWork) -> None:
    """Follow the ends of overrides; then check the standing alarms of premises that changed."""
    router = unit.registry.router
    for override in unit.ended_overrides:
        unit.release_suppressed(override)
        router.follow_override_ended(unit, override)
    for premises in sorted(unit.standing_alarm_checks):
        follow_standing_alarms(unit, router.rules, premises)


@dataclass
class _Done:
    """The transaction so far: the attempts that are *under_way*, and the *units* of its changes."""

    under_way: UnderWay
    units: list[UnitOfWork] = field(default_factory=list)


def _answer_all(waiting: Sequence[WaitingChange], answer: object) -> None:
    for each in waiting:
        _answer(each, answer)


def _answer(waiting: WaitingChange, answer: object) -> None:
    if isinstance(answer, BaseException):
        waiting.answer.set_exception(answer)
    else:
        waiting.answer.set_result(answer)
