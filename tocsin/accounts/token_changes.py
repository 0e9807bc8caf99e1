"""The verbs ``accounts token add``, ``rotate`` and ``revoke``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.accounts.center import change
from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from accounts.administration.order import ChangeOrder, Transaction
    from contract.http.permissions import Permission

TokenName = Annotated[str, typer.Argument(metavar="NAME", help="The name of the system.")]
Days = Annotated[
    float,
    typer.Option("--days", min=0.01, max=3_660, metavar="DAYS", help="Days until the token expires."),
]


def add(
    name: TokenName,
    scope: Annotated[
        list[str], typer.Option("--scope", metavar="SCOPE", help="What it may; one --scope each.")
    ],
    area: Annotated[
        list[str], typer.Option("--area", metavar="AREA", help="Only in this area; repeatable.")
    ] = [],  # noqa: B006 (typer makes a new one)
    premises: Annotated[
        list[str], typer.Option("--premises", "-p", metavar="NAME", help="Only here; repeatable.")
    ] = [],  # noqa: B006
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="In all premises, unregistered ones, too.")
    ] = False,
    days: Days = 365,
    config: Config = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Make a token for the system NAME, and print it: nobody can read it again.

    A system sends it in each request: Authorization: Bearer TOKEN. It holds in the
    areas and premises that are named, or --everywhere. Scopes: incidents:read, incidents:act,
    overrides:read, signals:read, gateways:read, feed:read, ledger:read, readings:read, registry:read,
    registry:write, metrics:read.
    """
    from accounts.administration import tokens
    from accounts.domain.account import TokenPlace

    scopes = frozenset(map(_scope, scope))
    places = [
        *(TokenPlace(area=each) for each in area),
        *(TokenPlace(premises=each) for each in premises),
        *([TokenPlace()] if everywhere else []),
    ]

    def work(connection: Transaction, order: ChangeOrder) -> str:
        return tokens.add_token(connection, name, order, scopes=scopes, places=places, days=days)

    _show(name, change(config, database, work), f"token {name}, for {days:g} days", as_json=as_json)


def rotate(
    name: TokenName,
    overlap: Annotated[
        float,
        typer.Option("--overlap", min=0, max=720, metavar="HOURS", help="The old one works so long."),
    ] = 24,
    days: Days = 365,
    config: Config = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Make another token for the system NAME, with the same scopes and places; the old one works on.

    Within --overlap the system is given the new one; then the old one is refused.
    """
    from accounts.administration import tokens

    def work(connection: Transaction, order: ChangeOrder) -> str:
        return tokens.rotate_token(connection, name, order, days=days, overlap_h=overlap)[0]

    text = f"token {name}, for {days:g} days; the one before works for {overlap:g} h more"
    _show(name, change(config, database, work), text, as_json=as_json)


def revoke(
    name: TokenName, config: Config = None, database: Database = None, as_json: AsJson = False
) -> None:
    """Revoke all tokens of the system NAME: each is refused within a second."""
    from accounts.administration import tokens

    revoked = change(config, database, lambda c, order: tokens.revoke_token(c, name, order))
    if as_json:
        say_json({"name": name, "revoked": revoked})
    else:
        say(f"token {name} is revoked")


def _show(name: str, token: str, text: str, *, as_json: bool) -> None:
    if as_json:
        say_json({"name": name, "token": token})
    else:
        say(f"{text}; it is shown this once:", f"  {token}")


def _scope(text: str) -> Permission:
    from accounts.administration.tokens import scopes_for_people
    from accounts.domain.roles import OF_SYSTEMS

    found = next((each for each in OF_SYSTEMS if each.value == text), None)
    if found is None:
        stop(f"{text!r} is not a scope of systems; there are: {scopes_for_people(OF_SYSTEMS)}")
    return found
