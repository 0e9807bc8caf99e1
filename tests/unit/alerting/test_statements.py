"""No statement that runs for every signal looks through what has nothing to do with it."""

import pytest
from sqlalchemy import Executable, create_engine

from alerting.adapters.audit import _BEGINNINGS
from alerting.adapters.statements import REPLACE, TOLD_SINCE
from alerting.adapters.tables import deliveries
from alerting.migrations import REVISIONS
from registry.revisions import upgrade


@pytest.mark.parametrize("last", ["deliveries_of_line", "deliveries_by_incident"])
def test_what_is_replaced_is_looked_for_among_the_relays_of_its_incident(last: str) -> None:
    database = create_engine("sqlite://")
    with database.begin() as connection:
        upgrade(connection, REVISIONS)
    index = next(each for each in deliveries.indexes if each.name == last)
    index.drop(database)
    index.create(database)
    compiled = REPLACE.compile(database, compile_kwargs={"render_postcompile": True})
    given = ("anything",) * str(compiled).count("?")
    with database.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", given).all()
    database.dispose()

    assert [row.detail for row in plan] == [
        "SEARCH deliveries USING INDEX deliveries_by_incident (incident=?)"
    ]


def plan_of(statement: Executable) -> list[str]:
    """How SQLite goes about *statement*."""
    database = create_engine("sqlite://")
    with database.begin() as connection:
        upgrade(connection, REVISIONS)
        compiled = statement.compile(database, compile_kwargs={"render_postcompile": True})
        given = ("2",) * str(compiled).count("?")
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", given).all()
    database.dispose()
    return [row.detail for row in plan]


def test_who_was_told_lately_is_not_looked_for_in_the_years_before() -> None:
    assert plan_of(TOLD_SINCE) == [
        "SEARCH deliveries USING INDEX deliveries_that_can_wait (destination=? AND next_at>?)"
    ]


def test_the_auditor_looks_at_what_is_due_and_not_at_what_is_open() -> None:
    first = plan_of(_BEGINNINGS)[0]
    assert first == "SEARCH t USING INDEX timeline_beginnings (at>? AND at<?)"
