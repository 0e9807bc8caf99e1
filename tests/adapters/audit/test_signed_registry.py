"""A registry is used as it was imported and signed, or not at all: the one before stays."""

import hashlib
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

import registry.store
from alerting.engine.engine import Engine, open_engine
from alerting.engine.registry_trust import RegistryTrust
from alerting.metrics import Metrics
from alerting.settings import Confirmation
from audit.center_key import CenterKey, make_key
from registry.model.registry import Registry
from registry.store.checking import RecordsCheck
from runtime.database import open_existing
from tests.stories.alerting.house import MARKET, START
from tests.support.audited import spoil

FORGED = b'{"premises":{"id":"cho","name":"Fake"}}'


@pytest.fixture
def key(tmp_path: Path) -> CenterKey:
    return make_key(tmp_path / "center.key")


def renamed(name: str) -> Registry:
    document = MARKET.model_dump(mode="json")
    document["premises"][0]["name"] = name
    return Registry.model_validate(document)


async def import_as(url: str, name: str, folder: Path | None) -> registry.store.Import:
    """Import the market called *name*, signed with the key in *folder*, or by nobody."""
    key = (folder or Path("/nowhere")) / "center.key"
    return await registry.store.import_registry(renamed(name), url=url, who="An", now=START, key=key)


@asynccontextmanager
async def engine_of(url: str, key: CenterKey, folder: Path) -> AsyncIterator[Engine]:
    async with open_engine(
        url,
        Confirmation(),
        Metrics(CollectorRegistry()),
        snapshot=folder / "registry.json",
        trust=RegistryTrust(key, folder),
    ) as one:
        yield one


def name_in_use(engine: Engine) -> str:
    found = engine.registry.current.index.premises("cho")
    return found.name


def changed_record(url: str, version: int) -> str:
    """SQL that puts other content in place of the record of the premises."""
    content = zlib.compress(FORGED).hex()
    value = f"X'{content}'" if url.startswith("sqlite") else f"decode('{content}', 'hex')"
    return f"UPDATE registry_records SET content = {value} WHERE {_is_of(version)}"


def forged_record(url: str, version: int) -> str:
    """SQL that puts other content in place of the record of the premises, and the hash of that."""
    forged = hashlib.sha256(FORGED).hexdigest()
    return changed_record(url, version).replace(" WHERE", f", hash = '{forged}' WHERE")


def _is_of(version: int) -> str:
    return f"since_version = {version} AND kind = 'premises' AND name = 'cho'"


async def test_a_version_that_was_imported_before_the_first_start_is_signed_then(
    database: str, key: CenterKey, tmp_path: Path
) -> None:
    await import_as(database, "Chợ một", None)
    async with engine_of(database, key, tmp_path) as engine:
        assert engine.registry.refused is None
        assert name_in_use(engine) == "Chợ một"
    async with engine_of(database, key, tmp_path) as engine:
        assert engine.registry.trouble is None


CHANGES: dict[str, Callable[[str, int], str]] = {
    "its content": changed_record,
    "its content and the hash of that": forged_record,
    "a record is gone": lambda _url, version: f"DELETE FROM registry_records WHERE {_is_of(version)}",
    "a record was ended": lambda _url, version: (
        f"UPDATE registry_records SET until_version = {version} WHERE {_is_of(version)}"
    ),
    "a record was added": lambda _url, version: (
        "INSERT INTO registry_records (kind, name, bucket, since_version, hash, content) "
        f"SELECT kind, 'nha-la', bucket, since_version, hash, content FROM registry_records "
        f"WHERE {_is_of(version)}"
    ),
    "a record has another name": lambda _url, version: (
        f"UPDATE registry_records SET name = 'nha-la' WHERE {_is_of(version)}"
    ),
    "its note": lambda _url, version: f"UPDATE registry_versions SET note = 'x' WHERE id = {version}",
    "its importer": lambda _url, version: (
        f"UPDATE registry_versions SET who = 'Mr X' WHERE id = {version}"
    ),
    "its signature": lambda _url, version: (
        f"UPDATE registry_versions SET signature = '' WHERE id = {version}"
    ),
    "its hashes": lambda _url, version: (
        f"UPDATE registry_versions SET hash = 'x', content_hash = '' WHERE id = {version}"
    ),
}


@pytest.mark.parametrize("what", CHANGES)
async def test_a_version_changed_by_hand_is_refused_and_the_one_before_stays(
    database: str, key: CenterKey, tmp_path: Path, what: str
) -> None:
    await import_as(database, "Chợ một", tmp_path)
    async with engine_of(database, key, tmp_path) as engine:
        await import_as(database, "Chợ hai", tmp_path)
        spoil(database, CHANGES[what](database, 2))
        await engine.transactions.refresh_registry()

        assert engine.registry.refused == 2
        assert engine.registry.trouble == "version 2 is not as it was imported; 1 is used"
        assert name_in_use(engine) == "Chợ một"


@pytest.mark.parametrize("what", CHANGES)
async def test_a_version_changed_while_nothing_ran_is_refused_at_the_start(
    database: str, key: CenterKey, tmp_path: Path, what: str
) -> None:
    await import_as(database, "Chợ một", tmp_path)
    await import_as(database, "Chợ hai", tmp_path)
    async with engine_of(database, key, tmp_path):
        pass
    spoil(database, CHANGES[what](database, 2))
    async with engine_of(database, key, tmp_path) as engine:
        assert engine.registry.refused == 2
        assert name_in_use(engine) == "Chợ một"


async def test_the_same_registry_imported_again_takes_the_place_of_a_refused_one(
    database: str, key: CenterKey, tmp_path: Path
) -> None:
    await import_as(database, "Chợ một", tmp_path)
    async with engine_of(database, key, tmp_path) as engine:
        spoil(database, "UPDATE registry_versions SET who = 'Mr X'")
        assert (await import_as(database, "Chợ một", tmp_path)).version == 2
        await engine.transactions.refresh_registry()
        assert engine.registry.refused is None
        assert (await import_as(database, "Chợ một", tmp_path)).version == 2


async def test_a_version_that_nobody_signed_is_refused_once_versions_are_signed(
    database: str, key: CenterKey, tmp_path: Path
) -> None:
    await import_as(database, "Chợ một", tmp_path)
    async with engine_of(database, key, tmp_path) as engine:
        await import_as(database, "Chợ hai", None)
        await engine.transactions.refresh_registry()
        assert engine.registry.refused == 2
        assert name_in_use(engine) == "Chợ một"


async def test_where_no_version_is_sound_the_copy_beside_the_database_is_used(
    database: str, key: CenterKey, tmp_path: Path
) -> None:
    await import_as(database, "Chợ một", tmp_path)
    async with engine_of(database, key, tmp_path):
        pass
    spoil(database, "UPDATE registry_versions SET who = 'Mr X'", changed_record(database, 1))
    async with engine_of(database, key, tmp_path) as engine:
        assert engine.registry.refused == 1
        assert name_in_use(engine) == "Chợ một"


async def test_a_center_whose_only_registry_is_refused_uses_it_and_says_so(
    database: str, key: CenterKey, tmp_path: Path
) -> None:
    await import_as(database, "Chợ một", tmp_path)
    async with engine_of(database, key, tmp_path):
        pass
    (tmp_path / "registry.json").unlink()
    spoil(database, "UPDATE registry_versions SET who = 'Mr X'")
    async with engine_of(database, key, tmp_path) as engine:
        assert engine.registry.refused == 1
        assert name_in_use(engine) == "Chợ một", "a center without a registry notifies nobody"


def taken_out(version: int) -> tuple[str, ...]:
    """SQL that takes *version* out of the database, with all traces."""
    return (
        f"DELETE FROM registry_records WHERE since_version = {version}",
        f"UPDATE registry_records SET until_version = NULL WHERE until_version = {version}",
        f"DELETE FROM registry_versions WHERE id = {version}",
    )


async def test_the_latest_version_that_is_deleted_stays_in_use_and_is_told(
    database: str, key: CenterKey, tmp_path: Path
) -> None:
    await import_as(database, "Chợ một", tmp_path)
    await import_as(database, "Chợ hai", tmp_path)
    async with engine_of(database, key, tmp_path) as engine:
        spoil(database, *taken_out(2))
        await engine.transactions.refresh_registry()
        assert engine.registry.refused == 2
        gone = "version 2 is gone from the database; 2 is used: import the registry again"
        assert (engine.registry.trouble, name_in_use(engine)) == (gone, "Chợ hai")
        await engine.transactions.refresh_registry()
        assert name_in_use(engine) == "Chợ hai"


async def test_a_version_that_was_deleted_while_nothing_ran_is_told_until_the_next_import(
    database: str, key: CenterKey, tmp_path: Path
) -> None:
    for name in ("Chợ một", "Chợ hai", "Chợ ba"):
        await import_as(database, name, tmp_path)
    async with engine_of(database, key, tmp_path) as engine:
        assert engine.registry.trouble is None
    spoil(database, *taken_out(3), *taken_out(2))

    async with engine_of(database, key, tmp_path) as engine:
        gone = "version 3 is gone from the database; 1 is used: import the registry again"
        assert (engine.registry.trouble, name_in_use(engine)) == (gone, "Chợ một")
        assert engine.registry.refused == 3


async def test_an_import_after_an_older_backup_was_restored_ends_it(
    database: str, key: CenterKey, tmp_path: Path
) -> None:
    await import_as(database, "Chợ một", tmp_path)
    async with engine_of(database, key, tmp_path):
        pass
    (tmp_path / "registry-latest").write_bytes(b"7")
    async with engine_of(database, key, tmp_path) as engine:
        assert engine.registry.refused == 7
        await import_as(database, "Chợ hai", tmp_path)
        await engine.transactions.refresh_registry()
        assert (engine.registry.trouble, name_in_use(engine)) == (None, "Chợ hai")
    async with engine_of(database, key, tmp_path) as engine:
        assert engine.registry.trouble is None, "it is remembered"


async def test_what_cannot_be_read_of_the_latest_number_stops_nothing(
    database: str, key: CenterKey, tmp_path: Path
) -> None:
    (tmp_path / "registry-latest").write_bytes(b"no number")
    await import_as(database, "Chợ một", tmp_path)
    async with engine_of(database, key, tmp_path) as engine:
        assert (engine.registry.trouble, name_in_use(engine)) == (None, "Chợ một")


@pytest.mark.parametrize("what", ["its content", "its content and the hash of that", "a record is gone"])
async def test_records_of_any_version_changed_by_hand_are_found_in_short_steps(
    database: str, key: CenterKey, tmp_path: Path, what: str
) -> None:
    for name in ("Chợ một", "Chợ hai", "Chợ ba"):
        await import_as(database, name, tmp_path)
    assert await unsound_versions(database) == set()
    spoil(database, CHANGES[what](database, 2))
    assert await unsound_versions(database) == {2}


async def unsound_versions(database: str) -> set[int]:
    """Return the versions that the check of records finds, a step at a time."""
    one, found = RecordsCheck(), set[int]()
    async with open_existing(database) as opened:
        while (some := await opened.read(one.check_next)) is not None:
            found |= set(some)
    return found
