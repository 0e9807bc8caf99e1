"""Changes of the tokens of systems."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from accounts.administration.order import CannotChange, ChangeOrder
from accounts.administration.people import place_of
from accounts.administration.places import check_place
from accounts.domain.account import SystemToken, TokenPlace
from accounts.domain.roles import OF_SYSTEMS
from accounts.secret_texts import hash_of, new_system_token
from accounts.store import tokens
from contract.http.permissions import Permission
from contract.names import is_name
from contract.times import SECOND, Micros

DAY = 24 * 3_600 * SECOND
"""Microseconds."""

LONGEST_DAYS = 3_660
"""Days for which a token is valid at most."""


def add_token(
    connection: Connection,
    name: str,
    order: ChangeOrder,
    *,
    scopes: frozenset[Permission],
    places: Sequence[TokenPlace],
    days: float,
) -> str:
    """Make a token for the system *name*; return its text, kept nowhere. Raises CannotChange."""
    if not is_name(name):
        text = "a name has 1 to 63 small letters, digits and hyphens, such as province-map"
        raise CannotChange(f"{name!r} cannot be the name of a token; {text}")
    if _in_force(connection, name, order.at):
        text = f"replace it with: tocsin accounts token rotate {name}"
        raise CannotChange(f"there is a token {name} already; {text}, or choose another name")
    _check_scopes(scopes)
    if not places:
        raise CannotChange(f"token {name} holds nowhere; name --area or --premises, or --everywhere")
    for each in places:
        check_place(connection, each.area, each.premises, day=order.day)
    token = SystemToken(
        id=0,
        name=name,
        scopes=scopes,
        places=tuple(places),
        expires_at=order.at + round(days * DAY),
        made_at=order.at,
        made_by=order.by,
    )
    order.record(connection, f"token {name}", "token made", **_detail(token))
    return _store(connection, token)


def rotate_token(
    connection: Connection, name: str, order: ChangeOrder, *, days: float, overlap_h: float
) -> tuple[str, SystemToken]:
    """Make another token like that of *name*, which works on for *overlap_h* hours; return the new one.

    Raises CannotChange.
    """
    known = _in_force(connection, name, order.at)
    if not known:
        raise CannotChange(f"no token {name!r} is in force; see: tocsin accounts token list")
    tokens.shorten_tokens(connection, name, until=order.at + round(overlap_h * 3_600 * SECOND))
    new = replace(
        known[-1],
        expires_at=order.at + round(days * DAY),
        made_at=order.at,
        made_by=order.by,
    )
    order.record(
        connection, f"token {name}", "token rotated", overlap_h=f"{overlap_h:g}", **_detail(new)
    )
    return _store(connection, new), new


def revoke_token(connection: Connection, name: str, order: ChangeOrder) -> int:
    """Revoke the tokens of *name* at once; return how many. Raises CannotChange."""
    if not tokens.tokens_named(connection, name):
        raise CannotChange(f"there is no token {name!r}; see: tocsin accounts token list")
    revoked = tokens.revoke_tokens(connection, name, at=order.at, by=order.by)
    if not revoked:
        raise CannotChange(f"token {name} was revoked before; nothing was changed")
    order.record(connection, f"token {name}", "token revoked", tokens=str(revoked))
    return revoked


def scopes_for_people(scopes: frozenset[Permission]) -> str:
    """Return *scopes* in their order."""
    return " ".join(sorted(scopes))


def places_for_people(places: Sequence[TokenPlace]) -> str:
    """Return *places* for a person."""
    return ", ".join(place_of(each.area, each.premises) for each in places)


def _store(connection: Connection, token: SystemToken) -> str:
    text = new_system_token()
    tokens.add_token(connection, hash_of(text), token)
    return text


def _in_force(connection: Connection, name: str, at: Micros) -> list[SystemToken]:
    return [each for each in tokens.tokens_named(connection, name) if each.is_in_force(at)]


def _check_scopes(scopes: frozenset[Permission]) -> None:
    if not scopes or scopes - OF_SYSTEMS:
        wrong = scopes_for_people(scopes - OF_SYSTEMS) or "nothing"
        raise CannotChange(f"{wrong} cannot be a scope; there are: {scopes_for_people(OF_SYSTEMS)}")


def _detail(token: SystemToken) -> dict[str, str]:
    return {"scopes": scopes_for_people(token.scopes), "places": places_for_people(token.places)}
