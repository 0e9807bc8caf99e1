"""The verb ``registry restore``: an earlier version of the registry becomes the next one."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from runtime.clock import utc_now
from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.registry_channels import channels_of
from tocsin.registry_options import Config, Database, database_url, load_alerting, needs_center
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from pathlib import Path

    from registry.store import Import

NEEDS_CONFIG = (
    "a restored version must still reach people, or nobody may be notified of a fire; "
    "name alerting's settings with --config FILE"
)


def restore(
    number: Annotated[int, typer.Argument(metavar="N", help="The number of an earlier version.")],
    config: Config = None,
    database: Database = None,
    who: Annotated[
        str, typer.Option(metavar="NAME", help="The person who restores; the user by default.")
    ] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="The reason, for the versions.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make the content of the version N the next version of the registry.

    It is checked as an import is: each policy must reach somebody by two different channels at every
    minute of the next 30 days. The versions between stay in the list; nothing is deleted.

    Exit code: 0 if it was restored, or is the same as the active one, 2 if it is refused.
    """
    needs_center()
    if config is None:
        stop(NEEDS_CONFIG)
    import asyncio

    from registry import store
    from registry.files import BadRegistry
    from runtime.database import BadDatabase
    from runtime.process import CannotStart

    url = database_url(config, database)
    try:
        done = asyncio.run(_restored(number, url, config, who=who or getpass.getuser(), note=note))
    except BadRegistry as error:
        stop(*error.errors, "nothing was restored")
    except (BadDatabase, CannotStart, store.ChangeRefused) as error:
        stop(str(error), "nothing was restored")
    if as_json:
        say_json(done.as_json() | {"restored": number})
    else:
        say(*done.as_lines())


async def _restored(number: int, url: str, config: Path, *, who: str, note: str) -> Import:
    from audit.center_key import NAME
    from registry.files import check_reachable
    from registry.store import existing_store

    now = utc_now()
    async with existing_store(url, load_alerting(config).data_dir / NAME) as store:
        check_reachable(await store.version_at(number), now, **channels_of(config))
        return await store.restore(number, who=who, now=now, note=note)
