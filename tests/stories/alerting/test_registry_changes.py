"""A registry changed a record at a time while fires are reported, also one of an earlier program."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import event

from alerting.engine.engine import open_engine
from alerting.metrics import Metrics
from alerting.settings import Confirmation
from registry.domain.canonical import canonical
from registry.domain.change_set import ChangeSet
from registry.domain.content_tree import registry_root
from registry.model.contacts import Contact
from registry.model.places import Point, PointKind
from registry.store import Importing, RegistryStore, RowEvent, open_store
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import MARKET, START, House
from tests.support.earlier_registry import store_as_document, store_in_parts


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    async with houses.house(database) as one:
        yield one


def named(name: str) -> ChangeSet:
    """The market under another *name*."""
    row = MARKET.premises[0].model_copy(update={"name": name})
    return ChangeSet(put={"premises": (row,)})


async def apply(house: House, changes: ChangeSet) -> int:
    async with open_store(house.url) as store:
        active = await store.active_version()
        done = await store.apply(changes, who="An", now=START, based_on=active.number)
        return done.version


async def refreshed(house: House) -> list[str]:
    """The statements by which the engine took the latest version."""
    said = list[str]()

    def note(*executed: Any) -> None:
        said.extend(each for each in executed if isinstance(each, str) and "registry_records" in each)

    event.listen(house.engine.database._engine, "before_cursor_execute", note)
    await house.engine.transactions.refresh_registry()
    return said


async def test_of_a_change_only_the_records_that_differ_are_read(house: House) -> None:
    before = house.engine.registry.current.index
    assert await apply(house, named("Chợ mới")) == 2
    [statement] = await refreshed(house)

    assert "since_version >" in statement, "one statement, and it asks for what changed"
    await house.fire("button-01", quantity="manual")
    assert (await house.incident()).site.name == "Chợ mới"
    now = house.engine.registry.current.index
    assert now.version == 2
    assert now.shared is before.shared, "rows that nobody changed are not made anew"


async def test_what_was_added_and_removed_is_in_use(house: House) -> None:
    [first, *_] = (each for each in MARKET.points if each.premises == "cho")
    point = Point(id="moi", premises="cho", zone=first.zone, gateway=first.gateway, kind=PointKind.HEAT)
    await apply(
        house,
        ChangeSet(
            put={"points": (point,), "contacts": (Contact(id="chi", name="Chi"),)},
            remove={"points": frozenset({first.key})},
        ),
    )
    await house.engine.transactions.refresh_registry()
    index = house.engine.registry.current.index
    assert index.points_of("cho").keys() & {"moi", first.id} == {"moi"}
    assert index.contact("chi") == Contact(id="chi", name="Chi")
    await apply(house, ChangeSet(remove={"contacts": frozenset({"chi"})}))
    await house.engine.transactions.refresh_registry()
    assert "chi" not in {each.id for each in house.engine.registry.current.index.contacts()}


async def test_changes_come_into_use_while_fires_are_stored(house: House) -> None:
    async def change_again_and_again() -> None:
        for number in range(5):
            await apply(house, named(f"Chợ {number}"))
            await house.engine.transactions.refresh_registry()

    changing = asyncio.create_task(change_again_and_again())
    during = 0
    while not changing.done():
        await house.fire("button-01", quantity="manual")
        during += not changing.done()
    await changing
    assert during >= 1
    assert house.engine.registry.current.version == 6
    assert house.engine.registry.trouble is None


EARLIER = {"in parts": store_in_parts, "as a document": store_as_document}


@pytest.fixture(params=EARLIER)
def store_earlier(request: pytest.FixtureRequest) -> Callable[..., None]:
    return EARLIER[request.param]


async def test_versions_of_an_earlier_program_are_read_and_followed(
    database: str, store_earlier: Callable[..., None]
) -> None:
    changed = named("Chợ hai").applied_to(MARKET)
    async with open_store(database) as store:
        store_earlier(database, MARKET, number=1)
        store_earlier(database, changed, number=2, who="Bình")
        assert canonical(await store.version_at(1)) == canonical(MARKET)
        same = await store.store_registry(changed, who="An", now=START)
        assert (same.result, same.version) == (Importing.SAME_CONTENT, 2)

        done = await store.apply(named("Chợ ba"), who="Chi", now=START, based_on=2)
        assert done.version == 3
        assert registry_root(await store.version_at(3)) == registry_root(
            named("Chợ ba").applied_to(MARKET)
        )
        await check_history(store)


async def check_history(store: RegistryStore) -> None:
    found = await store.history("premises", "cho")
    said = [(each.number, each.who, each.event) for each in found]
    assert said == [
        (3, "Chi", RowEvent.CHANGED),
        (2, "Bình", RowEvent.CHANGED),
        (1, "An", RowEvent.ADDED),
    ]


async def test_alerting_uses_a_version_of_an_earlier_program_and_the_changes_after_it(
    database: str, store_earlier: Callable[..., None]
) -> None:
    async with open_store(database) as store:
        store_earlier(database, MARKET, number=1)
        async with open_engine(database, Confirmation(), Metrics(CollectorRegistry())) as engine:
            for version, name in ((1, "Chợ An Bình"), (2, "Chợ hai"), (3, "Chợ ba")):
                if version > 1:
                    await store.apply(named(name), who="An", now=START, based_on=version - 1)
                    await engine.transactions.refresh_registry()
                place = engine.registry.current.index.premises("cho")
                assert (engine.registry.current.version, engine.registry.trouble) == (version, None)
                assert getattr(place, "name", None) == name
