"""The verb ``registry undo``: what a version changed is taken back, as a new version."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from runtime.clock import utc_now
from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database, database_url, load_alerting, needs_center
from tocsin.terminal import say, say_json


def undo(
    version: Annotated[
        int | None, typer.Argument(metavar="[VERSION]", help="The version to undo; the last by default.")
    ] = None,
    config: Config = None,
    database: Database = None,
    who: Annotated[
        str, typer.Option(metavar="NAME", help="The person who undoes; the user by default.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Take back what VERSION changed in the registry, as a new version.

    The rows that it added are removed, those that it changed or removed are as they were. Where a later
    version changed one of them too, nothing is undone, and the rows are named.

    Exit code: 0 if it was undone, 2 if it is refused.
    """
    needs_center()
    import asyncio

    from registry.store import ChangeRefused, Import
    from runtime.database import BadDatabase
    from runtime.process import CannotStart

    async def run() -> Import:
        from registry.sheets.importing import open_sheets

        async with open_sheets(database_url(config, database), _key(config)) as store:
            return await store.undo(version, who=who or getpass.getuser(), now=utc_now())

    try:
        made = asyncio.run(run())
    except (BadDatabase, CannotStart, ChangeRefused) as error:
        stop(*str(error).split("\n"), "nothing was undone")
    if as_json:
        say_json(made.as_json())
    else:
        say(*made.as_lines())


def _key(config: Path | None) -> Path | None:
    from audit.center_key import NAME

    return None if config is None else load_alerting(config).data_dir / NAME
