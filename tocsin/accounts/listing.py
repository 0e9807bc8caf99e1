"""The verbs ``accounts list`` and ``accounts show``: the accounts and all that is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract.local_time import local, utc
from contract.times import Micros, from_micros
from tocsin.accounts.center import AccountName, change
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from accounts.administration.overview import AccountOverview
    from accounts.domain.actor import Grant
    from accounts.domain.sessions import Session


def list_accounts(config: Config = None, database: Database = None, as_json: AsJson = False) -> None:
    """List the accounts and their roles.

    With --json the answer has accounts, each as tocsin accounts show --json has it.
    """
    from accounts.administration.overview import overviews

    found = change(config, database, lambda connection, _: overviews(connection))
    if as_json:
        say_json({"accounts": [overview_json(each) for each in found]})
    elif not found:
        say("there is no account; make the first administrator with: tocsin accounts init")
    else:
        say(*(_line(each) for each in found))


def show(
    name: AccountName, config: Config = None, database: Database = None, as_json: AsJson = False
) -> None:
    """Show the account NAME: its roles, what it signs in with, its sessions and failed attempts."""
    from accounts.administration.overview import overview

    found = change(config, database, lambda connection, _: overview(connection, name))
    if as_json:
        say_json(overview_json(found))
    else:
        say(*_lines(found))


def overview_json(found: AccountOverview) -> dict[str, Any]:
    """Return *found* for ``--json``."""
    account = found.account
    return {
        "name": account.name,
        "display_name": account.display_name,
        "place": account.place,
        "contact": account.contact,
        "disabled": account.is_disabled,
        "roles": [grant_json(each) for each in account.grants],
        "password": found.has_password,
        "device": found.has_device,
        "recovery_codes": found.recovery_codes,
        "identities": [{"issuer": issuer, "subject": subject} for issuer, subject in found.identities],
        "sessions": [session_json(each) for each in found.sessions],
        "last_sign_in": _utc(found.last_sign_in_at),
        "failed_attempts": found.failed_attempts,
    }


def grant_json(held: Grant) -> dict[str, str | None]:
    """Return *held* for ``--json``."""
    since, until = held.validity.since, held.validity.until
    return {
        "role": held.role.value,
        "area": held.area,
        "premises": held.premises,
        "since": None if since is None else since.isoformat(),
        "until": None if until is None else until.isoformat(),
    }


def session_json(session: Session) -> dict[str, Any]:
    """Return *session* for ``--json``."""
    return {
        "id": session.id,
        "name": session.account,
        "evidence": session.evidence.value,
        "address": session.address,
        "since": _utc(session.began_at),
        "seen": _utc(session.seen_at),
    }


def session_line(session: Session) -> str:
    """Return *session* for a person."""
    times = f"since {local(session.began_at)}, seen {local(session.seen_at)}"
    return (
        f"{session.id} {session.account}, {times}, from {session.address}, by {session.evidence.value}"
    )


def _utc(at: Micros | None) -> str | None:
    return None if at is None else utc(from_micros(at))


def _line(found: AccountOverview) -> str:
    from accounts.administration.people import describe

    account = found.account
    roles = "; ".join(map(describe, account.grants)) or "no role"
    return f"{account.name} ({account.display_name}): {roles}{', disabled' * account.is_disabled}"


def _lines(found: AccountOverview) -> list[str]:
    at = found.last_sign_in_at
    last = "never" if at is None else local(at)
    return [
        _line(found),
        f"  place of work: {found.account.place or 'not named'}",
        f"  contact: {found.account.contact or 'none; set one with: tocsin accounts contact'}",
        f"  password: {'set' if found.has_password else 'not set; print a code: reset-password'}",
        f"  device for one-time codes: {_device(found)}",
        *(f"  identity: {subject} at {issuer}" for issuer, subject in found.identities),
        f"  last sign-in: {last}; failed attempts since: {found.failed_attempts}",
        *(f"  session {session_line(each)}" for each in found.sessions),
    ]


def _device(found: AccountOverview) -> str:
    from accounts.domain.second_factor import needs_second_factor

    if found.has_device:
        return f"enrolled, {found.recovery_codes} recovery codes left"
    needs = needs_second_factor(found.account.grants)
    return "none; roles that need it do not count until one is enrolled" if needs else "none"
