"""The control socket of a running simulation, one request a connection, for its own user alone."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from firmware_sim.adapters.line import CannotOpen

MAX_REQUEST = 4_096

MAX_WAIT_S = 10.0
"""Seconds that a client has to send its request."""


def default_folder() -> Path:
    """Return the folder of the sockets of this user's simulations."""
    base = os.environ.get("XDG_RUNTIME_DIR") or "/tmp"  # noqa: S108 - the folder is checked when opened
    return Path(base) / f"tocsin-sim-{os.getuid()}"


def default_path(folder: Path | None = None) -> Path | None:
    """Return the path of the socket of this process in *folder*, or in that of simulations.

    It is None where the folder cannot be used.
    """
    path = (folder or default_folder()) / f"{os.getpid()}.sock"
    try:
        _prepare(path)
    except (OSError, CannotOpen):
        return None
    return path


def modem_folder() -> Path:
    """Return the folder of the sockets of this user's modems."""
    folder = default_folder()
    return folder.with_name(folder.name.replace("-sim-", "-modem-"))


@asynccontextmanager
async def open_control_socket(path: Path, answer: Callable[[bytes], bytes]) -> AsyncIterator[None]:
    """Answer requests at *path* within the block; raises CannotOpen."""
    try:
        await asyncio.to_thread(_prepare, path)
        server = await asyncio.start_unix_server(
            lambda reader, writer: _serve(reader, writer, answer), path, limit=MAX_REQUEST
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise CannotOpen(f"{path}: {reason}; name another path with --control") from error
    try:
        yield
    finally:
        server.close()
        await asyncio.to_thread(path.unlink, missing_ok=True)


def _prepare(path: Path) -> None:
    """Make the folder of *path*, which nobody else may enter, and remove a leftover socket."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.parent.stat().st_uid != os.getuid():
        raise CannotOpen(f"{path.parent}: belongs to another user; name another path with --control")
    if path.exists() and not path.is_socket():
        raise CannotOpen(f"{path}: exists and is not a socket; name another path with --control")
    path.unlink(missing_ok=True)


async def _serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Callable[[bytes], bytes]
) -> None:
    try:
        async with asyncio.timeout(MAX_WAIT_S):
            request = await reader.readuntil(b"\n")
            writer.write(answer(request) + b"\n")
            await writer.drain()
    except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
        pass  # the client sent no whole request
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
