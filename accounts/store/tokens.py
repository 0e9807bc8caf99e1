"""Tokens of systems: shown once, stored as hashes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from accounts.domain.account import SystemToken, TokenPlace
from accounts.store.changes import note_change
from accounts.tables import system_token_places, system_tokens
from contract.http.permissions import Permission
from contract.times import Micros


def add_token(connection: Connection, hashed: str, token: SystemToken) -> int:
    """Store *token*, of which *hashed* is kept; return its number."""
    added = connection.execute(
        insert(system_tokens).values(
            hash=hashed,
            name=token.name,
            scopes=json.dumps(sorted(token.scopes)),
            made_at=token.made_at,
            made_by=token.made_by,
            expires_at=token.expires_at,
        )
    )
    number = int(added.inserted_primary_key[0]) if added.inserted_primary_key else 0
    rows = [
        {"token": number, "number": place, "area": each.area, "premises": each.premises}
        for place, each in enumerate(token.places)
    ]
    connection.execute(insert(system_token_places), rows)
    return number


def token_with(connection: Connection, hashed: str) -> SystemToken | None:
    """Return the token of which *hashed* is kept, whatever became of it."""
    found = _tokens(connection, select(system_tokens).where(system_tokens.c.hash == hashed))
    return found[0] if found else None


def tokens_named(connection: Connection, name: str) -> list[SystemToken]:
    """Return all tokens of *name*, the oldest first."""
    return _tokens(connection, select(system_tokens).where(system_tokens.c.name == name))


def all_tokens(connection: Connection) -> list[SystemToken]:
    """Return all tokens, the oldest first."""
    return _tokens(connection, select(system_tokens))


def _tokens(connection: Connection, chosen: Select[*tuple[Any, ...]]) -> list[SystemToken]:
    rows: Sequence[Row[*tuple[Any, ...]]] = connection.execute(chosen.order_by(system_tokens.c.id)).all()
    places: dict[int, list[TokenPlace]] = {}
    of_these = system_token_places.c.token.in_([row.id for row in rows])
    held = select(system_token_places).where(of_these).order_by(system_token_places.c.number)
    for row in connection.execute(held):
        places.setdefault(row.token, []).append(TokenPlace(row.area, row.premises))
    return [_token(row, tuple(places.get(row.id, ()))) for row in rows]


def _token(row: Row[*tuple[Any, ...]], places: tuple[TokenPlace, ...]) -> SystemToken:
    known = set(Permission)
    return SystemToken(
        id=row.id,
        name=row.name,
        scopes=frozenset(Permission(each) for each in json.loads(row.scopes) if each in known),
        places=places,
        expires_at=row.expires_at,
        made_at=row.made_at,
        made_by=row.made_by,
        seen_at=row.seen_at,
        address=row.address,
        revoked_at=row.revoked_at,
    )


def note_used(connection: Connection, used: Mapping[int, tuple[Micros, str]]) -> None:
    """Note when and from which address each token was *used* last, by its number."""
    for number, (at, address) in used.items():
        connection.execute(
            update(system_tokens)
            .where(system_tokens.c.id == number)
            .values(seen_at=at, address=address[:64])
        )


def shorten_tokens(connection: Connection, name: str, *, until: Micros) -> None:
    """Let those tokens of *name* that are in force expire at a moment, if they did not before."""
    in_force = (system_tokens.c.name == name, system_tokens.c.expires_at > until)
    connection.execute(
        update(system_tokens)
        .where(*in_force, system_tokens.c.revoked_at.is_(None))
        .values(expires_at=until)
    )
    note_change(connection)


def revoke_tokens(connection: Connection, name: str, *, at: Micros, by: str) -> int:
    """Revoke all tokens of *name* that are not; return how many."""
    revoked = connection.execute(
        update(system_tokens)
        .where(system_tokens.c.name == name, system_tokens.c.revoked_at.is_(None))
        .values(revoked_at=at, revoked_by=by)
    )
    note_change(connection)
    return revoked.rowcount
