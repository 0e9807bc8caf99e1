"""The verb ``accounts identity``: accounts at providers of OpenID Connect."""

from typing import Annotated

import typer

from tocsin.accounts.center import AccountName, change
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database
from tocsin.terminal import say, say_json


def identity(
    name: AccountName,
    issuer: Annotated[
        str, typer.Option("--issuer", metavar="URL", help="The provider, as its tokens name it.")
    ],
    subject: Annotated[
        str, typer.Option("--subject", metavar="TEXT", help="The person there: the claim sub.")
    ],
    remove: Annotated[bool, typer.Option("--remove", help="Unlink it; sessions of NAME end.")] = False,
    config: Config = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Let a person's account at a provider of OpenID Connect sign in to the account NAME."""
    from accounts.administration import people

    work = people.unlink_identity if remove else people.link_identity
    change(config, database, lambda connection, order: work(connection, name, (issuer, subject), order))
    if as_json:
        return say_json({"name": name, "issuer": issuer, "subject": subject, "linked": not remove})
    return say(f"{subject} at {issuer} {'no longer signs' if remove else 'signs'} in to {name}")
