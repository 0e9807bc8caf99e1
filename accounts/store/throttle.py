"""Failed attempts to sign in, kept beyond a restart."""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select

from accounts.domain.throttle import FREE, MOST, Failures
from accounts.tables import account_throttle
from contract.times import Micros


def read_failures(connection: Connection) -> dict[str, Failures]:
    """Return the failures of all subjects, of those that failed most."""
    most = select(account_throttle).order_by(account_throttle.c.failures.desc()).limit(MOST)
    return {row.subject: Failures(row.failures, row.last_at) for row in connection.execute(most)}


def save_failures(connection: Connection, failures: Mapping[str, Failures | None]) -> None:
    """Store *failures* by subject, those that make it wait; None forgets them."""
    subjects = account_throttle.c.subject.in_(list(failures))
    connection.execute(delete(account_throttle).where(subjects))
    rows = [
        {"subject": key, "failures": each.count, "last_at": each.last_at}
        for key, each in failures.items()
        if each is not None and each.count >= FREE
    ]
    if rows:
        connection.execute(insert(account_throttle), rows)


def forget_old_failures(connection: Connection, *, before: Micros) -> None:
    """Delete failures from *before* a moment, and of those after it all but the most."""
    connection.execute(delete(account_throttle).where(account_throttle.c.last_at < before))
    by_weight = account_throttle.c.failures.desc(), account_throttle.c.last_at.desc()
    kept = select(account_throttle.c.subject).order_by(*by_weight).limit(MOST)
    connection.execute(delete(account_throttle).where(account_throttle.c.subject.not_in(kept)))


def forget_account(connection: Connection, account: str) -> None:
    """Forget all failures of *account*."""
    for kind in ("account", "here", "known"):
        subject = account_throttle.c.subject
        connection.execute(
            delete(account_throttle).where(
                (subject == f"{kind} {account}") | subject.startswith(f"{kind} {account} ")
            )
        )
