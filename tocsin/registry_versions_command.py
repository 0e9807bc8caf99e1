"""The verb ``registry versions``: every version of the registry, with who made it, when and why."""

from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database, database_url, needs_center
from tocsin.terminal import say, say_json


def versions(config: Config = None, database: Database = None, as_json: AsJson = False) -> None:
    """List every version of the registry, the latest first: who made it, when, and why.

    The counts are those of the records that a version changed: one premises with all its rows is a
    record, and so is each contact, area or policy. --json has at, who, note, hash, changed and removed.

    tocsin registry show --version N shows one of them, tocsin registry restore N makes it active again.
    """
    needs_center()
    import asyncio

    from registry import store
    from runtime.database import BadDatabase
    from runtime.process import CannotStart

    try:
        found = asyncio.run(store.list_versions(database_url(config, database)))
    except (BadDatabase, CannotStart) as error:
        stop(str(error))
    if as_json:
        say_json({"versions": [store.summary_json(each) for each in found]})
    else:
        say(*map(store.summary_line, found), *([] if found else ["the registry has no version yet"]))
