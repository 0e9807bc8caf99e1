"""Runs heavy or dangerous work in processes of their own, bounded in time, memory and number.

What people send in, and documents that are made for them, may take seconds or be made to do harm.
Neither the event loop nor a thread of the service works on them: an alarm never waits, and a bomb ends
its own process only. Content goes in and out through files, never through the memory of the service.
"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import structlog

from runtime.bounded_worker import REFUSED, UNLIMITED

log = structlog.get_logger(__name__)

WORKER = "runtime.bounded_worker"

MIB = 1_048_576

LONGEST_ANSWER = 4 * MIB
"""Bytes of an answer beside the content, and of what a process writes to its standard error."""

LAST_WORDS = 2_000
"""Bytes of the standard error of a process that failed, for the log."""

_OUT_OF_BOUNDS = frozenset({-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGALRM, -signal.SIGABRT})
"""Codes of a process that its limits ended; a library that gets no more memory aborts."""


class WorkRefused(Exception):
    """The content cannot be worked on; the text names it, the fault and the remedy."""


class TooBusy(Exception):
    """Too much such work waits already; the same may be asked again a little later."""


@dataclass(frozen=True, slots=True)
class WorkLimits:
    """The limits of one process: seconds of processor and of time, MiB of memory and of its result."""

    cpu_s: int = 30
    wall_s: int = 60
    memory_mib: int = 768
    result_mib: int = 64


class BoundedWork:
    """Starts at most *at_once* processes; *waiting* more orders wait, and all others are refused."""

    def __init__(self, limits: WorkLimits, *, at_once: int = 1, waiting: int = 8) -> None:
        self._limits = limits
        self._places = asyncio.Semaphore(at_once)
        self._most = at_once + waiting
        self._orders = 0

    async def run_on_files(self, target: str, order: bytes, *, source: int, result: int) -> bytes:
        """Return the answer of *target*, ``module:function``, to *order* about the file *source*.

        What it makes is written to *result*; both are file descriptors. *order* is seen by other users
        of the machine: it has nothing of people. Raises WorkRefused, TooBusy, or OSError where there can
        be no process.
        """
        async with self._place():
            return await _run(target, order, self._limits, source=source, result=result)

    async def run_on_bytes(self, target: str, order: bytes, content: bytes) -> tuple[bytes, bytes]:
        """Return the answer of *target* about *content*, and what it made; raises likewise."""
        with _in_memory("source") as source, _in_memory("result") as result:
            _write_all(source, content)
            os.lseek(source, 0, os.SEEK_SET)
            answer = await self.run_on_files(target, order, source=source, result=result)
            return answer, _content(result, self._limits.result_mib * MIB)

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        if self._orders >= self._most:
            raise TooBusy("too many files and documents are worked on; try again in a minute")
        self._orders += 1
        try:
            async with self._places:
                yield
        finally:
            self._orders -= 1


async def _run(target: str, order: bytes, limits: WorkLimits, *, source: int, result: int) -> bytes:
    with _in_memory("answer") as answer, _in_memory("errors") as errors:
        figures = (limits.cpu_s, limits.wall_s, limits.memory_mib, limits.result_mib)
        process = await asyncio.create_subprocess_exec(
            *(
                sys.executable,
                "-P",
                "-m",
                WORKER,
                target,
                *map(str, figures),
                str(result),
                order.decode(),
            ),
            stdin=source,
            stdout=answer,
            stderr=errors,
            pass_fds=(result,),
            env={"LANG": "C.UTF-8"},  # none of the service's secrets
        )
        code = await _end_of(process, limits.wall_s + 5)
        said = _content(answer, LONGEST_ANSWER)
        if code == REFUSED:
            raise WorkRefused(said.decode(errors="replace"))
        if code != 0:
            raise WorkRefused(_why_ended(code, _content(errors, LONGEST_ANSWER), target, limits))
        return said


async def _end_of(process: Process, within_s: float) -> int:
    """Return the exit code of *process*; it is killed when its time is over, or the caller gives up."""
    try:
        async with asyncio.timeout(within_s):
            return await process.wait()
    except TimeoutError:
        return -signal.SIGKILL
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _why_ended(code: int, errors: bytes, target: str, limits: WorkLimits) -> str:
    if code in _OUT_OF_BOUNDS:
        return (
            f"takes more than {limits.cpu_s} s or {limits.memory_mib} MiB; send a smaller or simpler one"
        )
    if code == UNLIMITED:
        log.error(
            "work on a file needs setrlimit; allow it in the unit", said=errors.decode(errors="replace")
        )
        return "cannot be worked on: the center's machine lets no limits be set; ask its administrator"
    log.error(
        "work on a file failed",
        work=target,
        code=code,
        said=errors[-LAST_WORDS:].decode(errors="replace"),
    )
    return "cannot be worked on (the log has the reason); save it anew with another program"


@contextmanager
def _in_memory(name: str) -> Iterator[int]:
    descriptor = os.memfd_create(name, os.MFD_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _content(descriptor: int, most: int) -> bytes:
    """Return the content of a file, of *most* bytes at most."""
    return os.pread(descriptor, min(most, os.fstat(descriptor).st_size), 0)


def _write_all(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]
