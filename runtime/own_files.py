"""Files that a program keeps in its folder of data: no symbolic link is followed to another place."""

import os
from pathlib import Path
from typing import BinaryIO, Literal

_FLAGS = os.O_NOFOLLOW | os.O_CLOEXEC


def open_own(path: Path, mode: Literal["rb", "wb", "ab"]) -> BinaryIO:
    """Open the file at *path*, made for its owner alone; raises OSError, also for a symbolic link."""
    return open(path, mode, opener=_without_links)


def open_fresh(path: Path) -> BinaryIO:
    """Open a new file at *path* in place of whatever has its name; raises OSError."""
    path.unlink(missing_ok=True)
    return open(path, "xb", opener=_without_links)


def read_own(path: Path) -> bytes:
    """Return the content of the file at *path*; raises OSError, also for a symbolic link."""
    with open_own(path, "rb") as file:
        return file.read()


def _without_links(path: str, flags: int) -> int:
    return os.open(path, flags | _FLAGS, 0o600)
