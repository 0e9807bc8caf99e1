"""Runs a process: it stops on a signal, logs why it fails, and feeds its watchdog while it works."""

import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable

import structlog

from runtime.file_limits import raise_file_limit
from runtime.private_files import keep_new_files_private

log = structlog.get_logger(__name__)


class CannotStart(Exception):
    """A fault outside the process must be corrected first; the text names it and the remedy."""


def run_process(app: Callable[[], Awaitable[None]]) -> int:
    """Run *app* until it returns, fails, or the process gets a signal to stop.

    SIGINT and SIGTERM cancel the app, so its ``async with`` blocks are the shutdown sequence.
    Returns the exit code of the process: 0 if it ended in order, 2 for CannotStart, else 1.
    """
    raise_file_limit()
    keep_new_files_private()
    try:
        asyncio.run(_until_asked_to_stop(app))
    except Exception as error:
        if remedies := _remedies(error):
            log.error("cannot start", reason="; ".join(remedies))
            return 2
        # The one broad except of a process: whatever it was, it is logged and the exit code says so.
        log.exception("stopped by an unexpected error")
        return 1
    return 0


def _remedies(error: BaseException) -> list[str]:
    """Return the text of each CannotStart in *error*."""
    if isinstance(error, BaseExceptionGroup):
        return [remedy for each in error.exceptions for remedy in _remedies(each)]
    return [str(error)] if isinstance(error, CannotStart) else []


async def _until_asked_to_stop(app: Callable[[], Awaitable[None]]) -> None:
    task = asyncio.ensure_future(app())
    asked: list[str] = []

    def stop(number: signal.Signals) -> None:
        asked.append(number.name)
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop, number)
    try:
        await task
    except asyncio.CancelledError as error:
        if not asked:
            raise RuntimeError("the app cancelled itself without a signal to stop") from error
        log.info("stopped by a signal", signal=asked[0])


def spare_the_collector() -> None:
    """Exempt what the start made from garbage collection, for good.

    It stays until the end anyway, and to look through it stops every thread for 80 ms, again and again.
    """
    gc.collect()
    gc.freeze()


def share_the_interpreter() -> None:
    """Let a thread that waits for the interpreter get it after 0.5 ms, not after 5 ms.

    A thread that asks SQLite gives it away with each statement; while another one computes without a
    pause, a transaction of thirty statements took 150 ms.
    """
    sys.setswitchinterval(0.0005)


def notify_supervisor(state: str) -> None:
    """Notify systemd of *state* ("READY=1", "WATCHDOG=1"), where it listens."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0)  # a full socket must not hold up the event loop
        try:
            sock.connect("\0" + address[1:] if address.startswith("@") else address)
            sock.sendall(state.encode())
        except OSError as error:  # a supervisor that does not listen is no reason to stop working
            log.warning("supervisor not notified", state=state, reason=str(error))


async def keep_watchdog(is_progressing: Callable[[], bool]) -> None:
    """Report readiness, then feed the watchdog of systemd while *is_progressing* returns True."""
    notify_supervisor("READY=1")
    # Half the interval that systemd allows (sd_watchdog_enabled(3)); 10 s where it sets none.
    interval = int(os.environ.get("WATCHDOG_USEC", 20_000_000)) / 2_000_000
    while True:
        await asyncio.sleep(interval)
        if is_progressing():
            notify_supervisor("WATCHDOG=1")
        else:
            log.error("no progress; the watchdog is not fed")
