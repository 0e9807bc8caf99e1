"""A registry that is imported while fires are reported: read beside them, used whole or not at all."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

import registry.store
from alerting.domain.model.incident import IncidentKind
from alerting.engine.unit_of_work import UnitOfWork
from registry.domain.canonical import canonical, digest
from registry.domain.content_tree import registry_root
from registry.model.registry import Registry
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import MARKET, START, House

LARGE = 40
"""Premises beside the market, with many points each."""

MOST_READINGS = 20
"""Versions read until a fire is stored beside one: a busy machine may stop the fire, not the reading."""


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    async with houses.house(database) as one:
        yield one


def larger(name: str = "Chợ mới", places: int = LARGE) -> Registry:
    """The market under another *name*, among other premises."""
    document = MARKET.model_dump(mode="json")
    document["premises"][0]["name"] = name
    for number in range(places):
        place = f"nha-{number}"
        document["premises"].append({"id": place, "name": f"Nhà {number}"})
        document["zones"].append({"id": "all", "premises": place, "name": "Nhà"})
        document["points"] += [
            {
                "id": f"smoke-{each}",
                "premises": place,
                "zone": "all",
                "gateway": "gw-1",
                "kind": "smoke",
            }
            for each in range(200)
        ]
    return Registry.model_validate(document)


async def put(house: House, content: Registry) -> int:
    async with registry.store.open_store(house.url) as store:
        return (await store.store_registry(content, who="An", now=START)).version


async def change(house: House, statement: str, **values: Any) -> None:
    def work(connection: Any) -> None:
        connection.execute(text(statement), values)

    await house.engine.database.write(work)


async def test_fires_are_stored_while_a_large_registry_is_read(house: House) -> None:
    during = 0
    for version in range(2, 2 + MOST_READINGS):
        assert await put(house, larger(f"Chợ {version}", places=3 * LARGE)) == version
        reading = asyncio.create_task(house.engine.transactions.refresh_registry())
        await house.fire("button-01", quantity="manual")
        during += not reading.done()
        await reading
        assert house.engine.registry.current.version == version
        if during:
            break

    assert during >= 1
    assert (await house.incident()).site.name == "Chợ An Bình"


async def test_an_incident_after_the_import_is_by_the_new_version(house: House) -> None:
    await put(house, larger())
    await house.engine.transactions.refresh_registry()
    await house.fire("button-01", quantity="manual")
    assert (await house.incident()).site.name == "Chợ mới"
    house.premises = "nha-7"
    await house.fire("smoke-199", quantity="manual")
    assert (await house.incident()).site.name == "Nhà 7"


async def test_a_transaction_uses_one_version_from_its_begin_to_its_end(house: House) -> None:
    await put(house, larger())
    loop = asyncio.get_running_loop()

    def swapped_meanwhile(unit: UnitOfWork) -> tuple[int, int, str]:
        before = unit.registry.version
        asyncio.run_coroutine_threadsafe(house.engine.transactions.refresh_registry(), loop).result(30)
        site = unit.registry.rules.site("cho", IncidentKind.FIRE, unit.now)
        return before, unit.registry.version, site.name

    assert await house.engine.transactions.run(swapped_meanwhile, house.now) == (1, 1, "Chợ An Bình")
    assert house.engine.registry.current.version == 2


BROKEN = [
    pytest.param("UPDATE registry_records SET content = :new WHERE name = 'nha-3'", id="damaged"),
    pytest.param("DELETE FROM registry_records WHERE name = 'nha-3' AND content <> :new", id="missing"),
]


@pytest.mark.parametrize("statement", BROKEN)
async def test_a_version_of_which_one_record_is_damaged_is_not_used_at_all(
    house: House, statement: str
) -> None:
    await put(house, larger())
    await change(house, statement, new=b"x")
    await house.engine.transactions.refresh_registry()
    await house.fire("button-01", quantity="manual")

    assert house.engine.registry.trouble == "version 2 is not as it was imported; 1 is used"
    assert (await house.incident()).site.name == "Chợ An Bình"


async def test_the_next_version_that_can_be_read_ends_the_trouble(house: House) -> None:
    await put(house, larger())
    await change(house, "DELETE FROM registry_records WHERE name = 'nha-3'")
    await house.engine.transactions.refresh_registry()
    assert house.engine.registry.trouble is not None
    assert [await put(house, larger(name)) for name in ("Chợ mới", "Chợ ba")] == [3, 4]
    await house.engine.transactions.refresh_registry()

    assert house.engine.registry.trouble is None
    assert house.engine.registry.current.version == 4


async def test_a_version_that_an_earlier_program_stored_whole_is_used(house: House) -> None:
    document = canonical(larger())
    await change(
        house,
        "INSERT INTO registry_versions (id, at, who, hash, document) VALUES (2, 0, 'o', :hash, :whole)",
        hash=digest(document),
        whole=document,
    )
    await house.engine.transactions.refresh_registry()
    await house.fire("button-01", quantity="manual")

    assert (await house.incident()).site.name == "Chợ mới"
    async with registry.store.open_store(house.url) as store:
        assert canonical((await store.active_version()).registry) == document
        assert (await store.store_registry(larger(), who="An", now=START)).version == 2


async def test_two_imports_at_once_are_two_versions_and_the_later_one_is_used(house: House) -> None:
    names = "Chợ một", "Chợ hai"
    found = await asyncio.gather(*(put(house, larger(name)) for name in names))
    await house.engine.transactions.refresh_registry()
    await house.fire("button-01", quantity="manual")

    assert sorted(found) == [2, 3]
    assert (await house.incident()).site.name == names[found.index(3)]


async def test_the_records_say_what_was_imported(house: House) -> None:
    await put(house, larger())
    async with registry.store.open_store(house.url) as store:
        found = await store.active_version()
    assert found.hash == registry_root(found.registry) == registry_root(larger())
    last = f"  nha-pho: Nhà phố 12, policy {registry.store.NO_POLICY}, 2 points"
    assert registry.store.show_lines(found)[-1] == last
