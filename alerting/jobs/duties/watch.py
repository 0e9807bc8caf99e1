"""Keeps the duties up to date beside the alarms, which go first at every step."""

import asyncio
from collections.abc import Callable

from alerting.engine.engine import Engine
from alerting.jobs.duties.plans import DutyPlans
from alerting.jobs.duties.registry_follower import RegistryFollower
from alerting.jobs.duties.reminders import DutyReminders
from alerting.jobs.duties.timeline_reader import TimelineReader
from alerting.jobs.reminder_sending import ReminderRoute
from alerting.settings import DutiesSettings
from runtime.clock import Clock

LOOK_S = 5.0
"""Seconds between two looks: a duty is a matter of days."""

PAUSE_S = 0.2
"""Seconds between two steps through a long timeline, and while alarms wait."""


class DutyWatch:
    """Follows the registry and the timeline of *engine*, but for moments in which *alarms_wait*."""

    def __init__(
        self,
        engine: Engine,
        route: ReminderRoute,
        *,
        settings: DutiesSettings,
        clock: Clock,
        alarms_wait: Callable[[], bool],
    ) -> None:
        plans = DutyPlans(engine.registry)
        self._reminders = DutyReminders(engine, plans, route, settings=settings, clock=clock)
        self._follower = RegistryFollower(engine.database, plans, clock)
        self._reader = TimelineReader(engine.database, plans, clock)
        self._alarms_wait = alarms_wait

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            more = not self._alarms_wait() and await self.look()
            await asyncio.sleep(PAUSE_S if more or self._alarms_wait() else LOOK_S)

    async def look(self) -> bool:
        """Follow the registry and the timeline, and remind people; return whether more entries wait."""
        await self._follower.follow()
        more = await self._reader.read_on()
        if not more:
            await self._reminders.look()
        return more
