"""The verb ``registry show``: the active version of the registry."""

import json

import typer

from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database, database_url, needs_center


def show(config: Config = None, database: Database = None, as_json: AsJson = False) -> None:
    """Show the active version of the registry."""
    needs_center()
    import asyncio

    from registry import store
    from runtime.database import BadDatabase
    from runtime.process import CannotStart

    try:
        version = asyncio.run(store.active_version(database_url(config, database)))
    except (BadDatabase, CannotStart) as error:
        stop(str(error))
    if as_json:
        typer.echo(json.dumps(store.show_json(version), ensure_ascii=False))
    else:
        typer.echo("\n".join(store.show_lines(version)))
