"""The outbox: one spool file for each lane, and a spool in memory for when the disk refuses writes."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from runtime.clock import Clock
from runtime.disk_reserve import DiskReserve
from runtime.folder_lock import lock_folder
from runtime.spool import Spool, open_spool

log = structlog.get_logger(__name__)

_MIB = 1_048_576

_RELEASE_WITHIN_S = 10.0
"""Longest stay of receipted readings, which leave with the commit of the next batch."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """The three queues of a gateway.

    *memory* takes signals that the disk refuses: with an epoch of its own, so that no number of the
    file is ever spent on something that the file does not hold. *lost* says that an outbox which
    was there before could not be read; *durable* that both files are on disk.
    """

    alarm: Spool
    telemetry: Spool
    memory: Spool
    reserve: DiskReserve
    lost: bool
    durable: bool


@asynccontextmanager
async def open_outbox(
    data_dir: Path, clock: Clock, *, reserve_mib: int, batch_s: float = 1.0
) -> AsyncIterator[Outbox]:
    """Open the outbox below *data_dir*, for a batch of readings every *batch_s* seconds.

    Raises CannotStart where another gateway works there, and NewerLayout (see runtime.spool).
    A disk that does not let a file be opened does not stop the gateway: that lane lives in memory.
    """
    folder = data_dir / "outbox"
    files = [folder / "alarm.db", folder / "telemetry.db"]
    there = [file.exists() for file in files]
    async with AsyncExitStack() as stack:
        stack.enter_context(lock_folder(data_dir))
        alarm, alarm_durable = await _open_or_memory(stack, files[0], clock)
        telemetry, telemetry_durable = await _open_or_memory(
            stack, files[1], clock, release_within_s=min(2 * batch_s, _RELEASE_WITHIN_S)
        )
        memory = await stack.enter_async_context(open_spool(None, clock))
        reserve = DiskReserve(data_dir / "reserve", reserve_mib * _MIB)
        reserve.allocate()
        yield Outbox(
            alarm=alarm,
            telemetry=telemetry,
            memory=memory,
            reserve=reserve,
            lost=alarm.begun_anew or telemetry.begun_anew or there[0] != there[1],
            durable=alarm_durable and telemetry_durable,
        )


async def _open_or_memory(
    stack: AsyncExitStack, file: Path, clock: Clock, *, release_within_s: float = 0.0
) -> tuple[Spool, bool]:
    spool = open_spool(file, clock, release_within_s=release_within_s)
    try:
        return await stack.enter_async_context(spool), True
    except (OSError, sqlite3.OperationalError) as error:
        log.error(
            "outbox not opened; keeping it in memory until a restart", file=str(file), reason=str(error)
        )
        return await stack.enter_async_context(open_spool(None, clock)), False
