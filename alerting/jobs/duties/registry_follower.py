"""Follows the registry: which duties its premises have, and what its fields are evidence for."""

import asyncio
import time
from collections.abc import Collection, Sequence
from datetime import date

import structlog

from alerting.jobs.duties.plans import DutyPlans
from contract.times import to_micros
from duties.domain.days import local_day
from duties.domain.plan import PremisesPlan
from duties.store import DutyStore
from runtime.clock import Clock
from runtime.database import Database

log = structlog.get_logger(__name__)

AT_ONCE = 10
"""Premises of one step: a few milliseconds, in which others wait."""

SHORTEST_PAUSE_S = 0.005
"""Seconds between two steps at least; else as long as the step took, so that half the time is free."""


class RegistryFollower:
    """Stores what *plans* ask of all premises, in steps between which alarms go on."""

    def __init__(self, database: Database, plans: DutyPlans, clock: Clock) -> None:
        self._database = database
        self._plans = plans
        self._clock = clock
        self._followed: tuple[int, date] | None = None

    async def follow(self) -> None:
        """Follow the version in use, unless that was done today; a newer one begins it anew."""
        wanted = self._plans.version, local_day(to_micros(self._clock()))
        if self._followed == wanted:
            return
        changed = await self._follow_all(*wanted)
        if changed is None:
            return
        self._followed = wanted
        log.info("duties follow the registry", version=wanted[0], premises_changed=changed)

    async def _follow_all(self, version: int, today: date) -> int | None:
        """Return how many premises changed; None where the registry itself did meanwhile."""
        names = self._plans.names() if self._plans.rules else []
        await self._database.write(lambda each: DutyStore(each).forget_premises(names))
        changed = 0
        for first in range(0, len(names), AT_ONCE):
            began = time.monotonic()
            if self._plans.version != version:
                return None
            changed += await self._follow_some(names[first : first + AT_ONCE], today)
            await asyncio.sleep(max(SHORTEST_PAUSE_S, time.monotonic() - began))
        return changed

    async def _follow_some(self, names: Sequence[str], today: date) -> int:
        found = (self._plans.plan(each, today) for each in names)
        plans = [each for each in found if each is not None]
        changed = await self._database.read(lambda each: DutyStore(each).changed(plans))
        if not changed:
            return 0
        await self._write(changed, today)
        return len(changed)

    async def _write(self, plans: Collection[PremisesPlan], today: date) -> None:
        now, version = to_micros(self._clock()), self._plans.version
        await self._database.write(
            lambda each: DutyStore(each).follow_plans(plans, version=version, today=today, now=now)
        )
