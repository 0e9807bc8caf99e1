"""Checks and rehearsals of drafts that go on: one at a time, a few waiting, beside all requests."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from aiohttp import web

import contract.http.drafts as http
from alerting.registry_work.orders import FailedReport, RegistryOrder, Report, Task
from alerting.registry_work.runners import TaskRunner

log = structlog.get_logger(__name__)

MOST_WAITING = 8
"""Jobs that wait at most: each is a process with the whole registry."""

MOST_KEPT = 100
"""FailedReport jobs that are remembered."""

Keep = Callable[[Report], Awaitable[None]]
"""Stores a report."""


class TooManyJobs(Exception):
    """So many checks wait already that another one cannot."""


@dataclass(eq=False)
class Job:
    """A check or rehearsal of one revision of a draft."""

    what: str
    revision: int
    state: http.JobState = http.JobState.RUNNING
    done: int = 0
    total: int = 0
    error: str = ""
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def progress(self, done: int, total: int) -> None:
        """Note that so much of the total is done."""
        self.done, self.total = done, total

    def fail(self, reason: str) -> None:
        """Note that it cannot be done."""
        self.state, self.error = http.JobState.FAILED, reason

    def shown(self) -> http.DraftJob:
        """Return it as an answer has it."""
        return http.DraftJob(
            what=self.what, state=self.state, done=self.done, total=self.total, error=self.error
        )


class DraftJobs:
    """The jobs of *runner* on the database at *url*, by their drafts."""

    def __init__(self, runner: TaskRunner, url: str) -> None:
        self._runner = runner
        self._url = url
        self._jobs: dict[str, Job] = {}
        self._tasks = set[asyncio.Task[None]]()
        self._turn = asyncio.Lock()

    def of(self, draft: str) -> Job | None:
        """Return the job of *draft* that goes on, or failed."""
        return self._jobs.get(draft)

    def start(self, draft: str, order: RegistryOrder, *, what: str, revision: int, keep: Keep) -> Job:
        """Return the job of *draft*, begun now unless the same goes on; raises TooManyJobs."""
        found = self._jobs.get(draft)
        if found is not None and found.state is http.JobState.RUNNING:
            return found
        if len(self._tasks) >= MOST_WAITING:
            raise TooManyJobs
        job = self._jobs[draft] = Job(what, revision)
        self._forget_failed()
        task = asyncio.create_task(self._run(draft, job, order, keep), name=f"{what} of a draft")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job

    async def run(self, order: RegistryOrder) -> Report:
        """Return the report of *order*, which is about no draft; raises TooManyJobs."""
        if len(self._tasks) >= MOST_WAITING:
            raise TooManyJobs
        async with self._turn:
            return await self._runner.run(Task(url=self._url, order=order), lambda done, total: None)

    async def ending(self, _: web.Application) -> AsyncIterator[None]:
        """End all jobs with the application."""
        yield
        for each in list(self._tasks):
            each.cancel()
            with suppress(asyncio.CancelledError):
                await each

    async def _run(self, draft: str, job: Job, order: RegistryOrder, keep: Keep) -> None:
        try:
            async with self._turn:
                report = await self._runner.run(Task(url=self._url, order=order), job.progress)
            if isinstance(report, FailedReport):
                job.fail(report.reason)
                return
            await keep(report)
            self._jobs.pop(draft, None)
        except OSError as error:
            job.fail(f"its process cannot be started ({error}); try again")
        finally:
            job.ended.set()

    def _forget_failed(self) -> None:
        failed = [name for name, each in self._jobs.items() if each.state is http.JobState.FAILED]
        for name in failed[: max(0, len(self._jobs) - MOST_KEPT)]:
            del self._jobs[name]
