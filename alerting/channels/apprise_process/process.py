"""The process for Apprise as alerting sees it: started when needed, and again when it ended."""

import asyncio
import itertools
import sys
from asyncio.subprocess import PIPE, Process

import msgspec
import structlog

from alerting.channels.apprise_process.messages import Cancel, Order, Ready, Report
from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer

log = structlog.get_logger(__name__)

WORKER = "alerting.channels.apprise_process.worker"

LONGEST_LINE = 1_048_576
"""Bytes of a report; its reason has some hundred."""

STARTING_S = 30.0
"""Seconds that the process has to load Apprise, on a machine that is busy."""

ENDING_S = 2.0
"""Seconds that the process has to end when its orders do, before it is killed."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Report | Ready).decode


class AppriseProcess:
    """Hands orders to the process and waits for their reports."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[ChannelAnswer]] = {}
        self._starting = asyncio.Lock()
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._loaded = asyncio.Event()

    async def attempt(
        self, url: str, title: str, text: str, *, timeout_s: float, networks: tuple[str, ...] | None
    ) -> ChannelAnswer:
        """Return the answer of the service at *url*; raises OSError if there can be no process.

        The attempt ends when the caller is cancelled, and after *timeout_s* in any case.
        """
        process = await self._running()
        number = next(self._numbers)
        answer: asyncio.Future[ChannelAnswer] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        self._send(process, Order(number, url, title, text, timeout_s, networks))
        try:
            return await answer
        finally:
            if self._waiting.pop(number, None) is not None and answer.cancelled():
                self._send(process, Cancel(number))

    async def start(self) -> None:
        """Return when the process is ready, or cannot be for now, which is logged."""
        try:
            await self._running()
            async with asyncio.timeout(STARTING_S):
                await self._loaded.wait()
        except OSError as error:  # TimeoutError is one
            reason = str(error) or f"not ready within {STARTING_S:g} s"
            log.error("process for Apprise not started; retrying at the next message", reason=reason)

    async def close(self) -> None:
        """End the process and all attempts."""
        process, reading = self._process, self._reading
        if process is None or reading is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(ENDING_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        await reading

    async def _running(self) -> Process:
        async with self._starting:
            if self._process is None or self._process.returncode is not None:
                self._loaded = asyncio.Event()
                self._process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-P", "-m", WORKER),
                    stdin=PIPE,
                    stdout=PIPE,
                    limit=LONGEST_LINE,
                )
                self._reading = asyncio.create_task(self._read(self._process), name="apprise")
            return self._process

    def _send(self, process: Process, said: Order | Cancel) -> None:
        if process.stdin is not None and not process.stdin.is_closing():
            process.stdin.write(_encode(said) + b"\n")

    async def _read(self, process: Process) -> None:
        """Give each report to its waiter, and all waiters an answer when the process ends."""
        if process.stdout is None:
            raise RuntimeError("the process was started without a pipe")
        async for line in process.stdout:
            match _decode(line):
                case Ready():
                    self._loaded.set()
                case Report() as report:
                    self._settle(report.id, ChannelAnswer(report.result, report.reason))
        code = await process.wait()
        self._loaded.set()  # whoever waits for it starts the next one
        if self._waiting:
            log.error("process for Apprise ended; it is started again", code=code)
        for number in list(self._waiting):
            reason = f"the process for Apprise ended with code {code}; its errors are in the log"
            self._settle(number, ChannelAnswer(AttemptResult.NO_ANSWER, reason))

    def _settle(self, number: int, answer: ChannelAnswer) -> None:
        waiting = self._waiting.get(number)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)
