"""The names that a record may refer to: who names a contact is looked up, not searched for."""

from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from contract.times import from_micros
from registry.domain.change_checks import names_in
from registry.domain.change_set import ChangeSet
from registry.domain.encoded_records import PREMISES, RecordKey, encoded, record_values
from registry.domain.references import names_referred
from registry.files import read_registry
from registry.model.contacts import Contact
from registry.model.records import PremisesRecord
from registry.model.rows import RegistryValue
from registry.store import RegistryStore, open_store
from registry.store.record_queries import current_naming, records_of
from registry.store.tables import references
from runtime.database import open_database
from tests.stories.alerting.house import MARKET

DEPLOY = Path(__file__).parents[3] / "deploy"
NOW = from_micros(1_796_000_000_000_000)


def own_names(value: RegistryValue) -> set[str]:
    """Return the names of the rows in *value*, which refer to no other record."""
    if not isinstance(value, PremisesRecord):
        return set()
    local = (*value.zones, *value.gateways, *value.points, *value.buildings, *value.floors)
    return {each.id for each in (*local, *value.positions, *value.roads, *value.systems)}


@pytest.mark.parametrize("folder", ["samples", "local"])
def test_all_that_a_record_names_is_among_its_references(folder: str) -> None:
    content = read_registry([DEPLOY / folder / "registry.toml"])
    names = {key.name for key, _ in record_values(content)}
    for key, value in record_values(content):
        named = (names_in(value) & names) - {key.name} - own_names(value)
        assert named <= names_referred(key, encoded(value).content)


def test_rows_of_premises_are_no_references_but_what_they_share_is() -> None:
    (record,) = [value for key, value in record_values(MARKET) if key == (PREMISES, "cho")]
    found = names_referred(RecordKey(PREMISES, "cho"), encoded(record).content)
    assert {"owner", "district"} & names_in(record) <= found
    assert not found & own_names(record)


async def test_a_change_of_a_contact_finds_who_names_them(database: str) -> None:
    async with open_store(database) as store:
        await store.store_registry(MARKET, who="An", now=NOW)
        await check_references(database, "owner", set())
        await change(store, people=("owner",))
        await check_references(database, "owner", {("premises", "cho")})
        await change(store, people=())
        await check_references(database, "owner", set())


async def change(store: RegistryStore, *, people: tuple[str, ...]) -> None:
    version = await store.active_version()
    (cho,) = [each for each in version.registry.premises if each.id == "cho"]
    extra = Contact(id="an", name="An", phone="+84901000009")
    put = {
        "premises": (cho.model_copy(update={"people": people, "policy": None}),),
        "contacts": (extra,),
    }
    await store.apply(ChangeSet(put), who="An", now=NOW, based_on=version.number)


async def check_references(url: str, name: str, expected: set[tuple[str, str]]) -> None:
    async with open_database(url) as opened:
        await opened.read(partial(_check, name=name, expected=expected))


def _check(connection: Connection, *, name: str, expected: set[tuple[str, str]]) -> None:
    found = {tuple(each.key) for each in current_naming(connection, [name])}
    assert {each for each in found if each[0] == PREMISES} == expected
    stored = {(row.kind, row.name, row.named) for row in connection.execute(select(references))}
    version = max(each.since for each in records_of(connection, 1_000_000))
    assert stored == {
        (*each.key, named)
        for each in records_of(connection, version)
        for named in names_referred(each.key, each.content)
    }
