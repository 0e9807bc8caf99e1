"""Finds damage in files of SQLite, before and while they are used; sets files aside, deletes none."""

import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from runtime.own_files import open_own
from runtime.process import CannotStart

_HEADER = b"SQLite format 3\0"

BESIDE_A_DATABASE = ("", "-wal", "-shm", "-journal")
"""Endings of the files that SQLite opens for one database."""

STEPS = 10_000
"""Steps of SQLite's machine between two readings of the clock: some milliseconds."""

CHECK_S = 2.0
"""Seconds for which a start checks the pages of a file: some gigabytes; no alarm waits longer."""

DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
"""Error codes of SQLite for a file that is not what was written."""


def refuse_links(database: Path) -> None:
    """Raise CannotStart where a file of the *database* is a symbolic link, which SQLite follows."""
    for ending in BESIDE_A_DATABASE:
        file = database.with_name(database.name + ending)
        if file.is_symlink():
            raise CannotStart(
                f"{file} is a symbolic link, which is not followed; put the file itself there, or let "
                "data_dir name the folder where it is"
            )


def check_header(path: Path) -> None:
    """Raise sqlite3.DatabaseError for a file that is not a database, before SQLite deletes its log."""
    refuse_links(path)
    if not path.exists():
        return
    with open_own(path, "rb") as file:
        header = file.read(len(_HEADER))
    if header and header != _HEADER:
        raise sqlite3.DatabaseError("the file does not begin as a database does")


def find_damage(path: Path, *, within_s: float | None) -> str | None:
    """Return the first fault in the pages of the file at *path*; None if *within_s* seconds find none.

    The whole file is checked, however long that takes, where *within_s* is None. A flipped bit inside
    a stored value is not found: SQLite has no checksums.
    """
    if not path.exists():
        return None
    try:
        check_header(path)
        with closing(sqlite3.connect(path)) as database:
            return _check(database, within_s)
    except (sqlite3.OperationalError, OSError):
        return None  # locked or unreadable: not the file's fault
    except sqlite3.DatabaseError as error:
        return str(error)


def _check(database: sqlite3.Connection, within_s: float | None) -> str | None:
    if within_s is not None:
        until = time.monotonic() + within_s
        database.set_progress_handler(lambda: time.monotonic() > until, STEPS)
    try:
        (answer,) = database.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return None
        raise
    return None if answer == "ok" else str(answer)


def damage_at_start(path: Path) -> str | None:
    """Return the first fault in the file at *path*, as far as a start has the time to check.

    A file whose damage showed while it was in use is checked as a whole, however long that takes.
    """
    mark = _mark(path)
    error = find_damage(path, within_s=None if mark.exists() else CHECK_S)
    with suppress(OSError):
        mark.unlink()
    return error


def mark_suspect(path: Path) -> None:
    """Let the next start check the whole file at *path*."""
    with suppress(OSError):
        _mark(path).touch()


def _mark(path: Path) -> Path:
    return path.with_name(f"{path.name}.suspect")


def is_damage(error: BaseException | None) -> bool:
    """Return whether *error* says that the file is not what was written."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in DAMAGE


def raise_if_damaged(path: Path, error: BaseException | None) -> None:
    """Raise CannotStart if *error* says that the file in use at *path* is damaged.

    The next start checks the whole file, and sets it aside.
    """
    if is_damage(error):
        mark_suspect(path)
        raise CannotStart(f"{path} is damaged ({error}); start the service again") from error


def set_aside(path: Path, at: int) -> Path:
    """Rename the file, its log and its index alike, so that SQLite still takes them for one database.

    *at* is the moment, in microseconds since 1970, that stands in the new name.
    """
    aside = path.with_name(f"{path.name}.corrupt-{at}")
    path.rename(aside)
    for rest in ("-wal", "-shm"):
        part = path.with_name(path.name + rest)
        if part.exists():
            part.rename(aside.with_name(aside.name + rest))
    return aside
