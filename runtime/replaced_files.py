"""Files that are replaced as a whole: a reader finds the one before or the new one, never a part."""

import os
import stat
from pathlib import Path
from typing import TypeAlias

Owner: TypeAlias = tuple[int, int]
"""The numbers of a user and a group."""

OWNER_ALONE = 0o600
EVERYBODY = 0o644


def replace_file(
    path: Path, content: bytes, *, mode: int = OWNER_ALONE, owner: Owner | None = None
) -> None:
    """Make *content* that of the file at *path*, durably; raises OSError.

    It is written beside it and renamed: a power cut or a full disk leaves one of both. No symbolic link
    is followed.
    """
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as file:
        if owner is not None and owner != (os.geteuid(), os.getegid()):
            os.fchown(file.fileno(), *owner)
        os.fchmod(file.fileno(), mode)  # whatever the mask of the process is
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _sync_folder(path.parent)


def rewrite_file(path: Path, content: bytes, *, new_mode: int = OWNER_ALONE) -> None:
    """Make *content* that of the file at *path* as ``replace_file`` does, as its owner and mode are.

    A file that is missing is made with *new_mode*. Raises OSError, also if it may not have that owner.
    """
    before = path.lstat() if path.exists() else None
    mode = new_mode if before is None else stat.S_IMODE(before.st_mode)
    replace_file(path, content, mode=mode, owner=before and (before.st_uid, before.st_gid))


def _sync_folder(folder: Path) -> None:
    """Make names in *folder* durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
