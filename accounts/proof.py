"""The proof that a person is the one of an account: what is known of it, and what was typed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy import Connection

from accounts.domain.account import Account
from accounts.domain.actor import Evidence
from accounts.domain.second_factor import matching_step
from accounts.domain.throttle import Subject
from accounts.hashing import Checked
from accounts.secret_texts import hash_of
from accounts.store import credentials
from accounts.store.people import account_of
from accounts.store.sessions import known_networks
from contract.times import SECOND, Micros

T = TypeVar("T")

KNOWN_FOR = 30 * 24 * 3_600 * SECOND
"""Microseconds for which a network from which an account signed in is known."""


@dataclass(frozen=True, slots=True)
class ProvenPerson:
    """The *account* that was proved by *evidence*, and whether by a *second_factor*, too."""

    account: Account
    evidence: Evidence
    second_factor: bool


ChangeOfPerson = Callable[[Connection, ProvenPerson], T | None]
"""Changes something for a person, within the transaction that proved who it is."""


@dataclass(frozen=True, slots=True)
class KnownName:
    """The rows of the database about the name that was typed."""

    account: Account | None = None
    hash: str | None = None
    secret: str | None = None
    networks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SignInProof:
    """The proof of an attempt at *address*: a password, and the *step* or *recovery* code."""

    known: KnownName
    subjects: Sequence[Subject]
    address: str
    checked: Checked
    step: int | None = None
    recovery: str | None = None

    @property
    def second_factor(self) -> bool:
        """Whether a second factor was proved."""
        return self.step is not None or self.recovery is not None

    def with_code(self, code: str, at: Micros) -> "SignInProof":
        """Return this with the step, or the recovery code, that *code* may be."""
        secret = self.known.secret
        if secret is None:
            return self
        step = matching_step(secret, code, at)
        recovery = None if step is not None else hash_of(code.strip().lower())
        return replace(self, step=step, recovery=recovery)

    def person(self, account: Account) -> ProvenPerson:
        """Return who was proved to be the person of *account*."""
        evidence = Evidence.PASSWORD_AND_CODE if self.second_factor else Evidence.PASSWORD
        return ProvenPerson(account, evidence, self.second_factor)


def known_name(connection: Connection, name: str, at: Micros) -> KnownName:
    """Return what is known of *name*; an empty one belongs to nobody."""
    account = account_of(connection, name) if name else None
    if account is None:
        return KnownName()
    secret = credentials.code_secret(connection, name)
    return KnownName(
        account,
        credentials.password_hash(connection, name),
        secret.secret if secret is not None and secret.proved else None,
        known_networks(connection, name, since=at - KNOWN_FOR),
    )


def still_proved(connection: Connection, proof: SignInProof, at: Micros) -> Account | None:
    """Return the account, where nothing changed since the password was checked and the code is new.

    The code is used up with the transaction.
    """
    name = proof.known.account.name if proof.known.account is not None else ""
    account = account_of(connection, name)
    if account is None or account.is_disabled:
        return None
    if credentials.password_hash(connection, name) != proof.known.hash:
        return None
    if proof.step is not None and not credentials.use_step(connection, name, proof.step):
        return None
    if proof.recovery is not None and not credentials.use_recovery_code(
        connection, name, proof.recovery, at=at
    ):
        return None
    return account
