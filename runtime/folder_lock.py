"""The lock of a data folder: two processes with the same files would undo each other's work."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from runtime.private_files import make_private
from runtime.process import CannotStart

log = structlog.get_logger(__name__)


@contextmanager
def lock_folder(data_dir: Path) -> Iterator[None]:
    """Lock *data_dir* within the block; raises CannotStart if another process has it.

    A disk on which no lock file can be written is logged only: an alarm must get through all the same.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        log.error("data folder not locked", folder=str(data_dir), reason=str(error))
        yield
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(file)
        raise CannotStart(
            f"{data_dir} is used by another process; end that process or set another data_dir"
        ) from error
    try:
        make_private(data_dir)
        yield
    finally:
        os.close(file)
