"""The verb ``accounts sessions``: who is signed in."""

from typing import Annotated

import typer

from tocsin.accounts.center import change
from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database
from tocsin.terminal import say, say_json


def sessions(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Only this account.")] = "",
    end: Annotated[bool, typer.Option("--end", help="End all sessions of NAME, at once.")] = False,
    config: Config = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List who is signed in, since when, and from where; with --end sign NAME out everywhere.

    A session that is listed may be beyond its limits: it ends when it is used next.
    """
    from accounts.administration import people
    from accounts.store.sessions import open_sessions
    from tocsin.accounts.listing import session_json, session_line

    if end and not name:
        stop("--end ends the sessions of one account; name it: tocsin accounts sessions NAME --end")
    if end:
        ended = change(config, database, lambda c, order: people.end_all_sessions(c, name, order))
        answer = {"name": name, "sessions_ended": ended}
        return say_json(answer) if as_json else say(f"sessions of {name} ended: {ended}")
    if name:
        change(config, database, lambda connection, _: people.existing(connection, name))
    found = change(config, database, lambda connection, _: open_sessions(connection, name or None))
    if as_json:
        return say_json({"sessions": [session_json(each) for each in found]})
    return say(*(session_line(each) for each in found)) if found else say("nobody is signed in")
