"""The verb ``accounts token list``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from contract.local_time import local, utc
from contract.times import Micros, from_micros, to_micros
from runtime.clock import utc_now
from tocsin.accounts.center import change
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from accounts.domain.account import SystemToken


def list_tokens(
    all_: Annotated[
        bool, typer.Option("--all", help="Also those that expired or were revoked.")
    ] = False,
    config: Config = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List the tokens in force: what each may, where, until when, and when it was used last."""
    from accounts.store.tokens import all_tokens

    now = to_micros(utc_now())
    found = change(config, database, lambda connection, _: all_tokens(connection))
    shown = [each for each in found if all_ or each.is_in_force(now)]
    if as_json:
        say_json({"tokens": [_json(each, now) for each in shown]})
    elif not shown:
        say("no token is in force; make one with: tocsin accounts token add")
    else:
        say(*(_line(each) for each in shown))


def _line(token: SystemToken) -> str:
    from accounts.administration.tokens import places_for_people, scopes_for_people

    used = "never used" if token.seen_at is None else f"used {local(token.seen_at)} from {token.address}"
    end = f"until {local(token.expires_at)}"
    if token.revoked_at is not None:
        end = f"revoked {local(token.revoked_at)}"
    what = f"{scopes_for_people(token.scopes)}, {places_for_people(token.places)}"
    return f"{token.name} {token.id}: {what}, {end}, {used}"


def _json(token: SystemToken, now: Micros) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": sorted(token.scopes),
        "places": [{"area": each.area, "premises": each.premises} for each in token.places],
        "in_force": token.is_in_force(now),
        "made": _utc(token.made_at),
        "made_by": token.made_by,
        "expires": _utc(token.expires_at),
        "used": _utc(token.seen_at),
        "address": token.address,
        "revoked": _utc(token.revoked_at),
    }


def _utc(at: Micros | None) -> str | None:
    return None if at is None else utc(from_micros(at))
