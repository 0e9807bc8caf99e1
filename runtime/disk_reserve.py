"""Disk space reserved for alarms: a file that is deleted when the disk is full."""

import os
import shutil
from pathlib import Path

import structlog

from runtime.own_files import open_own

log = structlog.get_logger(__name__)

ROOM_BESIDE = 4
"""The disk must have so many times the reserve free for it to be made."""


class DiskReserve:
    """The reserve in *file*, of *size* bytes; none where that is 0."""

    def __init__(self, file: Path, size: int) -> None:
        self._file = file
        self._size = size

    def allocate(self) -> None:
        """Reserve the space, unless the disk is too full."""
        try:
            if self._size == 0 or self._held() >= self._size:
                return
            if shutil.disk_usage(self._file.parent).free < ROOM_BESIDE * self._size:
                return
            with open_own(self._file, "wb") as file:
                os.posix_fallocate(file.fileno(), 0, self._size)
        except OSError as error:
            log.warning("disk reserve not allocated", reason=str(error))

    def _held(self) -> int:
        try:
            return self._file.stat().st_size
        except FileNotFoundError:
            return 0

    def release(self) -> None:
        """Free the space for alarms."""
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            log.error("disk reserve not released", reason=str(error))
