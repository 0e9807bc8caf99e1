"""No file that a program keeps is written or read through a symbolic link to another place."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from alerting.engine.recovery import read_snapshot, write_snapshot
from alerting.jobs.clock_watch import keep
from runtime.disk_reserve import DiskReserve
from runtime.host_names import HostNames
from runtime.own_files import open_fresh, open_own, read_own
from runtime.process import CannotStart
from runtime.quarantine import Quarantine, RefusedPayload
from runtime.sqlite_damage import refuse_links
from runtime.sqlite_thread import Sync, connect

NOW = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A file of somebody else, to which the links of these tests lead."""
    file = tmp_path / "elsewhere" / "passwd"
    file.parent.mkdir()
    file.write_bytes(b"root:x:0:0\n")
    return file


def test_no_mode_follows_a_link(tmp_path: Path, other: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(other)
    for mode in ("rb", "wb", "ab"):
        with pytest.raises(OSError, match="symbolic links"), open_own(link, mode):
            pass
    with pytest.raises(OSError, match="symbolic links"):
        read_own(link)
    with open_fresh(link) as file:
        file.write(b"own")
    assert not link.is_symlink()
    assert other.read_bytes() == b"root:x:0:0\n"


def write_reserve(file: Path) -> None:
    DiskReserve(file, 4_096).allocate()


def write_names(file: Path) -> None:
    HostNames(file)


WRITERS: dict[str, Callable[[Path], object]] = {
    "clock": lambda file: keep(file, NOW),
    "registry.json": lambda file: write_snapshot(file, [b"{}"]),
    "reserve": write_reserve,
    "addresses.json": write_names,
}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("ending", ["", ".new"])
def test_what_a_link_leads_to_stays_as_it_was(
    name: str, ending: str, tmp_path: Path, other: Path
) -> None:
    file = tmp_path / name
    for link in {tmp_path / f"{name}{ending}", file.with_suffix(ending or file.suffix)}:
        link.symlink_to(other)
    WRITERS[name](file)
    assert other.read_bytes() == b"root:x:0:0\n"


def test_a_registry_behind_a_link_is_not_read(tmp_path: Path, other: Path) -> None:
    (tmp_path / "registry.json").symlink_to(other)
    assert read_snapshot(tmp_path / "registry.json") is None


def test_a_quarantine_behind_a_link_is_not_written(tmp_path: Path, other: Path) -> None:
    folder = tmp_path / "quarantine"
    folder.mkdir()
    (folder / f"{NOW:%Y-%m-%d}.jsonl").symlink_to(other)
    quarantine = Quarantine(folder, lambda: NOW, CollectorRegistry())
    with capture_logs(), pytest.raises(OSError, match="symbolic links"):
        quarantine._append([RefusedPayload("topic", b"bytes", reason="reason", detail="detail")])
    assert other.read_bytes() == b"root:x:0:0\n"


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal"])
def test_a_database_behind_a_link_is_refused_with_its_remedy(
    ending: str, tmp_path: Path, other: Path
) -> None:
    file = tmp_path / "outbox.db"
    file.with_name(file.name + ending).symlink_to(other)
    with pytest.raises(CannotStart, match="is a symbolic link, which is not followed; put the file"):
        connect(file, "CREATE TABLE IF NOT EXISTS a (b)", Sync.POWER_CUT)
    assert other.read_bytes() == b"root:x:0:0\n"


def test_a_folder_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "data").symlink_to(tmp_path / "disk")
    refuse_links(tmp_path / "data" / "outbox.db")
    with sqlite3.connect(tmp_path / "data" / "outbox.db") as database:
        database.execute("CREATE TABLE a (b)")
