"""Files for their owner alone, whatever the shell of the person or the unit allows."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

PRIVATE_UMASK = 0o077
"""Every new file is 0600 at the most, every new folder 0700."""

_OF_OTHERS = 0o077


def keep_new_files_private() -> None:
    """Let the process make files and folders that nobody else can read."""
    os.umask(PRIVATE_UMASK)


def make_private(folder: Path) -> None:
    """Take *folder*, and all that is in it, from everybody but its owner; symbolic links are named."""
    narrowed = [each for each in _own_files(folder) if _narrow(each)]
    if narrowed:
        log.warning("files were open to others", folder=str(folder), files=len(narrowed))


def _own_files(folder: Path) -> Iterator[Path]:
    """Yield *folder* first: nobody else reaches what is in it from then on."""
    yield folder
    for where, folders, files in os.walk(folder):  # which enters no symbolic link
        for name in (*folders, *files):
            yield Path(where, name)


def _narrow(path: Path) -> bool:
    """Return whether others could use the file at *path*, and now cannot."""
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            log.warning("symbolic link in a data folder", file=str(path))
            return False
        if not mode & _OF_OTHERS:
            return False
        path.chmod(stat.S_IMODE(mode) & ~_OF_OTHERS)
    except FileNotFoundError:  # gone meanwhile
        return False
    except OSError as error:  # an alarm must get through all the same
        log.warning("file open to others", file=str(path), reason=str(error))
        return False
    return True
