"""Processes of Tocsin's command line that do not spend seconds on imports.

A process that has all of Tocsin's modules waits, and forks a copy of itself for each command. The copy
is a process of its own, with its own interpreter, signals and end; only reading the modules is spared,
which took most of the processor's time of a story. Beginnings from nothing are tried by the
demonstration, the wheel and the command line's own tests.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from tocsin.__main__ import main
from tocsin.demo.processes import Child, child, end_with_parent, tocsin

Begin = Callable[[str, Sequence[str], Path], AbstractAsyncContextManager[Child]]
"""Runs a command within a block: ``warm_child``, or ``child`` where the beginning itself is measured."""

WARM = "tests.support.warm_modules"


@dataclass(frozen=True)
class _Beginning:
    arguments: list[str]
    output: Path
    errors: Path
    folder: Path
    environment: dict[str, str]


class WarmProcess:
    """A process begun from the warm one, as asyncio's ``Process`` behaves."""

    def __init__(
        self, arguments: Sequence[str], *, output: Path, errors: Path, folder: Path | None = None
    ) -> None:
        context = get_context("forkserver")
        context.set_forkserver_preload([WARM])
        begun = _Beginning([*arguments], output, errors, folder or Path.cwd(), dict(os.environ))
        self._process = context.Process(target=_run, args=(begun,))
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code, minus a signal's number where one ended it; None while it runs."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send the signal, if it still runs."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.send_signal(signal.SIGKILL)

    def wait_here(self, timeout: float) -> int:
        """Wait for its end and hold up everything else; return the exit code. Raises TimeoutError."""
        self._process.join(timeout)
        if (code := self.returncode) is None:
            self.kill()
            raise TimeoutError(f"it did not end within {timeout} s")
        return code

    async def wait(self) -> int:
        """Wait for its end; return the exit code."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            while (code := self.returncode) is None:
                await ended.wait()
                ended.clear()
        finally:
            loop.remove_reader(self._process.sentinel)
        return code


@asynccontextmanager
async def warm_child(name: str, command: Sequence[str], folder: Path) -> AsyncIterator[Child]:
    """Run *command* within the block, its output in *folder*: if it is ``tocsin``, begun warm."""
    own = tocsin()
    if [*command[: len(own)]] != own:
        async with child(name, command, folder) as cold:
            yield cold
        return
    log = folder / f"{name}.log"
    log.write_bytes(b"")
    running = Child(name, log, WarmProcess(command[len(own) :], output=log, errors=log))
    try:
        yield running
    finally:
        await running.stop()


def run_warm(
    *arguments: str, cwd: Path | None = None, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run ``tocsin`` with *arguments* to its end, in *cwd*; return its exit code and texts."""
    with TemporaryDirectory() as folder:
        output, errors = Path(folder, "output"), Path(folder, "errors")
        code = WarmProcess(arguments, output=output, errors=errors, folder=cwd).wait_here(timeout)
        return subprocess.CompletedProcess(arguments, code, output.read_text(), errors.read_text())


def _run(begun: _Beginning) -> None:
    """Be the ``tocsin`` that *begun* asks for."""
    assert WARM in sys.modules, "nothing was read before: begin the tests in the folder of the project"
    if (ask := end_with_parent(os.getppid())) is not None:
        ask()
    os.setsid()
    for number, file in ((1, begun.output), (2, begun.errors)):
        opened = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.chdir(begun.folder)
    os.environ.clear()
    os.environ.update(begun.environment)
    time.tzset()
    sys.stdout.reconfigure(write_through=True)  # type: ignore[union-attr]
    sys.argv = ["tocsin", *begun.arguments]
    main()
