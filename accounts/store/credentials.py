"""Credentials of people: passwords, one-time codes, recovery codes, and links that work once."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from accounts.store.changes import note_change
from accounts.tables import account_codes, account_links, account_passwords, account_recovery_codes
from contract.times import Micros


@dataclass(frozen=True, slots=True)
class CodeSecret:
    """The secret of the one-time codes of an account; in force where it was *proved*."""

    secret: str
    proved: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A link that works once, for *account*, or for the first account where that is None."""

    account: str | None
    expires_at: Micros


def password_hash(connection: Connection, account: str) -> str | None:
    """Return the hash of the password of *account*; None where it has none."""
    return connection.scalar(
        select(account_passwords.c.hash).where(account_passwords.c.account == account)
    )


def set_password(connection: Connection, account: str, hashed: str, *, at: Micros) -> None:
    """Store *hashed* as the password of *account*."""
    connection.execute(delete(account_passwords).where(account_passwords.c.account == account))
    connection.execute(insert(account_passwords).values(account=account, hash=hashed, set_at=at))


def code_secret(connection: Connection, account: str) -> CodeSecret | None:
    """Return the secret of the one-time codes of *account*; None where it has none."""
    row = connection.execute(
        select(account_codes.c.secret, account_codes.c.proved_at).where(
            account_codes.c.account == account
        )
    ).one_or_none()
    return None if row is None else CodeSecret(row.secret, row.proved_at is not None)


def set_code_secret(connection: Connection, account: str, secret: str, *, at: Micros) -> None:
    """Store *secret* for the one-time codes of *account*, in place of any other; not yet proved."""
    remove_codes(connection, account)
    connection.execute(
        insert(account_codes).values(account=account, secret=secret, made_at=at, last_step=0)
    )


def prove_code_secret(connection: Connection, account: str, secret: str, *, at: Micros) -> bool:
    """Put *secret* in force for *account*; return False where it has another one by now."""
    proved = connection.execute(
        update(account_codes)
        .where(
            account_codes.c.account == account,
            account_codes.c.secret == secret,
            account_codes.c.proved_at.is_(None),
        )
        .values(proved_at=at)
    )
    note_change(connection)
    return proved.rowcount == 1


def remove_unproved(connection: Connection, account: str, secret: str) -> None:
    """Remove *secret* of *account*, unless it is in force by now."""
    own = account_codes.c.account == account, account_codes.c.secret == secret
    connection.execute(delete(account_codes).where(*own, account_codes.c.proved_at.is_(None)))


def use_step(connection: Connection, account: str, step: int) -> bool:
    """Note that the code of *step* was used; return False where it, or a later one, was used before."""
    used = connection.execute(
        update(account_codes)
        .where(account_codes.c.account == account, account_codes.c.last_step < step)
        .values(last_step=step)
    )
    return used.rowcount == 1


def remove_codes(connection: Connection, account: str) -> None:
    """Remove the secret and the recovery codes of *account*."""
    for table in (account_codes, account_recovery_codes):
        connection.execute(delete(table).where(table.c.account == account))
    note_change(connection)


def set_recovery_codes(connection: Connection, account: str, hashes: Iterable[str]) -> None:
    """Store *hashes* of the recovery codes of *account*, in place of all others."""
    own = account_recovery_codes.c.account == account
    connection.execute(delete(account_recovery_codes).where(own))
    rows = [{"account": account, "hash": each} for each in hashes]
    connection.execute(insert(account_recovery_codes), rows)


def use_recovery_code(connection: Connection, account: str, hashed: str, *, at: Micros) -> bool:
    """Note that a recovery code was used; return False where there is none, or it was used before."""
    used = connection.execute(
        update(account_recovery_codes)
        .where(
            account_recovery_codes.c.account == account,
            account_recovery_codes.c.hash == hashed,
            account_recovery_codes.c.used_at.is_(None),
        )
        .values(used_at=at)
    )
    return used.rowcount == 1


def unused_recovery_codes(connection: Connection, account: str) -> int:
    """Return how many recovery codes *account* has left."""
    left = select(func.count()).where(
        account_recovery_codes.c.account == account, account_recovery_codes.c.used_at.is_(None)
    )
    return connection.scalar(left) or 0


def add_link(connection: Connection, hashed: str, link: Link, *, at: Micros, by: str) -> None:
    """Store a link, in place of all that were made for the same account before."""
    same = account_links.c.account.is_not_distinct_from(link.account)
    connection.execute(delete(account_links).where(same, account_links.c.used_at.is_(None)))
    values = {"hash": hashed, "account": link.account, "expires_at": link.expires_at}
    connection.execute(insert(account_links).values(**values, made_at=at, made_by=by))


def use_link(connection: Connection, hashed: str, *, at: Micros) -> Link | None:
    """Note that the link was used and return it; None where it is unknown, used or expired."""
    used = connection.execute(
        update(account_links)
        .where(
            account_links.c.hash == hashed,
            account_links.c.used_at.is_(None),
            account_links.c.expires_at > at,
        )
        .values(used_at=at)
    )
    if used.rowcount != 1:
        return None
    row = connection.execute(select(account_links).where(account_links.c.hash == hashed)).one()
    return Link(row.account, row.expires_at)


def link_of(connection: Connection, hashed: str, *, at: Micros) -> Link | None:
    """Return the link that could be used at a moment."""
    row = connection.execute(
        select(account_links).where(
            account_links.c.hash == hashed,
            account_links.c.used_at.is_(None),
            account_links.c.expires_at > at,
        )
    ).one_or_none()
    return None if row is None else Link(row.account, row.expires_at)


def forget_old_links(connection: Connection, *, before: Micros) -> None:
    """Delete the links that expired *before* a moment."""
    connection.execute(delete(account_links).where(account_links.c.expires_at < before))
