"""The verb ``registry show``: the active version of the registry."""

from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database, database_url, needs_center
from tocsin.terminal import say, say_json


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
        say_json(store.show_json(version))
    else:
        say(*store.show_lines(version))
