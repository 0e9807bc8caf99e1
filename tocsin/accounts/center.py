"""The center's database as verbs of ``accounts`` use it, and the options that they share."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from runtime.clock import utc_now
from tocsin.failures import stop
from tocsin.registry_options import database_url, needs_center

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from accounts.administration.order import ChangeOrder, Transaction
    from runtime.database import Database

    Opens = Callable[[str], AbstractAsyncContextManager[Database]]

T = TypeVar("T")

AccountName = Annotated[str, typer.Argument(metavar="NAME", help="The name that signs in.")]
Area = Annotated[
    str | None, typer.Option("--area", metavar="AREA", help="Only in this area of the registry.")
]
InPremises = Annotated[
    str | None, typer.Option("--premises", "-p", metavar="NAME", help="Only in these premises.")
]
Since = Annotated[
    datetime | None,
    typer.Option("--since", metavar="DAY", formats=["%Y-%m-%d"], help="From this day on, 2026-12-01."),
]
Until = Annotated[
    datetime | None,
    typer.Option("--until", metavar="DAY", formats=["%Y-%m-%d"], help="The first day without it."),
]
Hours = Annotated[
    float, typer.Option("--hours", min=0.1, max=720, metavar="HOURS", help="The code works so long.")
]
Url = Annotated[
    str,
    typer.Option("--url", metavar="URL", help="The center's address for people, for the text."),
]


def change(
    config: Path | None, database: str | None, work: Callable[[Transaction, ChangeOrder], T]
) -> T:
    """Return the answer of *work*, in one transaction on a database that exists.

    Ends the program where it cannot be done.
    """
    needs_center()
    from runtime.database import open_existing

    return _done(database_url(config, database), work, open_existing)


def start(config: Path | None, database: str | None, work: Callable[[Transaction, ChangeOrder], T]) -> T:
    """Return the answer of *work* as ``change`` does; makes the database where there is none."""
    needs_center()
    from runtime.database import open_database

    return _done(database_url(config, database), work, open_database)


def _done(url: str, work: Callable[[Transaction, ChangeOrder], T], opens: Opens) -> T:
    import asyncio

    from accounts.administration.order import CannotChange, order_of
    from alerting.store.errors import DatabaseError
    from runtime.database import BadDatabase
    from runtime.process import CannotStart

    order = order_of(person(), utc_now())
    try:
        return asyncio.run(_changed(opens(url), lambda connection: work(connection, order)))
    except (BadDatabase, CannotStart, CannotChange) as error:
        stop(str(error))
    except DatabaseError as error:
        stop(f"nothing was changed: the database is busy or away ({error.orig}); try again")


async def _changed(
    opening: AbstractAsyncContextManager[Database], work: Callable[[Transaction], T]
) -> T:
    from alerting.store.database import OWNERS
    from runtime.revisions import is_current

    async with opening as opened:
        missing = await opened.read(
            lambda connection: [each for each in OWNERS if not is_current(connection, each)]
        )
        if missing:
            await opened.migrate(*OWNERS)
        return await opened.write(work)


def person() -> str:
    """Return the user of this machine, as the audit names whoever uses its command line."""
    return f"{getpass.getuser()} at the command line"


def day(moment: datetime | None) -> date | None:
    """Return the day of *moment*."""
    return None if moment is None else moment.date()


def code_lines(code: str, url: str, *, hours: float, before: str = "") -> list[str]:
    """Return the lines that show a code that works once, and its use; *before* stands before --url."""
    return [
        f"this code works once, for {hours:g} h:",
        f"  {code}",
        "it is asked for, with a password, by this command on any machine:",
        f"  tocsin accounts set-up {before}--url {url.rstrip('/')}",
        "a program sends it to POST /api/v1/setup (docs/operating.md, Accounts)",
    ]
