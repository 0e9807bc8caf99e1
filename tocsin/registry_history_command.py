"""The verb ``registry history``: each version that changed one row of the registry."""

from typing import Annotated

import typer

from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database, database_url, needs_center
from tocsin.terminal import say, say_json


def history(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="premises, points, contacts, ...")],
    key: Annotated[
        str, typer.Argument(metavar="KEY", help="Its id; PREMISES/ID for a row of premises.")
    ],
    config: Config = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List each version that changed the row KEY of TABLE, the latest first: who, when, which fields.

    For example: tocsin registry history points cho-an-binh/smoke-01 --config alerting.toml
    """
    needs_center()
    import asyncio

    from registry import store
    from runtime.database import BadDatabase
    from runtime.process import CannotStart

    try:
        found = asyncio.run(store.history_of_row(database_url(config, database), table, key))
    except (BadDatabase, CannotStart, store.ChangeRefused) as error:
        stop(str(error))
    if as_json:
        say_json({"table": table, "key": key, "changes": [store.change_json(each) for each in found]})
    else:
        nothing = [f"no version has {table} {key!r}; list the rows: tocsin registry show --json"]
        say(*(map(store.change_line, found) if found else nothing))
