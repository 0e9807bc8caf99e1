"""Changes of the accounts of people."""

from collections.abc import Sequence

from sqlalchemy import Connection

from accounts.administration.order import CannotChange, ChangeOrder
from accounts.administration.places import check_contact, check_place
from accounts.domain.account import Account
from accounts.domain.actor import Grant
from accounts.domain.roles import OF_PLACES, Role
from accounts.domain.second_factor import DRIFT, STEP
from accounts.domain.sessions import SessionEnd
from accounts.secret_texts import hash_of, new_secret
from accounts.store import credentials, people
from accounts.store.sessions import end_sessions
from accounts.store.throttle import forget_account
from contract.names import is_name
from contract.times import SECOND, from_micros
from words.people_text import UnseenCharacter, people_text

HOUR = 3_600 * SECOND
"""Microseconds."""

LONGEST_TEXT = 200
"""Characters of the name of a person, or of a place of work."""


def make_setup_link(connection: Connection, order: ChangeOrder, *, valid_h: float) -> str:
    """Return the code of the link that makes the first administrator; raises CannotChange."""
    refuse_second_start(connection, order)
    return _make_link(connection, None, order, valid_h=valid_h)


def refuse_second_start(connection: Connection, order: ChangeOrder) -> None:
    """Refuse to make a first administrator where there is one; raises CannotChange."""
    known = [each.name for each in people.all_accounts(connection) if each.is_administrator(order.day)]
    if known:
        text = "add others with: tocsin accounts add; set a forgotten password with: reset-password"
        raise CannotChange(f"there is an administrator already ({', '.join(known)}); {text}")


def add_person(connection: Connection, account: Account, order: ChangeOrder) -> None:
    """Add *account* with its grants; raises CannotChange."""
    if not is_name(account.name):
        text = "a name has 1 to 63 small letters, digits and hyphens, such as tran-an"
        raise CannotChange(f"{account.name!r} cannot be the name of an account; {text}")
    if people.account_of(connection, account.name) is not None:
        raise CannotChange(f"there is an account {account.name} already; choose another name")
    for text in (account.display_name, account.place):
        _check_text(text)
    for each in account.grants:
        _check_grant(connection, each, order)
    if account.contact is not None:
        check_contact(connection, account.contact)
    people.add_account(connection, account, at=order.at, by=order.by)
    order.record(connection, account.name, "account added", name=account.display_name)
    for each in account.grants:
        order.record(connection, account.name, "role given", role=describe(each))


def set_contact(connection: Connection, name: str, contact: str | None, order: ChangeOrder) -> None:
    """Reach the person of the account *name* by *contact*, None by none; raises CannotChange."""
    existing(connection, name)
    if contact is not None:
        check_contact(connection, contact)
    people.set_contact(connection, name, contact)
    order.record(connection, name, "contact set", contact=contact or "none")


def grant(connection: Connection, name: str, held: Grant, order: ChangeOrder) -> None:
    """Let the account *name* hold *held* beside its other roles; raises CannotChange."""
    account = existing(connection, name)
    _check_grant(connection, held, order)
    if held in account.grants:
        raise CannotChange(f"{name} holds {describe(held)} already; see: tocsin accounts show {name}")
    people.add_grant(connection, name, held, at=order.at, by=order.by)
    order.record(connection, name, "role given", role=describe(held))


def ungrant(connection: Connection, name: str, held: Grant, order: ChangeOrder) -> None:
    """Take the role and place of *held* from the account *name*, on all days; raises CannotChange."""
    account = existing(connection, name)
    if not people.end_grants(connection, name, held, at=order.at, by=order.by):
        roles = "; ".join(map(describe, account.grants)) or "no role"
        raise CannotChange(f"{name} does not hold {describe(held)}; it holds {roles}")
    _keep_an_administrator(connection, account, order)
    order.record(connection, name, "role taken", role=describe(held))


def disable(connection: Connection, name: str, order: ChangeOrder) -> int:
    """Disable the account *name*; return how many sessions that ended. Raises CannotChange."""
    account = existing(connection, name)
    if account.is_disabled:
        raise CannotChange(f"{name} is disabled already; nothing was changed")
    people.set_disabled(connection, name, at=order.at, by=order.by)
    _keep_an_administrator(connection, account, order)
    ended = end_sessions(connection, name, SessionEnd.ACCOUNT_DISABLED, at=order.at)
    order.record(connection, name, "account disabled", sessions=str(ended))
    return ended


def enable(connection: Connection, name: str, order: ChangeOrder) -> None:
    """Enable the account *name* again, and forget its failed attempts; raises CannotChange."""
    if not existing(connection, name).is_disabled:
        raise CannotChange(f"{name} is not disabled; nothing was changed")
    people.set_disabled(connection, name, at=None, by=None)
    forget_account(connection, name)
    order.record(connection, name, "account enabled")


def make_password_link(connection: Connection, name: str, order: ChangeOrder, *, valid_h: float) -> str:
    """Return the code of a link that sets the password of *name* once; raises CannotChange."""
    if existing(connection, name).is_disabled:
        raise CannotChange(f"{name} is disabled; enable it first: tocsin accounts enable {name}")
    forget_account(connection, name)
    return _make_link(connection, name, order, valid_h=valid_h)


def remove_device(connection: Connection, name: str, order: ChangeOrder) -> None:
    """Remove the device for one-time codes of *name*, and end its sessions; raises CannotChange."""
    existing(connection, name)
    credentials.remove_codes(connection, name)
    end_sessions(connection, name, SessionEnd.ADMINISTRATOR, at=order.at)
    order.record(connection, name, "device for one-time codes removed")


def set_password(connection: Connection, name: str, hashed: str, order: ChangeOrder) -> None:
    """Store the password of *name*, of which *hashed* is the hash; raises CannotChange."""
    existing(connection, name)
    credentials.set_password(connection, name, hashed, at=order.at)
    end_sessions(connection, name, SessionEnd.PASSWORD_CHANGED, at=order.at)
    order.record(connection, name, "password set")


def enrol_device(
    connection: Connection, name: str, secret: str, order: ChangeOrder, *, recovery: Sequence[str]
) -> None:
    """Put *secret* in force for the codes of *name*, with the hashes of its *recovery* codes."""
    existing(connection, name)
    credentials.set_code_secret(connection, name, secret, at=order.at)
    credentials.prove_code_secret(connection, name, secret, at=order.at)
    credentials.use_step(connection, name, order.at // STEP + DRIFT)
    credentials.set_recovery_codes(connection, name, recovery)
    order.record(connection, name, "device for one-time codes enrolled")


def end_all_sessions(connection: Connection, name: str, order: ChangeOrder) -> int:
    """End all sessions of *name*; return how many there were. Raises CannotChange."""
    existing(connection, name)
    ended = end_sessions(connection, name, SessionEnd.ADMINISTRATOR, at=order.at)
    order.record(connection, name, "sessions ended", sessions=str(ended))
    return ended


def link_identity(
    connection: Connection, name: str, identity: tuple[str, str], order: ChangeOrder
) -> None:
    """Let *identity*, an issuer and a subject, sign in to the account *name*; raises CannotChange."""
    existing(connection, name)
    if (other := people.account_at(connection, *identity)) is not None:
        text = f"{identity[1]} at {identity[0]} signs in to {other.name}"
        raise CannotChange(f"{text}; unlink it first: accounts identity {other.name} --remove ...")
    people.add_identity(connection, name, identity, at=order.at, by=order.by)
    order.record(connection, name, "identity linked", issuer=identity[0], subject=identity[1])


def unlink_identity(
    connection: Connection, name: str, identity: tuple[str, str], order: ChangeOrder
) -> None:
    """Let *identity* no longer sign in to the account *name*; raises CannotChange."""
    existing(connection, name)
    if not people.remove_identity(connection, name, identity):
        raise CannotChange(f"{identity[1]} at {identity[0]} does not sign in to {name}")
    end_sessions(connection, name, SessionEnd.ADMINISTRATOR, at=order.at)
    order.record(connection, name, "identity unlinked", issuer=identity[0], subject=identity[1])


def existing(connection: Connection, name: str) -> Account:
    """Return the account *name*; raises CannotChange where there is none."""
    account = people.account_of(connection, name)
    if account is None:
        raise CannotChange(f"there is no account {name!r}; see: tocsin accounts list")
    return account


def describe(held: Grant) -> str:
    """Return *held* for a person, such as ``commune in area xa-2 from 2026-12-01``."""
    days = (("from", held.validity.since), ("until", held.validity.until))
    where = place_of(held.area, held.premises)
    return " ".join(
        [held.role.value, where, *(f"{word} {day}" for word, day in days if day is not None)]
    )


def place_of(area: str | None, premises: str | None) -> str:
    """Return a place for a person."""
    if area is not None:
        return f"in area {area}"
    return "everywhere" if premises is None else f"in premises {premises}"


def _make_link(connection: Connection, name: str | None, order: ChangeOrder, *, valid_h: float) -> str:
    code, expires_at = new_secret(), order.at + round(valid_h * HOUR)
    link = credentials.Link(name, expires_at)
    credentials.add_link(connection, hash_of(code), link, at=order.at, by=order.by)
    change = "set-up link made" if name is None else "password link made"
    order.record(connection, name or "accounts", change, expires=from_micros(expires_at).isoformat())
    return code


def _check_text(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise CannotChange(f"{text[:20]!r}... is longer than {LONGEST_TEXT} characters; shorten it")
    try:
        people_text(text)
    except UnseenCharacter as error:
        raise CannotChange(f"{text!r}: {error}") from error


def _check_grant(connection: Connection, held: Grant, order: ChangeOrder) -> None:
    since, until = held.validity.since, held.validity.until
    if since is not None and until is not None and until <= since:
        raise CannotChange(
            f"a role from {since} until {until} has no day; --until is the first without it"
        )
    if held.role is Role.INTEGRATION:
        raise CannotChange("integration is the role of systems; make a token: tocsin accounts token add")
    if held.role in OF_PLACES and held.is_everywhere:
        text = "name the area with --area, or the premises with --premises"
        raise CannotChange(f"the role {held.role.value} is held in a place; {text}")
    check_place(connection, held.area, held.premises, day=max(order.day, since or order.day))


def _keep_an_administrator(connection: Connection, before: Account, order: ChangeOrder) -> None:
    """Refuse what leaves nobody who may manage accounts; raises CannotChange."""
    if not before.is_administrator(order.day):
        return
    if not any(each.is_administrator(order.day) for each in people.all_accounts(connection)):
        text = "give another account the role first: tocsin accounts grant NAME --role administrator"
        raise CannotChange(f"{before.name} is the last administrator; {text}")
