"""A registry is changed by a few rows: checked as an import is, kept by version, restored."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any, TypedDict

import pytest

from registry.domain.change_set import ChangeSet, change_between
from registry.domain.content_tree import registry_root
from registry.model.contacts import Contact
from registry.model.places import Point, PointKind, Premises
from registry.model.registry import Registry
from registry.store import (
    ConflictingChange,
    Importing,
    InvalidChange,
    RegistryStore,
    RowEvent,
    UnknownVersion,
    open_store,
)
from tests.stories.alerting.house import MARKET

NOW = datetime(2026, 11, 23, tzinfo=UTC)


class _Author(TypedDict):
    who: str
    now: datetime


AN: _Author = {"who": "An", "now": NOW}


@pytest.fixture
async def store(database: str) -> AsyncIterator[RegistryStore]:
    """The market, imported as version 1."""
    async with open_store(database) as opened:
        await opened.store_registry(MARKET, **AN)
        yield opened


def point(name: str = "smoke-99", zone: str = "stalls-a", premises: str = "cho") -> Point:
    return Point(id=name, premises=premises, zone=zone, gateway="gw-1", kind=PointKind.SMOKE)


def put(**rows: Any) -> ChangeSet:
    return ChangeSet(put={table: (row,) for table, row in rows.items()})


async def test_a_point_that_is_put_is_in_the_next_version(store: RegistryStore) -> None:
    done = await store.apply(put(points=point()), **AN, based_on=1, note="a new stall")

    assert (done.result, done.version) == (Importing.IMPORTED, 2)
    assert [each.key for each in done.changes.added] == ["cho/smoke-99"]
    active = await store.active_version()
    assert (active.number, active.note, active.is_sound) == (2, "a new stall", True)
    assert active.hash == registry_root(active.registry)
    assert point() in active.registry.points
    assert point() not in (await store.version_at(1)).points


async def test_a_change_that_changes_nothing_makes_no_version(store: RegistryStore) -> None:
    done = await store.apply(put(premises=MARKET.premises[0]), **AN, based_on=1)
    assert (done.result, done.version) == (Importing.SAME_CONTENT, 1)


async def test_a_change_of_what_somebody_else_changed_since_is_refused(store: RegistryStore) -> None:
    await store.apply(put(points=point("smoke-98")), **AN, based_on=1)
    with pytest.raises(ConflictingChange, match=r"premises 'cho': changed since version 1, 2 is active"):
        await store.apply(put(points=point("smoke-99")), **AN, based_on=1)
    done = await store.apply(put(contacts=Contact(id="chi", name="Chi")), **AN, based_on=1)
    assert done.version == 3, "others may change other records meanwhile"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        (put(points=point(zone="lost")), "points 'cho/smoke-99': 'cho' has no zone 'lost'"),
        (put(points=point(premises="lost")), "points 'lost/smoke-99': premises 'lost' is not in"),
        (put(premises=Premises(id="new", name="Mới", policy="lost")), "premises 'new': policy 'lost'"),
        (
            put(points=point().model_copy(update={"tested_on": date(2027, 1, 1)})),
            "points 'cho/smoke-99': tested_on 2027-01-01 has not come (today is 2026-11-23)",
        ),
        (ChangeSet(remove={"zones": frozenset({"cho/stalls-a"})}), "'cho' has no zone 'stalls-a'"),
        (ChangeSet(remove={"points": frozenset({"cho/lost"})}), "points 'cho/lost': there is no such"),
        (put(sirens=point()), "sirens: unknown table"),
        (put(zones=point()), "zones 'cho/smoke-99': it is a row of another table"),
    ],
)
async def test_a_change_after_which_the_registry_could_not_be_used_is_refused(
    store: RegistryStore, changes: ChangeSet, error: str
) -> None:
    with pytest.raises(InvalidChange) as refused:
        await store.apply(changes, **AN, based_on=1)
    assert error in str(refused.value)
    assert (await store.active_version()).number == 1


async def test_a_row_that_others_name_cannot_be_removed(store: RegistryStore) -> None:
    chi = Contact(id="chi", name="Chi", phone="+84901234567")
    place = MARKET.premises[0].model_copy(update={"people": ("chi",)})
    await store.apply(put(contacts=chi, premises=place), **AN, based_on=1)
    with pytest.raises(InvalidChange, match=r"'chi' is not in \[\[contacts\]\]"):
        await store.apply(ChangeSet(remove={"contacts": frozenset({"chi"})}), **AN, based_on=2)


async def test_the_history_of_a_row_names_who_changed_which_fields(store: RegistryStore) -> None:
    row = MARKET.premises[0]
    renamed = row.model_copy(update={"name": "Chợ mới", "address": "1 Nguyễn Huệ"})
    await store.apply(put(premises=renamed), who="Bình", now=NOW, based_on=1, note="moved")
    await store.apply(put(points=point()), **AN, based_on=2)
    await store.restore(1, who="Chi", now=NOW)

    found = await store.history("premises", row.id)
    said = [(each.number, each.who, each.event, each.fields) for each in found]
    assert said == [
        (4, "Chi", RowEvent.CHANGED, ("name", "address")),
        (2, "Bình", RowEvent.CHANGED, ("name", "address")),
        (1, "An", RowEvent.ADDED, ()),
    ]
    events = [each.event for each in await store.history("points", "cho/smoke-99")]
    assert events == [RowEvent.REMOVED, RowEvent.ADDED]


async def test_a_restored_version_is_a_new_one_with_the_content_of_the_old(store: RegistryStore) -> None:
    await store.apply(put(points=point()), **AN, based_on=1)
    done = await store.restore(1, **AN)

    assert done.version == 3
    assert registry_root(await store.version_at(3)) == registry_root(MARKET)
    summaries = [(each.number, each.note, each.put, each.removed) for each in await store.versions()]
    assert summaries[:2] == [(3, "restored from version 1", 1, 0), (2, "", 1, 0)]
    with pytest.raises(UnknownVersion, match="the registry has no version 9"):
        await store.restore(9, **AN)


async def test_a_change_on_an_empty_registry_is_its_first_version(database: str) -> None:
    async with open_store(database) as store:
        done = await store.apply(change_between(Registry(), MARKET), **AN, based_on=0)
        assert done.version == 1
        assert registry_root(await store.version_at(1)) == registry_root(MARKET)
