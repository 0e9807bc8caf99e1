"""Enters what the timeline proves: drills that ended, points whose fire arrived while on test."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

import structlog

from alerting.jobs.duties.plans import DutyPlans
from alerting.store.proofs import FinishedDrill, Proofs, ProvenPoint, proofs_after
from contract.times import Micros, to_micros
from duties.domain.live import EndedDrill, alarm_test_events, drill_events
from duties.domain.plan import PremisesPlan
from duties.store import DutyStore
from registry.domain.local_days import local_day_at
from runtime.clock import Clock
from runtime.database import Database

log = structlog.get_logger(__name__)

NAME = "timeline"
"""The name of this work in the table of progress."""

OVERLAP = 200
"""Entries that are read again: of several processes one may have stored its entries a little later."""


class TimelineReader:
    """Reads the timeline of *database* in steps; each thing in it is entered once."""

    def __init__(self, database: Database, plans: DutyPlans, clock: Clock) -> None:
        self._database = database
        self._plans = plans
        self._clock = clock
        self._entered: Proofs | None = None

    async def read_on(self) -> bool:
        """Enter what the next entries prove; return whether more wait."""
        reached = await self._database.read(lambda each: DutyStore(each).reached(NAME))
        after = max(0, reached - OVERLAP)
        proofs = await self._database.read(lambda each: proofs_after(each, after))
        if proofs != self._entered and (proofs.reached > reached or proofs.points or proofs.drills):
            entries = Entries(self._plans, proofs, to_micros(self._clock()))
            await self._database.write(lambda each: entries.enter(DutyStore(each)))
            self._entered = proofs
        return proofs.more and proofs.reached > reached


class Entries:
    """Return the events that *proofs* come to; *now* is when they are entered."""

    def __init__(self, plans: DutyPlans, proofs: Proofs, now: Micros) -> None:
        self._plans = plans
        self._proofs = proofs
        self._now = now

    def enter(self, store: DutyStore) -> None:
        """Enter all of them with the progress: after a crash they are read again, and known."""
        for premises, points in _by_premises(self._proofs.points).items():
            self._enter_points(store, premises, points)
        for drill in self._proofs.drills:
            self._enter_drill(store, drill)
        if self._proofs.reached > store.reached(NAME):
            store.set_reached(NAME, self._proofs.reached)

    def _plan(self, premises: str) -> PremisesPlan | None:
        return self._plans.plan(premises, local_day_at(self._now)) if self._plans.rules else None

    def _enter_points(
        self, store: DutyStore, premises: str, points: Mapping[str, tuple[date, str]]
    ) -> None:
        plan = self._plan(premises)
        if not store.prove_points(premises, points) or plan is None:
            return
        log.info("points proven by live data", premises=premises, points=len(points))
        proven = store.proven(premises)
        days = {name: proven.get(name) for name in self._plans.index.points_of(premises)}
        standings = store.standings_of(plan)
        for event in alarm_test_events(plan, days, standings):
            store.record(event, plan, self._now)

    def _enter_drill(self, store: DutyStore, found: FinishedDrill) -> None:
        plan = self._plan(found.drill.site.id)
        if plan is None:
            return
        for event in drill_events(plan, _ended(found)):
            if store.record(event, plan, self._now) is not None:
                log.info("drill entered", premises=plan.premises, outcome=event.outcome.value)


def _by_premises(points: Iterable[ProvenPoint]) -> Mapping[str, dict[str, tuple[date, str]]]:
    """Return the last day of each point, and its incident, by premises."""
    found: dict[str, dict[str, tuple[date, str]]] = defaultdict(dict)
    for each in points:
        found[each.premises][each.point] = (local_day_at(each.at), each.incident)
    return found


def _ended(found: FinishedDrill) -> EndedDrill:
    drill = found.drill
    return EndedDrill(
        premises=drill.site.id,
        drill=drill.id,
        on=local_day_at(found.at),
        by=drill.by,
        account=drill.account,
        fires=found.fires,
        taken=found.taken,
        points=found.points,
    )
