"""Symbolic links to pseudo-terminals, under which programs find them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from firmware_sim.adapters.line import CannotOpen


@contextmanager
def linked(link: Path | None, path: str) -> Iterator[None]:
    """Keep a symbolic link to *path* at *link* within the block; raises CannotOpen.

    A link left behind by a killed simulator is replaced; any other file is left alone.
    """
    if link is None:
        yield
        return
    _make(link, path)
    try:
        yield
    finally:
        if link.is_symlink() and str(link.readlink()) == path:  # else another simulator replaced it
            link.unlink()


def _make(link: Path, path: str) -> None:
    if link.exists() and not link.is_symlink():
        raise CannotOpen(f"{link}: exists and is not a symbolic link; remove it or choose another link")
    try:
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(path)
    except OSError as error:
        raise CannotOpen(f"{link}: {error.strerror}; choose another link") from error
