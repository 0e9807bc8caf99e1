"""One process a folder: two that kept the same files would undo each other's work."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from runtime.process import CannotStart

log = structlog.get_logger(__name__)


@contextmanager
def sole_user(data_dir: Path) -> Iterator[None]:
    """Keep other processes from *data_dir* within the block; raises CannotStart if one has it.

    A disk that takes no lock file is logged, and is no obstacle: an alarm must get through all the same.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        file = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        log.error("no lock on the data folder", folder=str(data_dir), reason=str(error))
        yield
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(file)
        raise CannotStart(
            f"another process works in {data_dir}; end it or set another data_dir"
        ) from error
    try:
        yield
    finally:
        os.close(file)
