"""The tables of a center, brought from whatever they were to what the program needs."""

import asyncio
import json
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine, MetaData, create_engine, inspect
from sqlalchemy.exc import DBAPIError

import accounts.migrations
import accounts.tables
import alerting.migrations
import alerting.store.tables
import audit.migrations
import audit.tables
import pki.migrations
import pki.tables
import registry.drafts.migrations
import registry.drafts.tables
import registry.migrations
import registry.store
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.trouble import Trouble
from alerting.engine.engine import open_engine
from alerting.metrics import Metrics
from alerting.settings import Confirmation
from contract.ids import IncidentId
from runtime.database import open_database
from runtime.process import CannotStart
from runtime.revisions import Revisions
from tests.adapters.alerting import before_revisions
from tests.stories.alerting.house import START, house

OWNERS = [
    pytest.param(alerting.migrations.REVISIONS, alerting.store.tables.metadata, id="alerting"),
    pytest.param(registry.migrations.REVISIONS, registry.store.metadata, id="registry"),
    pytest.param(
        registry.drafts.migrations.REVISIONS, registry.drafts.tables.metadata, id="registry_drafts"
    ),
    pytest.param(audit.migrations.REVISIONS, audit.tables.metadata, id="audit"),
    pytest.param(pki.migrations.REVISIONS, pki.tables.metadata, id="pki"),
    pytest.param(accounts.migrations.REVISIONS, accounts.tables.metadata, id="accounts"),
]
ALL = (
    alerting.migrations.REVISIONS,
    registry.migrations.REVISIONS,
    audit.migrations.REVISIONS,
    pki.migrations.REVISIONS,
    accounts.migrations.REVISIONS,
)

FIRST = """
from alembic import op
revision, down_revision = "0001", None
def upgrade():
    op.execute("CREATE TABLE things (id INTEGER)")
    op.execute("INSERT INTO things VALUES (1)")
"""

SECOND = """
import os, signal
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade():
    op.execute("ALTER TABLE things ADD COLUMN name VARCHAR(8)")
    op.execute("UPDATE things SET name = 'one'")
    {then}
    op.execute("CREATE TABLE more (id INTEGER)")
"""

PROGRAM = """
import asyncio, sys
from pathlib import Path
from runtime.database import open_database
from runtime.revisions import Revisions
async def main(url, folder):
    async with open_database(url) as database:
        await database.migrate(Revisions("test", Path(folder)))
asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
def database(empty_database: str) -> str:
    """A database without any table."""
    return empty_database


async def migrate(url: str, *owners: Revisions) -> None:
    async with open_database(url) as database:
        await database.migrate(*owners)


async def open_alerting(url: str) -> None:
    async with open_engine(url, Confirmation(), Metrics(CollectorRegistry())) as engine:
        await engine.upkeep.resume(START)


@contextmanager
def connected(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def run_sql(url: str, script: str) -> None:
    with connected(url) as engine, engine.begin() as connection:
        for statement in filter(str.strip, script.split(";")):
            connection.exec_driver_sql(statement)


def ask(url: str, query: str) -> list[tuple[Any, ...]]:
    with connected(url) as engine, engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def differences(url: str, metadata: MetaData) -> list[Any]:
    """Return the changes that a next revision would need, as Alembic finds them."""

    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or name in metadata.tables

    with connected(url) as engine, engine.connect() as connection:
        opts = {"include_name": ours, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=opts)
        found: list[Any] = compare_metadata(context, metadata)
    return found


def _index(row: Any) -> tuple[Any, ...]:
    where = {name: str(value) for name, value in row.get("dialect_options", {}).items()}
    return row["name"], row["column_names"], row["unique"], where


def described(engine: Engine, names: set[str]) -> dict[str, Any]:
    """All that the database says of the tables of these *names*, in an order of no meaning."""
    look = inspect(engine)
    return {
        name: {
            "columns": {
                each["name"]: {**each, "type": str(each["type"])} for each in look.get_columns(name)
            },
            "primary": look.get_pk_constraint(name)["constrained_columns"],
            "foreign": sorted(str(each) for each in look.get_foreign_keys(name)),
            "unique": sorted(str(each["column_names"]) for each in look.get_unique_constraints(name)),
            "indexes": sorted(_index(each) for each in look.get_indexes(name)),
        }
        for name in names
    }


@pytest.mark.parametrize(("revisions", "metadata"), OWNERS)
async def test_the_revisions_make_just_the_tables_that_the_program_knows(
    database: str, revisions: Revisions, metadata: MetaData
) -> None:
    await migrate(database, revisions)
    assert differences(database, metadata) == []
    with connected(database) as engine:
        names = set(metadata.tables)
        assert set(inspect(engine).get_table_names()) == {*names, revisions.table}
        made = described(engine, names)
        metadata.drop_all(engine)
        metadata.create_all(engine)
        assert made == described(engine, names)


@pytest.mark.parametrize("revisions", ALL, ids=lambda each: each.owner)
def test_the_revisions_of_one_owner_are_one_line(revisions: Revisions) -> None:
    steps = ScriptDirectory(revisions.folder, version_locations=[revisions.folder])
    assert len(steps.get_heads()) == len(steps.get_bases()) == 1


@pytest.mark.parametrize("first", ["the registry", "alerting"])
async def test_either_owner_may_come_to_a_database_first(database: str, first: str) -> None:
    owners = ALL if first == "alerting" else ALL[::-1]
    for owner in owners:
        await migrate(database, owner)
    await migrate(database, *ALL)

    for owner in ALL:
        assert ask(database, f"SELECT version_num FROM {owner.table}") == newest(owner)


def older_than(step: str, folder: Path) -> Revisions:
    """The revisions of alerting before *step*, as an older program has them, in *folder*."""
    present = alerting.migrations.REVISIONS
    older = shutil.copytree(
        present.folder, folder / "older", ignore=shutil.ignore_patterns("__pycache__")
    )
    for each in older.glob("r*.py"):
        if each.name >= step:
            each.unlink()
    return Revisions(present.owner, older)


async def test_a_database_from_before_there_were_revisions_is_used_as_it_is(database: str) -> None:
    sqlite = database.startswith("sqlite")
    run_sql(database, before_revisions.SQLITE if sqlite else before_revisions.POSTGRESQL)
    run_sql(database, "INSERT INTO gateways VALUES ('cho', 'gw-1', true, '0.1', 5)")
    async with house(database) as center:
        await center.fire("button-01", quantity="manual")

        assert await center.relays() == ["confirmed to command-center"]
    assert ask(database, "SELECT premises, at FROM gateways") == [("cho", 5)]
    assert differences(database, alerting.store.tables.metadata) == []
    assert differences(database, registry.store.metadata) == []


STATE = {
    "id": "i1",
    "told": ["owner"],
    "suspicion_told": True,
    "reason": "first_point_waiting",
    "untold": ["gw/line"],
    "site": {"reason": "day", "again": ["owner"], "stages": [{"reason": "not_acknowledged"}]},
    "points": {"gw/p": {"alone": ["q"], "reported": True}},
}
RENAMED = {
    "id": "i1",
    "notified": ["owner"],
    "suspicion_notified": True,
    "reason": "first_point_waiting",
    "unnotified": 1,
    "site": {
        "policy": "day",
        "repeat_recipients": ["owner"],
        "stages": [{"reason": "not_acknowledged"}],
    },
    "points": {},
}
RENAMED_POINT = {"unavailable_partners": ["q"], "notified": True}
HELD = {"destination": "owner", "until": 2, "by": "silence"}
SUPPRESSED = {"destination": "owner", "until": 2, "suppressed_by": "silence"}


async def test_what_was_stored_under_older_names_is_found_under_the_present_ones(database: str) -> None:
    sqlite = database.startswith("sqlite")
    run_sql(database, before_revisions.SQLITE if sqlite else before_revisions.POSTGRESQL)
    state = json.dumps(STATE)
    run_sql(database, f"INSERT INTO incidents VALUES ('i1', 'cho', 'closed', 1, 2, '{state}')")
    run_sql(
        database,
        "INSERT INTO timeline (at, premises, incident, event, reason, data) "
        f"VALUES (1, 'cho', 'i1', 'held', 'silence', '{json.dumps(HELD)}')",
    )
    async with house(database):
        pass
    ((stored,),) = ask(database, "SELECT state FROM incidents")
    assert json.loads(stored) == RENAMED
    ((place, point),) = ask(database, "SELECT place, state FROM incident_items WHERE incident = 'i1'")
    assert (place, json.loads(point)) == (0, RENAMED_POINT)
    ((event, data),) = ask(database, "SELECT event, data FROM timeline WHERE incident = 'i1'")
    assert (event, json.loads(data)) == ("suppressed", SUPPRESSED)
    with pytest.raises(DBAPIError, match="append-only"):
        run_sql(database, "UPDATE timeline SET event = 'x'")


async def test_the_texts_of_a_waiting_delivery_are_found_under_their_present_names(
    database: str, tmp_path: Path
) -> None:
    await migrate(database, registry.migrations.REVISIONS, older_than("r0006", tmp_path))
    run_sql(
        database,
        "INSERT INTO incidents (id, premises, phase, opened_at, closed_at, state) "
        "VALUES ('i1', 'cho', 'closed', 1, 2, '{}')",
    )
    texts = json.dumps({"untold": {"vi": "a"}, "short": {"vi": "b"}, "untold_short": {"vi": "c"}})
    run_sql(
        database,
        "INSERT INTO deliveries "
        "(id, incident, destination, event, rank, state, attempts, next_at, created_at, body, texts) "
        f"VALUES ('d1', 'i1', 'owner', 'confirmed', 0, 'waiting', 0, 1, 1, '{{}}', '{texts}')",
    )
    await migrate(database, *ALL)
    ((stored,),) = ask(database, "SELECT texts FROM deliveries")
    assert json.loads(stored) == {
        "catch_up_text": {"vi": "a"},
        "short": {"vi": "b"},
        "catch_up_short_text": {"vi": "c"},
    }


async def test_a_database_that_a_newer_program_made_is_refused_and_not_touched(database: str) -> None:
    await migrate(database, *ALL)
    run_sql(database, "UPDATE alembic_version_alerting SET version_num = '9999'")

    with pytest.raises(CannotStart, match=r"tables of alerting .*newer Tocsin .*9999.*backup"):
        await open_alerting(database)
    assert ask(database, "SELECT version_num FROM alembic_version_alerting") == [("9999",)]


async def test_where_one_owner_is_refused_the_other_is_left_as_it_was(database: str) -> None:
    await migrate(database, registry.migrations.REVISIONS)
    run_sql(database, "UPDATE alembic_version_registry SET version_num = '9999'")

    with pytest.raises(CannotStart, match="tables of registry"):
        await open_alerting(database)
    with connected(database) as engine:
        assert "signals" not in inspect(engine).get_table_names()


async def test_two_that_come_at_once_do_not_collide(database: str) -> None:
    await asyncio.gather(*(open_alerting(database) for _ in range(6)))

    for owner in ALL:
        assert ask(database, f"SELECT version_num FROM {owner.table}") == newest(owner)


def newest(revisions: Revisions) -> list[tuple[str]]:
    steps = ScriptDirectory(revisions.folder, version_locations=[revisions.folder])
    return [(head,) for head in steps.get_heads()]


def folder_of(path: Path, *, then: str | None = None) -> Path:
    path.mkdir()
    (path / "r0001.py").write_text(FIRST)
    if then is not None:
        (path / "r0002.py").write_text(SECOND.format(then=then))
    return path


async def test_a_step_that_fails_leaves_the_tables_as_they_were(database: str, tmp_path: Path) -> None:
    await migrate(database, Revisions("test", folder_of(tmp_path / "old")))
    with pytest.raises(ZeroDivisionError):
        await migrate(database, Revisions("test", folder_of(tmp_path / "bad", then="1 / 0")))

    assert ask(database, "SELECT * FROM things") == [(1,)]
    await migrate(database, Revisions("test", folder_of(tmp_path / "good", then="pass")))
    assert ask(database, "SELECT * FROM things, more") == []
    assert ask(database, "SELECT * FROM things") == [(1, "one")]


async def program(url: str, folder: Path) -> int:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", PROGRAM, url, str(folder))
    return await process.wait()


async def test_a_process_killed_in_a_step_leaves_the_tables_as_they_were(
    database: str, tmp_path: Path
) -> None:
    await migrate(database, Revisions("test", folder_of(tmp_path / "old")))
    killed = folder_of(tmp_path / "killed", then="os.kill(os.getpid(), signal.SIGKILL)")
    assert await program(database, killed) == -signal.SIGKILL

    assert ask(database, "SELECT * FROM things") == [(1,)]
    assert await program(database, folder_of(tmp_path / "good", then="pass")) == 0
    assert ask(database, "SELECT id, name FROM things") == [(1, "one")]


async def test_deliveries_from_before_are_counted_to_the_premises_of_their_incidents(
    database: str, tmp_path: Path
) -> None:
    await migrate(database, registry.migrations.REVISIONS, older_than("r0007", tmp_path))
    run_sql(
        database,
        "INSERT INTO incidents (id, premises, phase, opened_at, closed_at, state) "
        "VALUES ('i1', 'cho', 'closed', 1, 2, '{}');"
        "INSERT INTO deliveries "
        "(id, incident, destination, event, rank, state, attempts, next_at, created_at, body) "
        "VALUES ('d1', 'i1', 'owner', 'confirmed', 0, 'waiting', 0, 1, 1, '{}')",
    )
    await migrate(database, *ALL)
    assert ask(database, "SELECT id, premises FROM deliveries") == [("d1", "cho")]


def stored_before(name: str, **changes: Any) -> dict[str, Any]:
    """A point as it was stored within the state of its incident, under a key that is no part of it."""
    return {
        "gateway": "gw-1",
        "name": name,
        "zone": None,
        "zone_name": "",
        "place": "",
        "detector": None,
        "quantity": None,
        "value": None,
        "epoch": "e1",
        "seq": 1,
        "changed_at": 1,
        "raised": [1],
        "due": None,
        **changes,
    }


SITE = {"id": "cho", "name": "Chợ", "address": "", "stages": [], "policy": "day"}
FIRE = {
    "id": "i1",
    "site": SITE,
    "phase": "confirmed",
    "reason": "manual_call_point",
    "opened_at": 1,
    "confirmed_at": 1,
    "points": {"smoke-01": stored_before("smoke-01"), "gw-1/smoke-02": stored_before("smoke-02")},
}
LINE = {"gateway": "gw-1", "scope": "line", "name": "l", "kind": "fault", "reason": "open", "since": 1}
TROUBLE = {
    "id": "i2",
    "kind": "fault",
    "site": SITE,
    "phase": "standing",
    "reason": "open",
    "opened_at": 1,
    "conditions": {"gw-1/line/l/fault/open": LINE, "gw-2/line/l/fault/open": LINE | {"gateway": "gw-2"}},
    "unnotified": ["gw-2/line/l/fault/open"],
    "common": ["gw-2/line/l/fault/open"],
}


async def test_incidents_from_before_keep_their_points_and_conditions_in_their_order(
    database: str, tmp_path: Path
) -> None:
    await migrate(database, registry.migrations.REVISIONS, older_than("r0007", tmp_path))
    for state, kind, phase in ((FIRE, "fire", "confirmed"), (TROUBLE, "fault", "standing")):
        run_sql(
            database,
            "INSERT INTO incidents (id, premises, kind, phase, opened_at, state) "
            f"VALUES ('{state['id']}', 'cho', '{kind}', '{phase}', 1, '{json.dumps(state)}')",
        )
    spoiled = "INSERT INTO incidents (id, premises, phase, opened_at, state) VALUES "
    run_sql(database, f"{spoiled} ('i3', 'chua', 'confirmed', 1, 'spoiled')")
    async with house(database) as center:
        read = center.engine.transactions.read
        fire = await read(lambda store: store.incident(IncidentId("i1")))
        trouble = await read(lambda store: store.incident(IncidentId("i2")))
        assert isinstance(fire, FireIncident)
        assert isinstance(trouble, Trouble)
        assert list(fire.points) == ["gw-1/smoke-01", "gw-1/smoke-02"]
        assert [each.common for each in trouble.conditions.in_order()] == [False, True]
        assert (trouble.unnotified, trouble.conditions.standing) == (1, 2)
    assert ask(database, "SELECT state FROM incidents WHERE id = 'i3'") == [("spoiled",)]
