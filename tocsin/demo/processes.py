"""The demonstration's child processes: started here, watched here, and all of them ended here."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

ENDING_S = 20.0
"""Seconds that a child may take to end after SIGTERM; on an idle machine a gateway takes 5 at most."""


_PR_SET_PDEATHSIG = 1
"""Asks the kernel for a signal when the parent ends, however it does (prctl(2), Linux)."""


class ChildEnded(Exception):
    """A process of the demonstration ended by itself; the text holds the end of its log."""

    @property
    def port_was_taken(self) -> bool:
        """Whether another process listens on the port that this one wanted."""
        return "address already in use" in str(self).lower()


class Process(Protocol):
    """A process of the operating system, as asyncio has it."""

    @property
    def pid(self) -> int:
        """Its number."""
        ...

    @property
    def returncode(self) -> int | None:
        """The exit code, minus a signal's number where one ended it; None while it runs."""
        ...

    def send_signal(self, signal: int) -> None:
        """Send it a signal."""
        ...

    def kill(self) -> None:
        """End it as a power cut would."""
        ...

    async def wait(self) -> int:
        """Wait for its end; return the exit code."""
        ...


@dataclass
class Child:
    """One running process, and the file of its log."""

    name: str
    log: Path
    process: Process

    async def raise_if_ended(self) -> None:
        """Raise ChildEnded if the process has ended by itself."""
        if self.process.returncode is not None:
            await self.ended()

    async def ended(self) -> None:
        """Wait for the end that should not come; raises ChildEnded when it does."""
        code = await self.process.wait()
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])
        raise ChildEnded(f"{self.name} ended with code {code}:\n{tail}")

    async def stop(self) -> int:
        """End it in order, by force if it takes too long; returns its exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self.process.wait(), ENDING_S)
            except TimeoutError:
                self.process.kill()
        return await self.process.wait()


def tocsin(*arguments: str) -> list[str]:
    """The command that runs a verb of Tocsin with this same Python."""
    return [sys.executable, "-m", "tocsin", *arguments]


def end_with_parent(parent: int) -> Callable[[], None] | None:
    """Return the first act of a new child, so that it does not outlive *parent*; None outside Linux."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)  # loaded before the fork: afterwards a child may only call

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it ended before it could be asked
            os.kill(os.getpid(), signal.SIGTERM)

    return ask


@asynccontextmanager
async def child(name: str, command: Sequence[str], folder: Path) -> AsyncIterator[Child]:
    """Run *command* within the block, its output in *folder*."""
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            # Ctrl-C reaches the demonstration alone; it ends its children in its own order.
            start_new_session=True,
            preexec_fn=end_with_parent(os.getpid()),
        )
    running = Child(name, log, process)
    try:
        yield running
    finally:
        await running.stop()
