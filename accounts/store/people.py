"""Accounts of people, their roles, and their identities at providers of OpenID Connect."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import structlog
from sqlalchemy import Connection, Row, delete, insert, select, update

from accounts.domain.account import Account
from accounts.domain.actor import Grant
from accounts.domain.areas import Validity
from accounts.domain.roles import Role
from accounts.store.changes import note_change
from accounts.tables import account_grants, account_identities, account_passwords, accounts
from contract.times import Micros

log = structlog.get_logger(__name__)

_IN_FORCE = account_grants.c.ended_at.is_(None)


def account_of(connection: Connection, name: str) -> Account | None:
    """Return the account *name*; None where there is none."""
    return next(iter(_accounts(connection, [name])), None)


def all_accounts(connection: Connection) -> list[Account]:
    """Return all accounts, by name."""
    return _accounts(connection, None)


def has_accounts(connection: Connection) -> bool:
    """Return whether the center has any account, also a disabled one."""
    return connection.scalar(select(accounts.c.name).limit(1)) is not None


def can_administer(connection: Connection, day: date) -> bool:
    """Return whether an administrator of the whole center can sign in on *day*.

    One who was added, and has neither a password nor an identity at a provider yet, cannot.
    """
    known = [each.name for each in all_accounts(connection) if each.is_administrator(day)]
    ways = (account_passwords.c.account, account_identities.c.account)
    return any(
        connection.scalar(select(each).where(each.in_(known)).limit(1)) is not None for each in ways
    )


def account_at(connection: Connection, issuer: str, subject: str) -> Account | None:
    """Return the account of *subject* at the provider *issuer*."""
    found = connection.scalar(
        select(account_identities.c.account).where(
            account_identities.c.issuer == issuer, account_identities.c.subject == subject
        )
    )
    return None if found is None else account_of(connection, found)


def _accounts(connection: Connection, names: list[str] | None) -> list[Account]:
    chosen, held = select(accounts).order_by(accounts.c.name), select(account_grants).where(_IN_FORCE)
    if names is not None:
        chosen = chosen.where(accounts.c.name.in_(names))
        held = held.where(account_grants.c.account.in_(names))
    grants: dict[str, list[Grant]] = {}
    for row in connection.execute(held.order_by(account_grants.c.id)):
        grants.setdefault(row.account, []).extend(_grant(row))
    return [_account(row, grants.get(row.name, ())) for row in connection.execute(chosen)]


def _account(row: Row[*tuple[Any, ...]], grants: Iterable[Grant]) -> Account:
    return Account(
        name=row.name,
        display_name=row.display_name,
        place=row.place,
        grants=tuple(grants),
        disabled_at=row.disabled_at,
        contact=row.contact,
    )


def _grant(row: Row[*tuple[Any, ...]]) -> Iterable[Grant]:
    """Return the grant of *row*; nothing where its role is none that this program knows."""
    if row.role not in set(Role):
        log.error("role of an account cannot be read", account=row.account, role=row.role)
        return ()
    validity = Validity(row.since, row.until)
    return (Grant(role=Role(row.role), area=row.area, premises=row.premises, validity=validity),)


def add_account(connection: Connection, account: Account, *, at: Micros, by: str) -> None:
    """Store *account* with its grants."""
    values = {"name": account.name, "display_name": account.display_name, "place": account.place}
    made = {"contact": account.contact, "made_at": at, "made_by": by}
    connection.execute(insert(accounts).values(**values, **made))
    for each in account.grants:
        add_grant(connection, account.name, each, at=at, by=by)


def add_grant(connection: Connection, account: str, grant: Grant, *, at: Micros, by: str) -> None:
    """Let *account* hold *grant*."""
    row = {"role": grant.role.value, "area": grant.area, "premises": grant.premises}
    days = {"since": grant.validity.since, "until": grant.validity.until}
    connection.execute(
        insert(account_grants).values(account=account, **row, **days, given_at=at, given_by=by)
    )
    note_change(connection)


def end_grants(connection: Connection, account: str, grant: Grant, *, at: Micros, by: str) -> int:
    """End what *account* holds as the role and place of *grant*, whatever its days; return how many."""
    ended = connection.execute(
        update(account_grants)
        .where(
            _IN_FORCE,
            account_grants.c.account == account,
            account_grants.c.role == grant.role.value,
            account_grants.c.area.is_not_distinct_from(grant.area),
            account_grants.c.premises.is_not_distinct_from(grant.premises),
        )
        .values(ended_at=at, ended_by=by)
    )
    note_change(connection)
    return ended.rowcount


def set_disabled(connection: Connection, account: str, *, at: Micros | None, by: str | None) -> None:
    """Disable *account* at a moment; None enables it again."""
    connection.execute(
        update(accounts).where(accounts.c.name == account).values(disabled_at=at, disabled_by=by)
    )
    note_change(connection)


def set_contact(connection: Connection, account: str, contact: str | None) -> None:
    """Reach the person of *account* by *contact* of the registry; None: by none."""
    connection.execute(update(accounts).where(accounts.c.name == account).values(contact=contact))
    note_change(connection)


def add_identity(
    connection: Connection, account: str, identity: tuple[str, str], *, at: Micros, by: str
) -> None:
    """Let *identity*, a subject at an issuer, sign in to *account*."""
    issuer, subject = identity
    connection.execute(
        insert(account_identities).values(
            issuer=issuer, subject=subject, account=account, made_at=at, made_by=by
        )
    )
    note_change(connection)


def remove_identity(connection: Connection, account: str, identity: tuple[str, str]) -> bool:
    """Let *identity* no longer sign in to *account*; return False where it did not."""
    removed = connection.execute(
        delete(account_identities).where(
            account_identities.c.issuer == identity[0],
            account_identities.c.subject == identity[1],
            account_identities.c.account == account,
        )
    )
    return removed.rowcount == 1


def identities_of(connection: Connection, account: str) -> list[tuple[str, str]]:
    """Return the identities, each an issuer and a subject, that sign in to *account*."""
    found = connection.execute(
        select(account_identities.c.issuer, account_identities.c.subject)
        .where(account_identities.c.account == account)
        .order_by(account_identities.c.issuer, account_identities.c.subject)
    )
    return [(row.issuer, row.subject) for row in found]
