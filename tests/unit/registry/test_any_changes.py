"""Whatever changes are made, each version is what all changes up to it make of an empty registry."""

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.canonical import canonical
from registry.domain.change_checks import sentences
from registry.domain.change_set import ChangeSet, change_between
from registry.domain.content_tree import ContentTree, TreeBuilder, registry_root
from registry.domain.encoded_records import RecordKey, row_in
from registry.model.areas import Area
from registry.model.contacts import Contact
from registry.model.places import Gateway, Point, PointKind, Premises, Zone
from registry.model.policies import Policy, PolicyStage
from registry.model.registry import Registry
from registry.model.resources import WaterSource
from registry.model.rosters import Roster, Shift
from registry.model.rows import Row
from registry.store import Importing, InvalidChange, RegistryStore, open_store

NOW = datetime(2026, 11, 23, tzinfo=UTC)

PEOPLE = st.sampled_from(["an", "binh", "chi"])
AREAS = st.sampled_from(["xa", "tinh"])
POLICIES = st.sampled_from(["ngay", "dem"])
PLACES = st.sampled_from(["cho", "nha"])
ZONES = st.sampled_from(["tret", "lau"])
STAGED = st.sampled_from(["an", "binh", "truc", "area", "premises", "command-center"])

ROWS: dict[str, st.SearchStrategy[Row]] = {
    "contacts": st.builds(
        Contact, id=PEOPLE, name=st.sampled_from(["An", "Bình"]), phone=st.sampled_from([None, "113"])
    ),
    "areas": st.builds(
        Area,
        id=AREAS,
        name=st.just("Xã"),
        parent=st.none() | AREAS,
        team=st.lists(PEOPLE, max_size=1).map(tuple),
    ),
    "rosters": st.builds(
        Roster,
        id=st.sampled_from(["truc", "an"]),
        name=st.just("Trực"),
        shifts=st.builds(Shift, begin=st.just("00:00"), end=st.just("00:00"), who=st.tuples(PEOPLE)).map(
            lambda each: (each,)
        ),
    ),
    "policies": st.builds(
        Policy,
        id=POLICIES,
        stages=st.lists(STAGED, min_size=1, max_size=2).map(
            lambda names: (PolicyStage(after_s=0, notify=tuple(names)),)
        ),
        then=st.none() | POLICIES,
    ),
    "premises": st.builds(
        Premises,
        id=PLACES,
        name=st.sampled_from(["Chợ", "Nhà"]),
        area=st.none() | AREAS,
        policy=st.none() | POLICIES,
        people=st.lists(PEOPLE, max_size=2, unique=True).map(tuple),
    ),
    "zones": st.builds(Zone, id=ZONES, premises=PLACES, name=st.just("Tầng")),
    "gateways": st.builds(Gateway, id=st.just("gw"), premises=PLACES, name=st.just("Tủ")),
    "points": st.builds(
        Point,
        id=st.sampled_from(["khoi-1", "khoi-2"]),
        premises=PLACES,
        zone=ZONES,
        gateway=st.just("gw"),
        kind=st.sampled_from([PointKind.SMOKE, PointKind.HEAT]),
    ),
    "water": st.builds(
        WaterSource, id=st.just("ho"), name=st.just("Hồ"), kind=st.just("pond"), premises=PLACES
    ),
}

KEYS = {
    "contacts": PEOPLE,
    "areas": AREAS,
    "policies": POLICIES,
    "premises": PLACES,
    "rosters": st.just("truc"),
    "zones": st.sampled_from(["cho/tret", "cho/lau"]),
    "gateways": st.just("cho/gw"),
    "points": st.sampled_from(["cho/khoi-1", "cho/khoi-2"]),
}


@st.composite
def change_sets(draw: st.DrawFn) -> ChangeSet:
    """Rows of any tables, and keys of some, which may be of rows that there are not."""
    put: dict[str, tuple[Row, ...]] = {}
    for table in draw(st.lists(st.sampled_from(sorted(ROWS)), max_size=2, unique=True)):
        put[table] = (draw(ROWS[table]),)
    remove: dict[str, frozenset[str]] = {}
    for table in draw(st.lists(st.sampled_from(sorted(KEYS)), max_size=1)):
        there = {row.key for row in put.get(table, ())}
        if gone := draw(st.frozensets(KEYS[table], max_size=1)) - there:
            remove[table] = gone
    return ChangeSet(put, remove)


FIRST = ChangeSet(
    put={
        "contacts": (
            Contact(id="an", name="An", phone="113"),
            Contact(id="binh", name="Bình", phone="114"),
        ),
        "areas": (Area(id="xa", name="Xã", team=("an",)),),
        "policies": (Policy(id="ngay", stages=(PolicyStage(after_s=0, notify=("an", "area")),)),),
        "premises": (Premises(id="cho", name="Chợ", area="xa", policy="ngay", people=("binh",)),),
        "zones": (Zone(id="tret", premises="cho", name="Tầng"),),
        "gateways": (Gateway(id="gw", premises="cho", name="Tủ"),),
    }
)


def there(changes: ChangeSet, registry: Registry) -> ChangeSet:
    """Return *changes* without the keys of rows that *registry* does not have."""
    kept = {
        table: frozenset(key for key in gone if row_in(registry, table, key) is not None)
        for table, gone in changes.remove.items()
    }
    return ChangeSet(changes.put, {table: gone for table, gone in kept.items() if gone})


async def apply_all(store: RegistryStore, changes: Sequence[ChangeSet]) -> list[Registry]:
    """Apply *changes*; return what each version must be, the empty one first."""
    made = [Registry()]
    for number, each in enumerate(changes):
        wanted = there(each, made[-1])
        after, active = wanted.applied_to(made[-1]), len(made) - 1
        errors = sentences(after, today=NOW.date())
        try:
            done = await store.apply(wanted, who=f"person {number}", now=NOW, based_on=active)
        except InvalidChange:
            assert errors, "what the whole registry allows is allowed"
            continue
        if done.result is Importing.IMPORTED:
            assert not errors, "what the whole registry forbids is refused"
            made.append(after)
    return made


async def check_versions(store: RegistryStore, made: list[Registry]) -> None:
    for number, registry in enumerate(made):
        version = await store.version(number)
        assert canonical(version.registry) == canonical(registry)
        assert version.is_sound
        assert not number or version.hash == registry_root(registry)


async def check_history(store: RegistryStore, made: list[Registry], table: str, key: str) -> None:
    forms = [row_in(each, table, key) for each in made]
    changed = [number for number in range(1, len(made)) if forms[number] != forms[number - 1]]
    found = await store.history(table, key)
    assert [each.number for each in found] == changed[::-1]
    assert [each.row for each in found] == [forms[number] for number in changed[::-1]]


async def check_restored(store: RegistryStore, made: list[Registry], number: int) -> None:
    await store.restore(number, who="An", now=NOW)
    assert canonical((await store.active_version()).registry) == canonical(made[number])


async def check_all(changes: Sequence[ChangeSet], turn: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(f"sqlite:///{Path(folder) / 'center.db'}") as store:
            made = await apply_all(store, [FIRST, *changes])
            await check_versions(store, made)
            for table, key in (("premises", "cho"), ("points", "cho/khoi-1"), ("contacts", "chi")):
                await check_history(store, made, table, key)
            await check_restored(store, made, turn % len(made))


@settings(max_examples=40, deadline=None)
@given(st.lists(change_sets(), max_size=12), st.integers(0, 20))
def test_each_version_is_what_all_changes_up_to_it_make(changes: list[ChangeSet], turn: int) -> None:
    asyncio.run(check_all(changes, turn))


HASHES = st.dictionaries(
    st.builds(RecordKey, PEOPLE, st.text("abc-", min_size=1, max_size=4)),
    st.none() | st.sampled_from(["0" * 64, "f" * 64]),
    max_size=20,
)


@given(st.lists(HASHES, max_size=6))
def test_a_hash_that_follows_changes_is_the_hash_from_the_beginning(changes: list[Any]) -> None:
    followed, all_of = ContentTree(), dict[RecordKey, str | None]()
    for each in changes:
        followed, all_of = followed.changed(each), all_of | each
    builder = TreeBuilder()
    for key, found in all_of.items():
        if found is not None:
            builder.add(key, found)
    for _ in builder.steps():
        pass
    assert followed == builder.tree()


@given(st.lists(change_sets(), min_size=2, max_size=4))
def test_the_change_between_two_registries_makes_one_of_the_other(changes: list[ChangeSet]) -> None:
    old = new = Registry()
    for each in changes:
        old, new = new, each.applied_to(new)
    assert canonical(change_between(old, new).applied_to(old)) == canonical(new)
