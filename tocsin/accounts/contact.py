"""The verb ``accounts contact``: the contact of the registry by which a person is reached."""

from typing import Annotated

import typer

from tocsin.accounts.center import AccountName, change
from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database
from tocsin.terminal import say, say_json


def contact(
    name: AccountName,
    contact_id: Annotated[
        str | None, typer.Argument(metavar="[CONTACT]", help="The id of a contact of the registry.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Reach the person by no contact.")] = False,
    config: Config = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Reach the person of the account NAME by CONTACT of the registry.

    Who may approve a draft of the registry is told there that one waits, and its author when it was
    approved, applied or discarded. What the person says of a fire in the page counts for that contact:
    "seen" keeps the next of the premises' people from being called. No alarm goes by it: whom a fire
    notifies is in the policies.
    """
    from accounts.administration import people

    if (contact_id is None) is not remove:
        stop("name a contact of the registry, or take it away with --remove")
    change(config, database, lambda con, order: people.set_contact(con, name, contact_id, order))
    if as_json:
        say_json({"name": name, "contact": contact_id})
    else:
        say(f"{name} is reached by {'no contact' if contact_id is None else contact_id}")
