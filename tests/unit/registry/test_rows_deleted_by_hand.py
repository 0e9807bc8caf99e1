"""A database in which somebody deleted rows by hand is mended by the next import of the registry."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from registry.domain.canonical import canonical
from registry.domain.change_set import ChangeSet
from registry.model.contacts import Contact
from registry.model.registry import Registry
from registry.store import Importing, open_store
from registry.store.store import RegistryStore
from runtime.database import BadDatabase
from tests.stories.alerting.house import MARKET

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)
OTHER = MARKET.model_copy(update={"contacts": (*MARKET.contacts, Contact(id="moi", name="Chị Mới"))})

DELETED = {
    "a record of premises": "DELETE FROM registry_records WHERE kind = 'premises'",
    "the records of contacts": "DELETE FROM registry_records WHERE kind = 'contacts'",
    "all records": "DELETE FROM registry_records",
    "the hashes of the buckets": "DELETE FROM registry_buckets",
    "the latest version": "DELETE FROM registry_versions WHERE id = 2",
    "the latest version and its records": (
        "DELETE FROM registry_versions WHERE id = 2;DELETE FROM registry_records WHERE since_version = 2"
    ),
    "all versions": "DELETE FROM registry_versions",
    "an older version": "DELETE FROM registry_versions WHERE id = 1",
}


def run(file: Path, statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(statements)


async def stored(store: RegistryStore, registry: Registry) -> Importing:
    return (await store.store_registry(registry, who="lan", now=NOW)).result


@pytest.mark.parametrize("statements", DELETED.values(), ids=DELETED.keys())
async def test_the_next_import_brings_back_what_was_deleted(tmp_path: Path, statements: str) -> None:
    file = tmp_path / "center.db"
    async with open_store(f"sqlite:///{file}") as store:
        await stored(store, MARKET)
        await stored(store, OTHER)
        run(file, statements)

        await stored(store, OTHER)
        active = await store.active_version()
        assert (canonical(active.registry), active.is_sound) == (canonical(OTHER), True)
        assert await stored(store, OTHER) is Importing.SAME_CONTENT

        gone = ChangeSet(remove={"contacts": frozenset({"moi"})})
        await store.apply(gone, who="lan", now=NOW, based_on=active.number)
        after = await store.active_version()
        assert (canonical(after.registry), after.is_sound) == (canonical(MARKET), True)


async def test_tables_that_take_no_version_are_named_and_not_tried_for_ever(tmp_path: Path) -> None:
    file = tmp_path / "center.db"
    async with open_store(f"sqlite:///{file}") as store:
        await stored(store, MARKET)
        run(
            file,
            "CREATE TRIGGER broken BEFORE INSERT ON registry_records BEGIN "
            "SELECT RAISE(ABORT, 'UNIQUE constraint failed'); END",
        )
        with pytest.raises(BadDatabase, match=r"its tables do not fit .* restore the database"):
            await stored(store, OTHER)
