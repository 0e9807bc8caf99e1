"""Runs a task on the registry apart from alarms: in a process of its own."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from functools import partial
from typing import Protocol

import msgspec
import structlog

from alerting.registry_work.orders import FailedReport, Progress, Report, Said, Task
from runtime.own_thread import PurposeThreads

log = structlog.get_logger(__name__)

WORKER = "alerting.registry_work.worker"

LONGEST_LINE = 256 * 1_048_576
"""Bytes of a report; that of a large version that is restored has some ten million."""

TIMEOUT_S = 600.0
"""Seconds after which a task is given up: a rehearsal of the largest center takes minutes."""

ProgressReport = Callable[[int, int], None]

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Said).decode


class TaskRunner(Protocol):
    """Runs tasks on the registry."""

    async def run(self, task: Task, progress: ProgressReport) -> Report:
        """Return the report of *task*."""


class ProcessRunner:
    """Runs each task in a process of its own, which is killed when its time is over."""

    async def run(self, task: Task, progress: ProgressReport) -> Report:
        """Return the report of *task*."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", WORKER), stdin=PIPE, stdout=PIPE, limit=LONGEST_LINE
        )
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await _report(process, task, progress)
        except TimeoutError:
            return FailedReport(
                reason=f"not done within {TIMEOUT_S:g} s; try it with fewer days, or at night"
            )
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _report(process: Process, task: Task, progress: ProgressReport) -> Report:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the process was started without pipes")
    process.stdin.write(_encode(task))
    process.stdin.close()
    async for line in process.stdout:
        said = await _decoded(line)
        if not isinstance(said, Progress):
            return said
        progress(said.done, said.total)
    code = await process.wait()
    log.error("process for work on the registry ended; its errors are above", code=code)
    return FailedReport(reason=f"its process ended with code {code}; look at the log, and try again")


_READING = PurposeThreads("registry reports")
SHORT = 65_536
"""Bytes of a report that is decoded at once: less than a millisecond."""


async def _decoded(line: bytes) -> Said:
    return _decode(line) if len(line) <= SHORT else await _READING.run(partial(_decode, line))
