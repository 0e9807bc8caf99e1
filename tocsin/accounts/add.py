"""The verb ``accounts add``: a person who may sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from accounts.domain.roles import Role
from tocsin.accounts.center import (
    AccountName,
    Area,
    Hours,
    InPremises,
    Since,
    Until,
    Url,
    change,
    code_lines,
    day,
)
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from accounts.administration.order import ChangeOrder, Transaction


def add(
    name: AccountName,
    display_name: Annotated[
        str, typer.Option("--display-name", metavar="TEXT", help="The name that others read.")
    ],
    role: Annotated[
        list[Role], typer.Option("--role", metavar="ROLE", help="A role; several with one --role each.")
    ] = [],  # noqa: B006 (typer makes a new one)
    place: Annotated[
        str, typer.Option("--place", metavar="TEXT", help="The place of work, such as the desk.")
    ] = "",
    contact: Annotated[
        str | None,
        typer.Option("--contact", metavar="ID", help="The contact of the registry who this is."),
    ] = None,
    area: Area = None,
    premises: InPremises = None,
    since: Since = None,
    until: Until = None,
    url: Url = "http://localhost:8080",
    hours: Hours = 72,
    config: Config = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Add a person who may sign in as NAME, and print the code that sets the password once.

    The roles are held in the area or premises that are named. Without these, duty-officer, shift-leader,
    commander, maintainer, administrator and auditor are held everywhere, in unregistered premises, too;
    area-team, commune, head-of-premises and team-member need one. What each role may is in
    docs/security.md. A role that ends incidents, or changes the registry or accounts, counts only once
    the person enrolled a device for one-time codes, which the center asks for at the first sign-in.

    Exit code: 0 if it was added, 2 if it is refused. With --json the answer has name and code.
    """
    from accounts.domain.account import Account
    from accounts.domain.actor import Grant
    from accounts.domain.areas import Validity

    days = Validity(day(since), day(until))
    grants = tuple(Grant(role=each, area=area, premises=premises, validity=days) for each in role)
    account = Account(name=name, display_name=display_name, place=place, grants=grants, contact=contact)

    def work(connection: Transaction, order: ChangeOrder) -> str:
        from accounts.administration.people import add_person, make_password_link

        add_person(connection, account, order)
        return make_password_link(connection, name, order, valid_h=hours)

    code = change(config, database, work)
    if as_json:
        return say_json({"name": name, "code": code})
    return say(f"{name} was added", *code_lines(code, url, hours=hours))
