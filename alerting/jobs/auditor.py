"""Compares the ledger with the policy, and reports each step that is missing or late.

It has statements of its own and reads the policy by code of its own (``alerting.domain.watch.audit``):
the notifier cannot vouch for itself.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from alerting.domain.model.condition import Condition
from alerting.domain.notification.center import step_fault
from alerting.domain.watch.audit import (
    TOLERATED,
    Document,
    PolicyStep,
    RecordedDelivery,
    StepFault,
    fault_of_step,
    policy_steps,
)
from alerting.domain.watch.audited_areas import day_of
from alerting.engine.engine import Engine
from alerting.jobs.audited_registry import AuditedRegistries, AuditedVersion
from alerting.metrics import Metrics
from alerting.store.audit_queries import AuditedDelivery, AuditQueries, Beginning, EarlyStage
from alerting.store.retry import DatabaseRetry
from alerting.store.store import CenterStore
from contract.times import Micros, to_micros
from runtime.clock import Clock

log = structlog.get_logger(__name__)

EVERY_S = 5.0
"""Seconds between two audits."""

AT_ONCE = 100
"""Steps that are judged in one read of the database: some milliseconds, in which others wait."""

FEW = 3
"""Incidents with the same fault that are reported one by one; more are one storm, and one fault."""

FORGOTTEN_S = 3_600.0
"""Seconds for which the auditor's own time runs on without an entry that is later: two clocks differ."""

LOOK_BACK = timedelta(hours=1)
"""The time before the start that is audited: steps that were due while nothing ran."""


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """A step of an incident that was missed, or late."""

    incident: str
    premises: str
    step: PolicyStep
    error: StepFault


class Auditor:
    """Audits the steps that are due, and reports faults to *engine*."""

    def __init__(
        self,
        engine: Engine,
        *,
        clock: Clock,
        metrics: Metrics,
        database_retry: DatabaseRetry,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = engine.transactions.read
        self._findings = engine.findings
        self._clock = clock
        self._metrics = metrics
        self._database_retry = database_retry
        self._monotonic = monotonic
        self._own = OwnTime()
        self._first_entry: int | None = None
        self._audited = to_micros(clock() - LOOK_BACK)
        self._registries = AuditedRegistries()

    async def run(self) -> None:
        """Audit until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            await self._database_retry.until_stored(self.audit)

    async def audit(self) -> None:
        """Audit all steps due since the last audit that have had their time to begin."""
        now = self._clock()
        own = self._own.earliest_at(await self._read(self._newest), self._monotonic())
        since, until = self._audited, max(to_micros(now), own) - TOLERATED
        found = await self._missed(since, until)
        if found:
            conditions = list(self._conditions(found, to_micros(now)))
            await self._findings.report_conditions(conditions, now)
        self._audited = until
        self._metrics.audited_until.set(until / 1_000_000)

    async def _missed(self, since: Micros, until: Micros) -> list[AuditFinding]:
        """Return the steps that were missed, a few incidents in each read: alarms go between."""
        due = await self._read(
            lambda store: list(due_steps(store.audit, since, until, registries=self._registries))
        )
        found: list[AuditFinding] = []
        for first in range(0, len(due), AT_ONCE):
            found += await self._read(partial(self._missed_of, due[first : first + AT_ONCE]))
        return found

    def _missed_of(self, due: Sequence["DueStep"], store: CenterStore) -> list[AuditFinding]:
        return list(missed_steps(store.audit, due, registries=self._registries))

    def _newest(self, store: CenterStore) -> Micros | None:
        """Return the time of the newest entry since the first audit."""
        entry = store.audit.newest_entry()
        if self._first_entry is None:
            self._first_entry = 0 if entry is None else entry.id
        return None if entry is None or entry.id <= self._first_entry else entry.at

    def _conditions(self, found: Sequence[AuditFinding], now: Micros) -> Iterator[Condition]:
        """Return the conditions for what was *found*: in a storm by contact, and not by incident."""
        alike: dict[tuple[str, StepFault], list[str]] = defaultdict(list)
        for each in found:
            alike[each.step.name, each.error].append(each.incident)
        for (name, error), incidents in alike.items():
            self._metrics.audit_findings.labels(error.value).inc(len(incidents))
            log.error(
                "escalation steps missed or late",
                name=name,
                reason=error.value,
                count=len(incidents),
                incidents=incidents[:FEW],
            )
            for about in incidents if len(incidents) <= FEW else [name]:
                yield step_fault(about, name, error, now)


class OwnTime:
    """The earliest possible time, by the ledger's own entries and by a clock that nobody sets.

    So a step is missed though the notifier's clock stands still, or was set back.
    """

    def __init__(self) -> None:
        self._newest: Micros = 0
        self._seen_at = 0.0

    def earliest_at(self, newest: Micros | None, at: float) -> Micros:
        """Return the earliest time at *at*, seconds of that clock; *newest* is the newest entry."""
        own = self._newest + round((at - self._seen_at) * 1_000_000) if self._newest else 0
        if newest is not None and (newest >= own or at - self._seen_at > FORGOTTEN_S):
            self._newest, self._seen_at = newest, at
            return newest
        return own


@dataclass(frozen=True, slots=True)
class DueStep:
    """The steps that are due so many microseconds *after* the escalation of a fire *began*."""

    began: Beginning
    after: Micros


def due_steps(
    ledger: AuditQueries, since: Micros, until: Micros, *, registries: AuditedRegistries
) -> Iterator[DueStep]:
    """Yield the steps that came due after *since* and by *until*."""
    for after in registries.version_at(ledger, until).offsets:
        for began in ledger.beginnings(since - after, until - after):
            if after or began.event == "confirmed":
                yield DueStep(began, after)


@dataclass(frozen=True, slots=True)
class LedgerRecords:
    """The ledger's records of some incidents: the times of their *endings*, their *deliveries*, and the
    stages that went out *early*.
    """

    endings: Mapping[str, Sequence[Micros]]
    deliveries: Mapping[str, Sequence[AuditedDelivery]]
    early: Mapping[str, Sequence[EarlyStage]]

    def brought_forward(self, incident: str, step: PolicyStep, due: Micros) -> list[Micros]:
        """Return when *step* of *incident*, which is *due* then, went out before that."""
        return [
            each.at
            for each in self.early.get(incident, ())
            if each.planned == due and step.name in each.contacts
        ]

    def is_ended(self, incident: str, *, begin: Micros, due: Micros) -> bool:
        """Return whether somebody took or closed *incident* from *begin* to *due*."""
        return any(begin <= at <= due for at in self.endings.get(incident, ()))


def missed_steps(
    ledger: AuditQueries, due: Sequence[DueStep], *, registries: AuditedRegistries
) -> Iterator[AuditFinding]:
    """Yield those of the steps *due* that are not in the *ledger* in time."""
    incidents = list(dict.fromkeys(each.began.incident for each in due))
    records = LedgerRecords(
        ledger.endings(incidents), ledger.deliveries(incidents), ledger.early_stages(incidents)
    )
    for each in due:
        yield from _missed(ledger, each, records, registries)


def _missed(
    ledger: AuditQueries, due: DueStep, records: LedgerRecords, registries: AuditedRegistries
) -> Iterator[AuditFinding]:
    began = due.began

    def judged(version: AuditedVersion, on: Micros) -> dict[PolicyStep, StepFault | None]:
        document = version.document(ledger, began.premises)
        return dict(_judged(records, due, document, day=day_of(on)))

    found = judged(registries.version_at(ledger, began.at), began.at)
    if not any(found.values()):
        return
    # The registry or the day may have changed between: what either of them finds in order is so.
    at_opening = judged(registries.version_at(ledger, began.opened_at), began.opened_at)
    before = judged(registries.version_before(ledger, began.at), began.opened_at)
    for step, error in found.items():
        if error is not None and at_opening.get(step, error) and before.get(step):
            yield AuditFinding(began.incident, began.premises, step, error)


def _judged(
    records: LedgerRecords, due: DueStep, document: Document, *, day: str
) -> Iterator[tuple[PolicyStep, StepFault | None]]:
    began, after = due.began, due.after
    # Who takes a fire while a step is not late yet ends that step too.
    late = began.at + after + (TOLERATED if after else 0)
    planned = [step for step in policy_steps(document, began.premises, day) if step.after == after]
    if not planned or records.is_ended(began.incident, begin=began.at, due=late):
        return
    recorded = [RecordedDelivery(*each) for each in records.deliveries.get(began.incident, ())]
    for step in planned:
        early = records.brought_forward(began.incident, step, began.at + after)
        yield step, fault_of_step(step, began.at, recorded, early=early)
