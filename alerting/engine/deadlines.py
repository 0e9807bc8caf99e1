"""Runs deadlines: the database holds them, so a restart forgets none."""

from datetime import datetime

from alerting.domain.decisions.escalation import UNATTENDED, UNCONFIRMED, is_stage
from alerting.domain.model.desk import desk_watch
from alerting.domain.model.events import DeadlineDue
from alerting.engine.transactions import Transactions
from alerting.engine.unit_of_work import UnitOfWork
from alerting.metrics import Metrics
from alerting.store.statements import FIRST_WORDS
from alerting.store.store import CenterStore, DueDeadline
from contract.times import SECOND, from_micros, to_micros
from registry.domain.local_days import local_day_at

DEADLINES_AT_ONCE = 100
"""Deadlines in one transaction: a thousand that are overdue after a restart do not hold up a signal."""


class Deadlines:
    """Runs the deadlines of all incidents in *transactions*."""

    def __init__(self, transactions: Transactions, metrics: Metrics) -> None:
        self._transactions = transactions
        self._metrics = metrics

    async def run_due(self, now: datetime) -> datetime | None:
        """Run every deadline that came by *now*; returns when the next one comes."""
        while (due := await self.next_deadline()) is not None and due <= now:
            for each in await self._transactions.run(self._run_some, now):
                self._metrics.lateness.observe((to_micros(now) - each.at) / SECOND)
        return due

    async def next_deadline(self) -> datetime | None:
        """Return when the next deadline comes."""
        due = await self._transactions.read_for_alarm(CenterStore.next_deadline)
        return None if due is None else from_micros(due)

    def _run_some(self, unit: UnitOfWork) -> list[DueDeadline]:
        taken = unit.store.take_due(unit.now, limit=DEADLINES_AT_ONCE)
        # Whatever is due by the policy goes first: what is brought forward is the stage after that.
        for each in sorted(taken, key=lambda due: due.key == UNATTENDED):
            event = _desk_event(unit, each) if each.key == UNATTENDED else _event(unit, each)
            if event is not None:
                self._transactions.apply_event_if_readable(unit, each.incident, event)
        return taken


def _desk_event(unit: UnitOfWork, due: DueDeadline) -> DeadlineDue | None:
    """Return the event of a desk's deadline; None where the center uses no desk for the premises."""
    desks = unit.store.desks.all()
    if not desks or (premises := unit.store.premises_of_incident(due.incident)) is None:
        return None
    above = set(unit.registry.index.areas_above(premises, local_day_at(unit.now)))
    watch = desk_watch(desks, premises, above=above, now=unit.now)
    if not watch.in_use:
        return None
    reached = unit.store.deliveries.anybody_reached(due.incident)
    return DeadlineDue(due.key, reached, desks=watch, pending=unit.pending_deadlines(due.incident))


def _event(unit: UnitOfWork, due: DueDeadline) -> DeadlineDue:
    deliveries, calls = unit.store.deliveries, None
    if is_stage(due.key):
        passed_over = () if due.key.startswith(UNCONFIRMED) else FIRST_WORDS
        calls = deliveries.calls(due.incident, passed_over=passed_over)
    return DeadlineDue(due.key, deliveries.anybody_reached(due.incident), calls)
