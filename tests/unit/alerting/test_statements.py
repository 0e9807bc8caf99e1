"""No statement that runs for every signal looks through what has nothing to do with it."""

from typing import Any

import pytest
from sqlalchemy import create_engine, text

from alerting.migrations import REVISIONS
from alerting.store.audit_queries import BEGINNINGS
from alerting.store.statements import (
    CONDITIONS,
    COVERED,
    DROP_DEADLINES,
    FIRE_HISTORY,
    KNOWN,
    NOTIFIED_SINCE,
    REPLACE,
    SOME_OUT_OF_SERVICE,
)
from alerting.store.tables import deliveries
from runtime.prepared import Prepared, PreparedForKeys
from runtime.revisions import upgrade


@pytest.mark.parametrize("last", ["deliveries_of_line", "deliveries_by_incident"])
def test_what_is_replaced_is_looked_for_among_the_relays_of_its_incident(last: str) -> None:
    database = create_engine("sqlite://")
    with database.begin() as connection:
        upgrade(connection, REVISIONS)
    index = next(each for each in deliveries.indexes if each.name == last)
    index.drop(database)
    index.create(database)
    compiled = REPLACE.statement.compile(database, compile_kwargs={"render_postcompile": True})
    given = ("anything",) * str(compiled).count("?")
    with database.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", given).all()
    database.dispose()

    assert [row.detail for row in plan] == [
        "SEARCH deliveries USING INDEX deliveries_by_incident (incident=?)"
    ]


def test_how_much_a_person_was_told_is_not_looked_for_among_all_that_was_told_before() -> None:
    database = create_engine("sqlite://")
    with database.begin() as connection:
        upgrade(connection, REVISIONS)
        asked = NOTIFIED_SINCE.statement.params(destination_="anybody", premises_="any", since_=0)
        compiled = asked.compile(database, compile_kwargs={"render_postcompile": True})
        given = ("anything",) * str(compiled).count("?")
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", given).all()
    database.dispose()

    assert [row.detail for row in plan] == [
        "SEARCH deliveries USING INDEX deliveries_that_can_wait "
        "(destination=? AND premises=? AND next_at>?)"
    ]


def test_the_auditor_looks_at_what_is_due_and_not_at_what_is_open() -> None:
    database = create_engine("sqlite://")
    with database.begin() as connection:
        upgrade(connection, REVISIONS)
        given = {"since": 0, "until": 9}
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {BEGINNINGS}"), given).all()
    database.dispose()

    assert plan[0].detail == "SEARCH t USING INDEX timeline_beginnings (at>? AND at<?)"


def test_whether_a_signal_is_known_is_not_looked_for_among_all_signals_of_its_epoch() -> None:
    assert plan_of(KNOWN, {"premises_": "a", "gateway_": "b", "epoch_": "c", "seqs_": [1, 2]}) == [
        "SEARCH signals USING INDEX sqlite_autoindex_signals_1 "
        "(premises=? AND gateway=? AND epoch=? AND seq=?)"
    ]


def test_what_is_out_of_service_is_not_looked_for_among_all_conditions_of_the_premises() -> None:
    assert plan_of(SOME_OUT_OF_SERVICE, {"premises_": ["a"], "most_": 5}) == [
        "SEARCH conditions USING INDEX conditions_by_kind (premises=? AND kind=? AND edge=?)"
    ]


def plan_of(statement: Prepared, parameters: dict[str, Any]) -> list[str]:
    database = create_engine("sqlite://")
    with database.begin() as connection:
        upgrade(connection, REVISIONS)
        form = statement.form(database.dialect, parameters)
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {form.sql}", form.bind(parameters)).all()
    database.dispose()
    return [row.detail for row in plan]


@pytest.mark.parametrize(
    ("statement", "columns"),
    [
        (CONDITIONS, "premises gateway scope name kind reason"),
        (FIRE_HISTORY, "premises gateway scope name kind"),
        (COVERED, "premises gateway epoch"),
        (DROP_DEADLINES, "incident key"),
    ],
)
def test_each_of_several_keys_is_looked_up_by_all_its_columns(
    statement: PreparedForKeys, columns: str
) -> None:
    database = create_engine("sqlite://")
    keys = [tuple(f"{name}-{at}" for name in columns.split()) for at in range(3)]
    with database.begin() as connection:
        upgrade(connection, REVISIONS)
        form = statement.form(database.dialect, {"keys_": keys})
        given = form.bind({"keys_": keys})
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {form.sql}", given).all()
    database.dispose()

    by = " AND ".join(f"{name}=?" for name in columns.split())
    searches = [row.detail for row in plan if "SEARCH" in row.detail]
    assert len(searches) == 4  # three keys, padded to a power of two
    assert all(each.endswith(f"({by})") for each in searches)
    assert not any("SCAN" in row.detail for row in plan)
