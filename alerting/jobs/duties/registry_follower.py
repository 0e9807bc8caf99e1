"""Follows the registry: which duties its premises have, and what its fields are evidence for."""

import asyncio
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import structlog

from alerting.jobs.duties.plans import DutyPlans
from contract.times import to_micros
from duties.domain.plan import PremisesPlan
from duties.store import DutyStore
from registry.domain.index import Index
from registry.domain.local_days import local_day_at
from runtime.clock import Clock
from runtime.database import Database

log = structlog.get_logger(__name__)

AT_ONCE = 10
"""Premises of one step: a few milliseconds, in which others wait."""

SHORTEST_PAUSE_S = 0.005
"""Seconds between two steps at least; else as long as the step took, so that half the time is free."""


@dataclass(frozen=True, slots=True)
class FollowedRegistry:
    """A registry that was followed on a *day*, by rules with this *digest*."""

    index: Index
    day: date
    digest: str

    def leaves_all_others(self, now: "FollowedRegistry") -> bool:
        """Return whether *now* changes nothing but rows of premises."""
        before, after = self.index, now.index
        return (
            (self.day, self.digest) == (now.day, now.digest)
            and before.area_history.areas == after.area_history.areas
            and before.shared.successions == after.shared.successions
        )


class RegistryFollower:
    """Stores what *plans* ask of all premises, in steps between which alarms go on.

    After a change of a few premises only these are looked at.
    """

    def __init__(self, database: Database, plans: DutyPlans, clock: Clock) -> None:
        self._database = database
        self._plans = plans
        self._clock = clock
        self._followed: FollowedRegistry | None = None

    async def follow(self) -> None:
        """Follow the registry in use, unless that was done today; a newer one begins it anew."""
        before = self._followed
        today, index = local_day_at(to_micros(self._clock())), self._plans.index
        if before is not None and before.index is index and before.day == today:
            return
        now = FollowedRegistry(index, today, self._plans.rules.digest)
        changed = await self._follow_all(_names(before, now) if self._plans.rules else [], now)
        if changed is None:
            return
        self._followed = now
        log.info("duties follow the registry", version=index.version, premises_changed=changed)

    async def _follow_all(self, names: Sequence[str], now: FollowedRegistry) -> int | None:
        """Return how many of *names* changed; None where the registry itself did meanwhile."""
        await self._forget(now)
        changed = 0
        for first in range(0, len(names), AT_ONCE):
            began = time.monotonic()
            if self._plans.index is not now.index:
                return None
            changed += await self._follow_some(names[first : first + AT_ONCE], now.day)
            await asyncio.sleep(max(SHORTEST_PAUSE_S, time.monotonic() - began))
        return changed

    async def _forget(self, now: FollowedRegistry) -> None:
        """Forget the duties of premises that the registry has no more."""
        kept = now.index.areas_of_premises().keys() if self._plans.rules else set[str]()
        gone = await self._database.read(lambda each: DutyStore(each).premises_beside(kept))
        if gone:
            await self._database.write(lambda each: DutyStore(each).forget_premises(gone))

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


def _names(before: FollowedRegistry | None, now: FollowedRegistry) -> list[str]:
    """Return the premises whose duties may have changed since *before*, in the order of names."""
    names = sorted(now.index.areas_of_premises())
    if before is None or not before.leaves_all_others(now):
        return names
    return [each for each in names if not now.index.has_same_rows(each, before.index)]
