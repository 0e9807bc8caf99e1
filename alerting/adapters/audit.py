"""Compares the ledger with the policy, and raises an alarm for any step that is missing or late.

It asks the database by statements of its own and reads the policy by a code of its own
(``alerting.domain.audit``): what tells cannot vouch for itself.
"""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, text

from alerting.adapters.engine import Engine
from alerting.adapters.metrics import Metrics
from alerting.adapters.patience import Patience
from alerting.domain.audit import TOLERATED, Flaw, Step, Telling, Written, flaw_of
from alerting.domain.center import step_flaw
from contract.times import Micros, to_micros
from runtime.clock import Clock

log = structlog.get_logger(__name__)

EVERY_S = 5.0
"""Seconds between two audits."""

LOOK_BACK = timedelta(hours=1)
"""How much of the past is audited at the start: what was due while nothing ran."""

_BEGINNINGS = text(
    "SELECT t.incident, t.premises, t.at, t.event, i.opened_at FROM timeline t "
    "JOIN incidents i ON i.id = t.incident "
    "WHERE t.event IN ('confirmed', 'reopened') AND t.at > :since AND t.at <= :until"
)
_ENDED = text(
    "SELECT count(*) FROM timeline WHERE incident = :incident AND at >= :begin AND at <= :due "
    "AND event IN ('acknowledged', 'dispatched', 'closed')"
)
_TELLINGS = text(
    "SELECT d.destination, d.asked, a.began_at FROM deliveries d JOIN attempts a ON a.delivery = d.id "
    "WHERE d.incident = :incident AND d.event IN ('confirmed', 'escalated', 'reopened')"
)
_VERSION = text("SELECT max(id) FROM registry_versions WHERE at <= :at")
_REGISTRY = text("SELECT document FROM registry_versions WHERE id = :id")

VERSIONS_KEPT = 4
"""Versions of the registry that stay in memory: the one in force, and those just before it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A step of an incident that was missed, or came late."""

    incident: str
    premises: str
    step: Step
    flaw: Flaw


class Auditor:
    """Audits what is due, from one look to the next; reports to *engine* what is not as it should be."""

    def __init__(self, engine: Engine, *, clock: Clock, metrics: Metrics, patience: Patience) -> None:
        self._engine = engine
        self._clock = clock
        self._metrics = metrics
        self._patience = patience
        self._audited = to_micros(clock() - LOOK_BACK)
        self._versions: dict[int, Written] = {}

    async def run(self) -> None:
        """Audit until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            await self._patience.until_stored(self.audit)

    async def audit(self) -> None:
        """Audit all that was due since the last time, and has had its time to begin."""
        now = self._clock()
        since, until = self._audited, to_micros(now) - TOLERATED
        found = await self._engine.read(
            lambda store: list(audit(Versions(store.connection, self._versions), since, until))
        )
        for each in found:
            self._metrics.audit_findings.labels(each.flaw.value).inc()
            log.error(
                "a step of an escalation was not as the policy says; look at the explanation",
                incident=each.incident,
                name=each.step.name,
                reason=each.flaw.value,
            )
        if found:
            conditions = [step_flaw(f.incident, f.step.name, f.flaw, to_micros(now)) for f in found]
            await self._engine.find(conditions, now)
        self._audited = until
        self._metrics.audited_until.set(until / 1_000_000)


class Versions:
    """The registry as it stood at several moments, by *connection*; *known* are those already read."""

    def __init__(self, connection: Connection, known: dict[int, Written]) -> None:
        self.connection = connection
        self._known = known

    def at(self, moment: Micros) -> Written:
        """The registry that was in force at *moment*."""
        number = self.connection.scalar(_VERSION, {"at": moment}) or 0
        if number not in self._known:
            document = self.connection.scalar(_REGISTRY, {"id": number})
            self._known[number] = Written(json.loads(document) if document else {})
            for oldest in sorted(self._known)[:-VERSIONS_KEPT]:
                del self._known[oldest]
        return self._known[number]


def audit(versions: Versions, since: Micros, until: Micros) -> Iterator[Found]:
    """The steps that were due after *since* and by *until*, and are not in the ledger in time."""
    for after in versions.at(until).offsets():
        moments = {"since": since - after, "until": until - after}
        for row in versions.connection.execute(_BEGINNINGS, moments).all():
            if after or row.event == "confirmed":
                yield from _found(versions, row, after)


def _found(versions: Versions, row: Any, after: Micros) -> Iterator[Found]:
    # The registry may have changed between: what either version finds in order is so.
    by_now = dict(_judged(versions, row, after, versions.at(row.at)))
    before = dict(_judged(versions, row, after, versions.at(row.opened_at)))
    for step, flaw in by_now.items():
        if flaw is not None and before.get(step, flaw) is not None:
            yield Found(row.incident, row.premises, step, flaw)


def _judged(
    versions: Versions, row: Any, after: Micros, written: Written
) -> Iterator[tuple[Step, Flaw | None]]:
    due = {"incident": row.incident, "begin": row.at, "due": row.at + after}
    planned = [step for step in written.steps(row.premises) if step.after == after]
    if not planned or versions.connection.scalar(_ENDED, due):
        return
    rows = versions.connection.execute(_TELLINGS, {"incident": row.incident})
    tellings = [Telling(each.destination, each.asked, each.began_at) for each in rows]
    for step in planned:
        yield step, flaw_of(step, row.at, tellings)
