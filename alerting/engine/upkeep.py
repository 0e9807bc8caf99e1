"""Upkeep of the center's database: what a restart, a lost database and old age ask for."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from alerting.domain.model.effects import SiteNotice, TimelineEntry, TimelineEvent
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import Incident
from alerting.domain.notification.center import CENTER
from alerting.engine.commit_result import CommitResult
from alerting.engine.outbox import DeliveryOutbox
from alerting.engine.transactions import Transactions
from alerting.engine.unit_of_work import UnitOfWork
from alerting.metrics import Metrics
from alerting.store.set_aside import SetAside
from alerting.store.store import CenterStore
from audit.center_key import CenterKey
from contract.times import from_micros, to_micros
from registry.model.registry import Registry


class Upkeep:
    """Keeps the database in order, in *transactions*."""

    def __init__(self, transactions: Transactions, outbox: DeliveryOutbox, metrics: Metrics) -> None:
        self._transactions = transactions
        self._outbox = outbox
        self._metrics = metrics

    async def resume(self, now: datetime) -> CommitResult:
        """Do what a process that has just begun must do at once: retry deliveries, show open fires."""

        def change(unit: UnitOfWork) -> tuple[CommitResult, list[Incident]]:
            unit.retry_everything_now()
            incidents = list(unit.store.open_incidents())
            for each in incidents:
                if isinstance(each, FireIncident):
                    unit.show_at_site(each, SiteNotice(each.reason, each.owner))
            return unit.result, incidents

        result, incidents = await self._transactions.run(change, now)
        self._outbox.note_faults(incidents)
        return result

    async def record_database_loss(
        self, lost: Path, content: Registry | None, now: datetime, *, key: CenterKey | None = None
    ) -> None:
        """Record that the database before this one is *lost*; *content* is the registry now."""

        def change(unit: UnitOfWork) -> None:
            data = {"set_aside": lost.name, "registry": content is not None}
            entry = TimelineEntry(TimelineEvent.CENTER, "center_database_lost", data)
            unit.add_entry(CENTER, None, entry)
            if content is not None:
                unit.store.put_registry(content, who="snapshot", now=now, key=key)

        await self._transactions.run(change, now)
        await self._transactions.refresh_registry()
        self._metrics.databases_lost.inc()

    async def forget_before(self, before: datetime, now: datetime, *, key: CenterKey) -> int:
        """Drop incidents that closed *before*, which *key* signs; return how many lines went.

        Replies from before go too: they have numbers of people.
        """

        def change(unit: UnitOfWork) -> int:
            unit.store.replies.forget_before(to_micros(before))
            return unit.store.forget(to_micros(before), unit.now, key)

        return await self._transactions.run(change, now)

    async def first_set_aside(self, most: int) -> list[SetAside]:
        """Return the *most* bad signals that were set aside first."""
        return await self._transactions.read(lambda store: store.set_aside.first(most))

    async def drop_set_aside(self, numbers: Sequence[int], now: datetime) -> None:
        """Drop the rows of these *numbers*: the quarantine has them."""
        await self._transactions.run(lambda unit: unit.store.set_aside.drop(numbers), now)

    async def latest_ledger_time(self) -> datetime | None:
        """Return the ledger's latest time, if anything waits: a clock before that is set wrong."""
        at = await self._transactions.read(CenterStore.latest_ledger_time)
        return None if at is None else from_micros(at)
