"""Joins tables to the chain: triggers of the database note each new row, which a block takes in later.

Nothing more is done within the transaction that stores a row: no alarm waits for the chain.
"""

from sqlalchemy import Connection, func, inspect, select, text

from audit.sources import SOURCES, Source
from audit.tables import metadata
from runtime.prepared import run_on_driver

_LOCK = 0x746F_6373_616A
"""A number that no other program locks in the same database: "tocsaj"."""


def join_tables(connection: Connection) -> list[str]:
    """Join those tables of the database that have not joined the chain; return their names.

    Rows that they have already join too. Tables of the chain itself that are missing are made anew: the
    chain begins anew then, and says so.
    """
    if connection.dialect.name == "postgresql":
        # SQLite's transactions begin with a lock of their own.
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    metadata.create_all(connection)  # a trigger that finds no table would refuse what it notes
    there = set(inspect(connection).get_table_names())
    missing = [
        each for each in SOURCES.values() if each.table in there and not _joined(connection, each)
    ]
    for each in missing:
        _note_stored(connection, each)
        _note_new(connection, each)
    return [each.table for each in missing]


def _trigger(source: Source) -> str:
    return f"{source.table}_joins_audit"


def _joined(connection: Connection, source: Source) -> bool:
    is_sqlite = connection.dialect.name == "sqlite"
    query = (
        "SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = :name"
        if is_sqlite
        else "SELECT 1 FROM pg_trigger WHERE tgname = :name"
    )
    return connection.execute(text(query), {"name": _trigger(source)}).first() is not None


def _note_stored(connection: Connection, source: Source) -> None:
    where = f" WHERE {source.stored}" if source.stored else ""
    key = source.key.format(row=source.table)
    rows = f" FROM {source.table}{where} ORDER BY {key}"
    run_on_driver(connection, _note(source, key) + rows)


def _note_new(connection: Connection, source: Source) -> None:
    name, note = _trigger(source), _note(source, source.key.format(row="NEW"))
    when = f"WHEN ({source.when})" if source.when else ""
    after = f"CREATE TRIGGER {name} AFTER {source.event} ON {source.table}"
    if connection.dialect.name == "sqlite":
        run_on_driver(connection, f"{after} {when} BEGIN {note}; END")
        return
    body = f"$$ BEGIN {note}; RETURN NULL; END $$ LANGUAGE plpgsql"
    run_on_driver(connection, f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS {body}")
    run_on_driver(connection, f"{after} FOR EACH ROW {when} EXECUTE FUNCTION {name}()")


def _note(source: Source, key: str) -> str:
    return f"INSERT INTO audit_unsealed (source, key) SELECT '{source.name}', CAST({key} AS TEXT)"
