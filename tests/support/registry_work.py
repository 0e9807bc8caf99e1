"""Work on the registry in a thread: a test of routes starts no process for each check."""

import asyncio

from alerting.registry_work.orders import Report, Task
from alerting.registry_work.performing import perform
from alerting.registry_work.runners import ProgressReport
from runtime.own_thread import PurposeThreads


class ThreadRunner:
    """Runs tasks one after the other in a thread."""

    def __init__(self) -> None:
        self._threads = PurposeThreads("registry work")

    async def run(self, task: Task, progress: ProgressReport) -> Report:
        """Return the report of *task*."""
        return await self._threads.run(lambda: asyncio.run(perform(task, progress)))
