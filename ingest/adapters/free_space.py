"""The disk space that ingest leaves to others: readings give way before alarms do."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import structlog

from ingest.adapters.metrics import Metrics

log = structlog.get_logger(__name__)

CHECK_EVERY_S = 1.0

LARGEST_SHARE = 10
"""The reserve is at most one part in so many of the disk, so that a small one can be used at all."""

ENOUGH = 1.05
"""Factor of the reserve that must be free before readings are taken again."""

MIB = 1_048_576


class FreeSpace:
    """Watches the free space where *folder* is; below *reserve_mib* no reading is taken.

    *on_change* is called with the shortage after each look, None while there is room.
    """

    def __init__(
        self,
        folder: Path,
        reserve_mib: int,
        *,
        metrics: Metrics,
        on_change: Callable[[str | None], None],
    ) -> None:
        self._folder = folder
        self._reserve = reserve_mib * MIB
        self._metrics = metrics
        self._on_change = on_change
        self.shortage: str | None = None

    async def watch_forever(self) -> None:
        """Look at the disk from time to time, until cancelled."""
        while True:
            self.check()
            await asyncio.sleep(CHECK_EVERY_S)

    def check(self) -> None:
        """Look at the disk once."""
        try:
            disk = shutil.disk_usage(self._folder)
        except OSError as error:
            log.warning("free disk space unknown", folder=str(self._folder), reason=str(error))
            return
        reserve = min(self._reserve, disk.total // LARGEST_SHARE)
        needed = reserve * (1.0 if self.shortage is None else ENOUGH)
        self._metrics.disk_free.set(disk.free)
        self._note(disk.free, reserve, short=disk.free < needed)

    def _note(self, free: int, reserve: int, *, short: bool) -> None:
        before = self.shortage
        self.shortage = (
            f"disk_reserve: {free // MIB} MiB are free where {self._folder} is, and "
            f"{reserve // MIB} MiB are kept for alarms; make room, readings wait at the gateways"
            if short
            else None
        )
        self._on_change(self.shortage)
        if short and before is None:
            log.error("disk reserve reached; no readings are taken", reason=self.shortage)
        elif not short and before is not None:
            log.info("disk has room again; readings are taken")
