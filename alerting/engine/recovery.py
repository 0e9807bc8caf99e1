"""Recovers a center whose database is damaged: the file is set aside, and alerting begins anew.

Gateways keep what has no receipt and send it again; what was receipted is in the file that was set
aside. The registry is taken from the copy beside the database.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import structlog

from contract.times import to_micros
from registry.domain.parts import shared_of
from registry.domain.records import joined
from registry.model.records import PremisesRecord
from registry.model.registry import Registry
from registry.model.rows import STORED
from runtime.database import parse_url
from runtime.own_files import open_fresh, read_own
from runtime.replaced_files import replace_file
from runtime.sqlite_damage import damage_at_start, set_aside

log = structlog.get_logger(__name__)


def set_damaged_aside(url: str, now: datetime) -> Path | None:
    """Set the database at *url* aside if it is a damaged file of SQLite; returns where it is then."""
    parts = parse_url(url)
    if parts.get_backend_name() != "sqlite":
        return None
    path = Path(str(parts.database))
    if (error := damage_at_start(path)) is None:
        return None
    aside = set_aside(path, to_micros(now))
    log.error(
        "the center's database was damaged and is set aside; take open incidents over by hand, from it "
        "or from a backup, and import the registry if it is not there",
        file=str(aside),
        reason=error,
    )
    return aside


LATEST_SEEN = "registry-latest"
"""The file beside the copy with the number of the latest version that was used."""


class RegistryCopy:
    """The copy of the registry in *file*, written by a thread of its own: a slow disk delays nobody."""

    def __init__(self, file: Path, thread: ThreadPoolExecutor) -> None:
        self._file = file
        self._thread = thread
        self._writing: Future[None] | None = None
        self.is_kept = file.exists()
        """Whether there is a copy, or one was begun."""

    async def read(self) -> Registry | None:
        """Return the registry in the copy; None where there is none that can be read."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, read_snapshot, self._file)

    async def latest_seen(self) -> int:
        """Return the number of the latest version that was ever used; 0 where nothing is known."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, _number_in, self._mark)

    def note_version(self, number: int) -> None:
        """Begin to remember, apart from the database, that the version *number* was used."""
        self._thread.submit(_write_number, self._mark, number)

    @property
    def _mark(self) -> Path:
        return self._file.with_name(LATEST_SEEN)

    def begin_write(self, pieces: Iterable[bytes]) -> bool:
        """Begin to keep the registry in *pieces*; return False while an earlier one is being written.

        First come the tables that all share, then a line for each premises.
        """
        if self._writing is not None and not self._writing.done():
            return False
        self.is_kept = True
        self._writing = self._thread.submit(write_snapshot, self._file, pieces)
        return True


@asynccontextmanager
async def open_copy(file: Path | None) -> AsyncIterator[RegistryCopy | None]:
    """Open the copy in *file* for the block; None where none is kept."""
    if file is None:
        yield None
        return
    with ThreadPoolExecutor(1, "registry copy") as thread:
        yield RegistryCopy(file, thread)


def write_snapshot(file: Path, pieces: Iterable[bytes]) -> None:
    """Write *pieces* to *file*, all or none of them."""
    new = file.with_name(f"{file.name}.new")
    try:
        with open_fresh(new) as copy:
            copy.writelines(pieces)
        new.replace(file)
    except OSError as error:
        log.warning("no copy of the registry beside the database", file=str(file), reason=str(error))


def _number_in(file: Path) -> int:
    try:
        return int(read_own(file))
    except FileNotFoundError:
        return 0
    except (OSError, ValueError) as error:
        log.warning("latest version of the registry not known", file=str(file), reason=str(error))
        return 0


def _write_number(file: Path, number: int) -> None:
    try:
        replace_file(file, str(number).encode())
    except OSError as error:
        log.warning("latest version of the registry not noted", file=str(file), reason=str(error))


def read_snapshot(file: Path) -> Registry | None:
    """Return the registry in *file*; None where there is none that can be read."""
    try:
        return _registry(read_own(file).splitlines())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        log.error("the copy of the registry cannot be read", file=str(file), reason=str(error))
        return None


def _registry(lines: list[bytes]) -> Registry:
    """Return the registry in *lines*; one line alone is all of it, as earlier programs wrote it."""
    shared = shared_of(lines[:1])
    records = (PremisesRecord.model_validate_json(each, context=STORED) for each in lines[1:])
    return joined(shared, records)
