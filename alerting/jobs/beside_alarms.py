"""Runs a job beside the alarms: whatever is wrong with it is logged, and it begins again."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from runtime.backoff import Backoff
from runtime.process import CannotStart

log = structlog.get_logger(__name__)

BEGUN_AGAIN = Backoff(1.0, 60.0)
"""Seconds until a job that failed begins again."""


async def run_beside_alarms(
    job: Callable[[], Awaitable[None]], name: str, *, on_failure: Callable[[], None] = lambda: None
) -> None:
    """Run *job* until it returns or is cancelled; begin it again after each failure.

    What somebody wrote into the database by hand may break any rule of the program. A job that no
    alarm needs must not end the process then, as it would at each new start. CannotStart is raised:
    it is said of the whole process.
    """
    failures = 0
    while True:
        try:
            return await job()
        except Exception as error:  # whatever is wrong with a job ends with the job
            if _is_of_the_process(error):
                raise
            on_failure()
            log.exception("job failed; alarms go on, and it begins again", job=name)
        failures += 1
        await asyncio.sleep(BEGUN_AGAIN.delay(failures))


def _is_of_the_process(error: Exception) -> bool:
    if isinstance(error, ExceptionGroup):
        return error.subgroup(CannotStart) is not None
    return isinstance(error, CannotStart)
