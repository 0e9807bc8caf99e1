"""The verbs ``accounts grant`` and ``accounts ungrant``: roles of people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from accounts.domain.roles import Role
from tocsin.accounts.center import AccountName, Area, InPremises, Since, Until, change, day
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from accounts.domain.actor import Grant

RoleOption = Annotated[
    Role, typer.Option("--role", metavar="ROLE", help="The role, such as duty-officer.")
]


def grant(
    name: AccountName,
    role: RoleOption,
    area: Area = None,
    premises: InPremises = None,
    since: Since = None,
    until: Until = None,
    config: Config = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Give the account NAME a role in an area, in premises, or everywhere.

    An area holds all that is below it in the registry, as of each day. What each role may is in
    docs/security.md. It is in force within a second, from --since on, and not from --until on.

    Exit code: 0 if it was given, 2 if it is refused.
    """
    from accounts.administration import people
    from accounts.domain.actor import Grant
    from accounts.domain.areas import Validity

    days = Validity(day(since), day(until))
    held = Grant(role=role, area=area, premises=premises, validity=days)
    change(config, database, lambda connection, order: people.grant(connection, name, held, order))
    _answer(f"{name} holds {people.describe(held)}", name, held, as_json=as_json)


def ungrant(
    name: AccountName,
    role: RoleOption,
    area: Area = None,
    premises: InPremises = None,
    config: Config = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Take a role from the account NAME, where it is held so: in the same area or premises.

    The last administrator keeps that role. It is taken within a second, also from sessions under way.

    Exit code: 0 if it was taken, 2 if it is refused.
    """
    from accounts.administration import people
    from accounts.domain.actor import Grant

    held = Grant(role=role, area=area, premises=premises)
    change(config, database, lambda connection, order: people.ungrant(connection, name, held, order))
    _answer(f"{name} no longer holds {people.describe(held)}", name, held, as_json=as_json)


def _answer(text: str, name: str, held: Grant, *, as_json: bool) -> None:
    from tocsin.accounts.listing import grant_json

    if as_json:
        say_json({"name": name, **grant_json(held)})
    else:
        say(text)
