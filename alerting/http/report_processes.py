"""Runs a process for each report: nothing of it shares threads or memory with an alarm."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import structlog

from reports.order import ReportOrder

log = structlog.get_logger(__name__)

MODULE = "reports"

AT_ONCE = 1
"""Reports that are made at once: each may read for a minute, at a low priority."""

WAITING = 4
"""Reports that wait for their turn; further ones are refused."""

LONGEST_S = 120.0
"""Seconds after which a report is given up, and its process killed."""

CHUNK = 65_536

WRONG_ORDER = 3
"""The exit code of an order that cannot be followed (``reports.__main__``)."""


class TooManyReports(Exception):
    """So many reports are being made that this one has to be asked for again later."""


class ReportRefused(ValueError):
    """The report cannot be made as it was asked for; the text says why."""


class ReportFailed(Exception):
    """The report could not be made: its process failed, or took too long."""


class ReportProcesses:
    """Makes reports of the database at *url*."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._asked = 0

    async def chunks(self, order: ReportOrder) -> AsyncGenerator[bytes]:
        """Yield the report of *order* as it is written.

        Raises TooManyReports, ReportRefused or ReportFailed before the first part.
        """
        if self._asked >= AT_ONCE + WAITING:
            raise TooManyReports
        self._asked += 1
        try:
            async with self._turns, _process(order) as process:
                async for chunk in _output(process):
                    yield chunk
        finally:
            self._asked -= 1


async def _output(process: Process) -> AsyncGenerator[bytes]:
    if process.stdout is None or process.stderr is None:
        raise AssertionError("both are pipes")
    try:
        async with asyncio.timeout(LONGEST_S):
            first = await process.stdout.read(CHUNK)
            if not first:
                reason = (await process.stderr.read(CHUNK)).decode(errors="replace").strip()
                await _refuse(process, reason)
            yield first
            while chunk := await process.stdout.read(CHUNK):
                yield chunk
            await process.wait()
    except TimeoutError as error:
        log.error("report given up; it took too long", seconds=LONGEST_S)
        raise ReportFailed from error


async def _refuse(process: Process, reason: str) -> None:
    """Raise what the end of *process*, which wrote nothing, means."""
    code = await process.wait()
    if code == WRONG_ORDER:
        raise ReportRefused(reason)
    log.error("report failed", code=code, reason=reason[-2_000:])
    raise ReportFailed


@asynccontextmanager
async def _process(order: ReportOrder) -> AsyncIterator[Process]:
    """Start the process that follows *order*, which is killed at the end of the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", MODULE, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    try:
        if process.stdin is None:
            raise AssertionError("it is a pipe")
        # The order has the URL of the database, which nobody may see in a list of processes.
        process.stdin.write(msgspec.json.encode(order))
        process.stdin.close()
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
