"""Transactions: a change, all that follows from it, the commit, and then the listeners."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import msgspec
import structlog

from alerting.domain.decisions.standing_alarms import follow_standing_alarms
from alerting.domain.model.events import Event
from alerting.domain.model.fire import IllegalTransition
from alerting.domain.notification.recipients import Destination
from alerting.engine.commit_result import CommitResult
from alerting.engine.registry_snapshot import ActiveRegistry
from alerting.engine.under_way import LIMITS, AttemptLimits, UnderWay
from alerting.engine.unit_of_work import UnitOfWork
from alerting.metrics import Metrics
from alerting.store.database import StoreDatabase
from alerting.store.deliveries import DeliveryAttempt
from alerting.store.errors import DatabaseError
from alerting.store.store import CenterStore
from contract.ids import IncidentId
from contract.times import Micros, to_micros

log = structlog.get_logger(__name__)

T = TypeVar("T")


class Transactions:
    """Runs changes on *database*, each by the version of the *registry* that is in use as it begins.

    *listeners* are called after each commit with its result.
    """

    def __init__(
        self,
        database: StoreDatabase,
        registry: ActiveRegistry,
        metrics: Metrics,
        *,
        limits: AttemptLimits = LIMITS,
    ) -> None:
        self.listeners: list[Callable[[CommitResult], None]] = []
        self._database = database
        self._registry = registry
        self._metrics = metrics
        self._under_way = UnderWay(limits)
        self._unsure = False  # whether a transaction may be stored of which the database did not say so

    def under_way(self, destination: Destination) -> DeliveryAttempt | None:
        """Return the attempt to *destination* that is under way, the most urgent where several are."""
        return self._under_way.first(destination)

    def incidents_under_way(self, destination: Destination) -> tuple[IncidentId, ...]:
        """Return the incidents of which something is under way to *destination*."""
        return self._under_way.incidents(destination)

    async def read(self, ask: Callable[[CenterStore], T]) -> T:
        """Return what *ask* reads from the store, in a transaction of its own."""
        return await self._database.read(ask)

    async def refresh_registry(self) -> None:
        """Use the latest version of the registry from now on, if it is another one."""
        await self._registry.refresh(self._database)

    async def run(self, change: Callable[[UnitOfWork], T], now: datetime) -> T:
        """Make *change* and all that follows from it; once begun that is not left half done.

        A caller that is cancelled meanwhile is cancelled when it is done.
        """
        doing = asyncio.create_task(self._commit(change, to_micros(now)), name="transaction")
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            await asyncio.wait({doing})
            raise

    def announce(self, result: CommitResult) -> None:
        """Call the listeners with *result*."""
        for listener in self.listeners:
            listener(result)

    async def _commit(self, change: Callable[[UnitOfWork], T], now: Micros) -> T:
        def transaction(store: CenterStore) -> tuple[UnitOfWork, T]:
            registry = self._registry.current  # one version throughout
            unit = UnitOfWork(store, now, registry=registry, under_way=self._under_way.copy())
            if self._unsure:
                unit.retry_everything_now()
            answer = change(unit)
            _follow_up(unit)
            unit.save()
            return unit, answer

        try:
            unit, answer = await self._database.write(transaction, then=self._keep_under_way)
        except DatabaseError:
            self._unsure = True
            raise
        self._unsure = False
        unit.count(self._metrics)
        self.announce(unit.result)
        return answer

    def _keep_under_way(self, done: tuple[UnitOfWork, object]) -> None:
        self._under_way = done[0].under_way

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
