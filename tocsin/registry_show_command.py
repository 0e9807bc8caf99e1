"""The verb ``registry show``: the active version of the registry, or an earlier one."""

from typing import Annotated

import typer

from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database, database_url, needs_center
from tocsin.terminal import say, say_json


def show(
    config: Config = None,
    database: Database = None,
    number: Annotated[
        int | None,
        typer.Option("--version", metavar="N", help="Show this version instead of the active one."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the active version of the registry, or with --version N an earlier one.

    tocsin registry versions lists the versions there are.
    """
    needs_center()
    import asyncio

    from registry import store
    from runtime.database import BadDatabase
    from runtime.process import CannotStart

    url = database_url(config, database)
    try:
        version = asyncio.run(
            store.active_version(url) if number is None else store.numbered_version(url, number)
        )
    except (BadDatabase, CannotStart, store.ChangeRefused) as error:
        stop(str(error))
    if as_json:
        say_json(store.show_json(version))
    else:
        say(*store.show_lines(version))
