"""A prepared statement gives on each database what SQLAlchemy gives, and raises what it raises."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    delete,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError

from runtime.prepared import DriverConnection, Prepared, PreparedForKeys

METADATA = MetaData()
DETECTORS = Table(
    "prepared_detectors",
    METADATA,
    Column("zone", String(20), primary_key=True),
    Column("name", String(20), primary_key=True),
    Column("disabled", Boolean, nullable=False),
    Column("level", Float),
    Column("beats", Integer),
)
ADD = Prepared(insert(DETECTORS))
CHANGE = Prepared(update(DETECTORS).where(DETECTORS.c.name.in_(bindparam("names_", expanding=True))))
OF_KEYS = Prepared(
    select(DETECTORS)
    .where(tuple_(DETECTORS.c.zone, DETECTORS.c.name).in_(bindparam("keys_", expanding=True)))
    .where(DETECTORS.c.zone.not_in(["attic"]))
    .order_by(DETECTORS.c.name)
)
DROP = Prepared(delete(DETECTORS).where(DETECTORS.c.zone == bindparam("zone_")))
OF_ANY = PreparedForKeys(select(DETECTORS).where, (DETECTORS.c.zone, DETECTORS.c.name))
DROP_ANY = PreparedForKeys(delete(DETECTORS).where, (DETECTORS.c.zone, DETECTORS.c.name))
NAMES = [f"smoke-{number}" for number in range(9)]


@pytest.fixture
def connection(database: str) -> Iterator[Connection]:
    engine = create_engine(database)
    METADATA.drop_all(engine)
    METADATA.create_all(engine)
    with engine.begin() as one:
        yield one
    METADATA.drop_all(engine)
    engine.dispose()


def row(name: str, **values: Any) -> dict[str, Any]:
    return {"zone": "hall", "name": name, "disabled": False, "level": 0.5, "beats": None} | values


def test_rows_are_those_of_sqlalchemy(connection: Connection) -> None:
    prepared = DriverConnection(connection)
    prepared.execute(ADD, [row(name, disabled=name == "smoke-2") for name in NAMES])
    for count in range(len(NAMES) + 1):
        keys = [("hall", name) for name in NAMES[:count]]
        found = prepared.execute(OF_KEYS, {"keys_": keys})
        expected = connection.execute(OF_KEYS.statement, {"keys_": keys}).all()
        assert [each._mapping for each in found] == [dict(each._mapping) for each in expected]
        assert [each.disabled for each in found] == [each.disabled for each in expected]


def test_an_update_takes_lists_of_any_length_and_counts_its_rows(connection: Connection) -> None:
    prepared = DriverConnection(connection)
    prepared.execute(ADD, [row(name) for name in NAMES])
    for count in range(len(NAMES) + 1):
        names = NAMES[:count]
        assert prepared.execute(CHANGE, {"names_": names, "beats": count}).rowcount == count
        assert prepared.execute(CHANGE, {"names_": names, "level": 1.5}).rowcount == count
    levels = connection.execute(select(DETECTORS.c.beats, DETECTORS.c.level)).all()
    assert [tuple(each) for each in levels] == [(9, 1.5)] * 9
    assert prepared.execute(DROP, {"zone_": "hall"}).rowcount == 9
    assert prepared.scalar(OF_KEYS, {"keys_": [("hall", "smoke-1")]}) is None


def test_the_rows_of_any_number_of_keys_are_found_and_dropped(connection: Connection) -> None:
    prepared = DriverConnection(connection)
    prepared.execute(ADD, [row(name) for name in NAMES])
    for count in range(len(NAMES) + 1):
        keys = [("hall", name) for name in NAMES[:count]]
        found = prepared.execute(OF_ANY, {"keys_": [*keys, ("hall", "nobody")]})
        assert sorted(each.name for each in found) == NAMES[:count]
    assert prepared.execute(DROP_ANY, {"keys_": []}).rowcount == 0
    assert prepared.execute(DROP_ANY, {"keys_": [("hall", name) for name in NAMES[:5]]}).rowcount == 5


def test_a_value_for_no_column_is_refused(connection: Connection) -> None:
    with pytest.raises(TypeError, match="prepared_detectors has no column floor"):
        DriverConnection(connection).execute(ADD, row("smoke-1", floor=3))


def test_what_the_database_refuses_is_an_error_of_sqlalchemy(connection: Connection) -> None:
    prepared = DriverConnection(connection)
    prepared.execute(ADD, row("smoke-1"))
    with pytest.raises(IntegrityError), connection.begin_nested():
        prepared.execute(ADD, row("smoke-1"))


def test_each_statement_is_shown_before_it_runs(connection: Connection) -> None:
    seen = list[str]()
    prepared = DriverConnection(connection, [lambda _, sql: seen.append(sql)])
    prepared.execute(ADD, row("smoke-1"))
    assert [each.split()[0] for each in seen] == ["INSERT"]
