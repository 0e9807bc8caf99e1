"""Files that are replaced as a whole: a reader finds the one before or the new one, never a part."""

import os
from pathlib import Path

OWNER_ALONE = 0o600
EVERYBODY = 0o644


def replace_file(path: Path, content: bytes, *, mode: int = OWNER_ALONE) -> None:
    """Make *content* that of the file at *path*, durably; raises OSError.

    It is written beside it and renamed: a power cut leaves one of both. No symbolic link is followed.
    """
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(file.fileno(), mode)  # whatever the mask of the process is
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make names in *folder* durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
