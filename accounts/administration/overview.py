"""All that is known of an account, for whoever manages accounts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from accounts.administration.people import existing
from accounts.domain.account import Account
from accounts.domain.sessions import Session
from accounts.store import credentials, people
from accounts.store.sessions import last_sign_in, open_sessions
from accounts.tables import account_throttle
from contract.times import Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOverview:
    """An account with its credentials and its sessions."""

    account: Account
    has_password: bool
    has_device: bool
    recovery_codes: int
    identities: Sequence[tuple[str, str]]
    sessions: Sequence[Session]
    last_sign_in_at: Micros | None
    failed_attempts: int


def overview(connection: Connection, name: str) -> AccountOverview:
    """Return all that is known of the account *name*; raises CannotChange where there is none."""
    return _overview(connection, existing(connection, name))


def overviews(connection: Connection) -> list[AccountOverview]:
    """Return all that is known of each account."""
    return [_overview(connection, each) for each in people.all_accounts(connection)]


def _overview(connection: Connection, account: Account) -> AccountOverview:
    name = account.name
    secret = credentials.code_secret(connection, name)
    failures = select(func.max(account_throttle.c.failures)).where(
        account_throttle.c.subject == f"account {name}"
    )
    return AccountOverview(
        account=account,
        has_password=credentials.password_hash(connection, name) is not None,
        has_device=secret is not None and secret.proved,
        recovery_codes=credentials.unused_recovery_codes(connection, name),
        identities=people.identities_of(connection, name),
        sessions=open_sessions(connection, name),
        last_sign_in_at=last_sign_in(connection, name),
        failed_attempts=connection.scalar(failures) or 0,
    )
