"""Signing in: a name, a password and, where the roles need it, a code make a session."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from accounts.domain.account import Account
from accounts.domain.actor import Actor, Evidence
from accounts.domain.second_factor import matching_step, needs_second_factor
from accounts.domain.sessions import Session
from accounts.domain.throttle import Subject, Throttle, is_this_machine, subjects_of
from accounts.hashing import Busy, Checked, PasswordHashing
from accounts.notes import NoteBook
from accounts.secret_texts import hash_of, new_secret
from accounts.store import credentials
from accounts.store.people import account_at, account_of
from accounts.store.sessions import add_session, known_networks, renew_session, strengthen_session
from accounts.store.throttle import read_failures
from audit.domain.entry import AuditEntry, AuditKind
from audit.store import append
from contract.names import is_name
from contract.times import SECOND, Micros, to_micros
from runtime.database import Database, ReadFor

log = structlog.get_logger(__name__)

T = TypeVar("T")

KNOWN_FOR = 30 * 24 * 3_600 * SECOND
"""Microseconds for which a network from which an account signed in is known."""


class SignInRefusal(StrEnum):
    """Reasons why nobody is signed in; each text names the remedy."""

    WRONG = "name, password or code is wrong"
    CODE_NEEDED = "a one-time code is needed; send it with name and password"
    TOO_MANY = "too many attempts failed; wait, then try again"
    BUSY = "too many people sign in at once; try again in a second"


@dataclass(frozen=True, slots=True)
class SignInRefused:
    """Nobody is signed in for *reason*; another attempt is useless for *wait_s* seconds."""

    reason: SignInRefusal
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInAttempt:
    """The *name*, *password* and *code* that somebody typed at *address*."""

    name: str
    password: str = field(repr=False)
    code: str | None = field(default=None, repr=False)
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The session that was begun: its *token* is shown to the person's browser and never again.

    Where *must_enrol*, the roles that need a second factor do not count until one is enrolled.
    """

    token: str = field(repr=False)
    session: int
    account: Account
    second_factor: bool
    must_enrol: bool


@dataclass(frozen=True, slots=True)
class CodeAttempt:
    """The *code* that somebody typed at *address*, in a session."""

    code: str = field(repr=False)
    address: str


@dataclass(frozen=True, slots=True)
class ProvenPerson:
    """The *account* that was proved by *evidence*, and whether by a *second_factor*, too."""

    account: Account
    evidence: Evidence
    second_factor: bool


ChangeOfPerson = Callable[[Connection, ProvenPerson], T | None]
"""Changes something for a person, within the transaction that proved who it is."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database knows of the name that was typed."""

    account: Account | None = None
    hash: str | None = None
    secret: str | None = None
    networks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Proof:
    """What an attempt proved: the *step* or the *recovery* code of a second factor, and the password."""

    known: _Known
    subjects: Sequence[Subject]
    checked: Checked
    step: int | None = None
    recovery: str | None = None

    @property
    def second_factor(self) -> bool:
        """Whether a second factor was proved."""
        return self.step is not None or self.recovery is not None

    def person(self, account: Account) -> ProvenPerson:
        """Return who was proved to be the person of *account*."""
        evidence = Evidence.PASSWORD_AND_CODE if self.second_factor else Evidence.PASSWORD
        return ProvenPerson(account, evidence, self.second_factor)


class SignIn:
    """Begins sessions, and proves anew who is at one."""

    def __init__(self, database: Database, hashing: PasswordHashing, notes: NoteBook) -> None:
        self._database = database
        self._hashing = hashing
        self._notes = notes
        self._throttle = Throttle()

    async def resume(self) -> None:
        """Remember the failures from before a restart."""
        try:
            failures = await self._database.read(read_failures, purpose=ReadFor.WEB)
        except DBAPIError as error:
            log.warning("failed attempts from before the start are unknown", reason=str(error.orig))
        else:
            self._throttle = Throttle(failures)

    async def sign_in(self, given: SignInAttempt, now: datetime) -> SignedIn | SignInRefused:
        """Begin a session for whom *given* proves, or return why not."""
        at = to_micros(now)
        proof = await self._prove(given, at)
        if isinstance(proof, SignInRefused):
            return proof
        token = new_secret()
        new_hash = await self._new_hash(given, proof)
        signed_in = await self._database.write(
            lambda connection: _begin(connection, given, proof, token=token, new_hash=new_hash, at=at)
        )
        return self._answer(signed_in, given, proof, at)

    async def sign_in_by_identity(
        self, identity: tuple[str, str], address: str, now: datetime, *, second_factor: bool
    ) -> SignedIn | SignInRefused:
        """Begin a session for the account of *identity*: an issuer of OpenID Connect and its subject.

        *second_factor* says that the provider asked for one.
        """
        at, token = to_micros(now), new_secret()

        def begin(connection: Connection) -> SignedIn | None:
            account = account_at(connection, *identity)
            if account is None or account.is_disabled:
                issuer, subject = identity
                detail = {"result": "unknown identity", "issuer": issuer, "subject": subject}
                detail["address"] = address
                append(connection, [AuditEntry(at, AuditKind.SIGN_IN, "", "accounts", detail)])
                return None
            proven = ProvenPerson(account, Evidence.OPENID, second_factor)
            return begin_session(connection, proven, token=token, address=address, at=at)

        signed_in = await self._database.write(begin)
        return signed_in or SignInRefused(SignInRefusal.WRONG)

    async def extend_session(
        self, session: int, given: SignInAttempt, now: datetime
    ) -> datetime | SignInRefused:
        """Let the limits of *session* begin anew: its person proves who it is again.

        Returns the moment from which they count.
        """
        at = to_micros(now)

        def extend(connection: Connection, proven: ProvenPerson) -> datetime | None:
            name = proven.account.name
            if not renew_session(connection, session, name, at=at):
                return None
            append(connection, [_entry(name, given.address, "session extended", at)])
            return now

        return await self.with_proof(given, extend, now)

    async def with_proof(
        self, given: SignInAttempt, change: "ChangeOfPerson[T]", now: datetime
    ) -> T | SignInRefused:
        """Make *change* for the person whom *given* proves, in the transaction that uses up the code.

        It returns None where it cannot be made; the attempt then counts as failed.
        """
        at = to_micros(now)
        proof = await self._prove(given, at)
        if isinstance(proof, SignInRefused):
            return proof

        def proved(connection: Connection) -> T | None:
            account = _still_proved(connection, proof, at)
            if account is None:
                return None
            return change(connection, proof.person(account))

        return self._answer(await self._database.write(proved), given, proof, at)

    async def prove_code(self, actor: Actor, given: CodeAttempt, now: datetime) -> SignInRefused | None:
        """Let the session of *actor* count as one with a second factor, which *given* proves."""
        at, name = to_micros(now), actor.account
        known = await self._database.read(lambda c: _look(c, name, at), purpose=ReadFor.WEB)
        subjects = subjects_of(name, given.address, known.networks)
        if wait := self._throttle.wait(subjects, at):
            self._notes.waiting.count_refused(at)
            return SignInRefused(SignInRefusal.TOO_MANY, wait / SECOND)
        self._throttle.begin_attempt(subjects, at)
        attempt = SignInAttempt(name=name, password="", code=given.code, address=given.address)
        proof = _with_code(_Proof(known, subjects, Checked(is_right=True)), given.code, at)
        strengthened = proof.second_factor and await self._database.write(
            lambda connection: _strengthen(connection, actor, proof, at)
        )
        answer = self._answer(strengthened or None, attempt, proof, at)
        return answer if isinstance(answer, SignInRefused) else None

    async def _prove(self, given: SignInAttempt, at: Micros) -> _Proof | SignInRefused:
        """Return what *given* proves; each wrong attempt is counted."""
        name = given.name if is_name(given.name) else ""
        known = await self._database.read(lambda c: _look(c, name, at), purpose=ReadFor.WEB)
        subjects = subjects_of(name, given.address, known.networks)
        if wait := self._throttle.wait(subjects, at):
            self._notes.waiting.count_refused(at)
            return SignInRefused(SignInRefusal.TOO_MANY, wait / SECOND)
        self._throttle.begin_attempt(subjects, at)
        try:
            here = is_this_machine(given.address)
            checked = await self._hashing.check(known.hash, given.password, here=here)
        except Busy:
            self._throttle.take_back(subjects)
            return SignInRefused(SignInRefusal.BUSY, 1.0)
        return self._judge(given, _Proof(known, subjects, checked), at)

    def _judge(self, given: SignInAttempt, proof: _Proof, at: Micros) -> _Proof | SignInRefused:
        account, secret = proof.known.account, proof.known.secret
        if account is None or account.is_disabled or not proof.checked.is_right:
            return self._failed(given, proof, "wrong password", at)
        if secret is None:
            return proof
        if not given.code:
            self._throttle.take_back(proof.subjects)
            return SignInRefused(SignInRefusal.CODE_NEEDED)
        return _with_code(proof, given.code, at)

    def _answer(
        self, answer: T | None, given: SignInAttempt, proof: _Proof, at: Micros
    ) -> T | SignInRefused:
        if answer is None:
            return self._failed(given, proof, "wrong code", at)
        self._throttle.take_back(proof.subjects)
        for each in proof.subjects[:1]:  # the account; an address may try others
            self._throttle.clear(each)
            self._notes.waiting.failures[each.key] = None
        return answer

    def _failed(self, given: SignInAttempt, proof: _Proof, result: str, at: Micros) -> SignInRefused:
        self._note_failure(proof.known, given, result, at)
        for each in proof.subjects:
            self._notes.waiting.failures[each.key] = self._throttle.failures(each)
        return SignInRefused(SignInRefusal.WRONG)

    def _note_failure(self, known: _Known, given: SignInAttempt, result: str, at: Micros) -> None:
        # A name that is none may be a password, typed into the wrong field: it is not written down.
        name = known.account.name if known.account is not None else "unknown name"
        self._notes.waiting.add_entry(_entry(name, given.address, result, at))

    async def _new_hash(self, given: SignInAttempt, proof: _Proof) -> str | None:
        """Return a hash by the parameters of today, where the stored one is older."""
        if not proof.checked.is_outdated:
            return None
        try:
            return await self._hashing.hash(given.password)
        except Busy:
            return None


def _look(connection: Connection, name: str, at: Micros) -> _Known:
    account = account_of(connection, name) if name else None
    if account is None:
        return _Known()
    secret = credentials.code_secret(connection, name)
    return _Known(
        account,
        credentials.password_hash(connection, name),
        secret.secret if secret is not None and secret.proved else None,
        known_networks(connection, name, since=at - KNOWN_FOR),
    )


def _begin(
    connection: Connection,
    given: SignInAttempt,
    proof: _Proof,
    *,
    token: str,
    new_hash: str | None,
    at: Micros,
) -> SignedIn | None:
    account = _still_proved(connection, proof, at)
    if account is None:
        return None
    if new_hash is not None:
        credentials.set_password(connection, account.name, new_hash, at=at)
    proven = proof.person(account)
    return begin_session(connection, proven, token=token, address=given.address, at=at)


def _with_code(proof: _Proof, code: str, at: Micros) -> _Proof:
    """Return *proof* with the step, or the recovery code, that *code* may be."""
    secret = proof.known.secret
    if secret is None:
        return proof
    step = matching_step(secret, code, at)
    recovery = None if step is not None else hash_of(code.strip().lower())
    return replace(proof, step=step, recovery=recovery)


def _strengthen(connection: Connection, actor: Actor, proof: _Proof, at: Micros) -> bool:
    if actor.session is None or _still_proved(connection, proof, at) is None:
        return False
    strengthen_session(connection, actor.session)
    append(connection, [_entry(actor.account, "", "one-time code proved", at)])
    return True


def _still_proved(connection: Connection, proof: _Proof, at: Micros) -> Account | None:
    """Return the account, where nothing changed since the password was checked and the code is new."""
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


def begin_session(
    connection: Connection, proven: ProvenPerson, *, token: str, address: str, at: Micros
) -> SignedIn:
    """Begin a session of the person who was *proven*, whose cookie is *token*."""
    account, second_factor = proven.account, proven.second_factor
    session = Session(
        id=0,
        account=account.name,
        evidence=proven.evidence,
        second_factor=second_factor,
        address=address,
        began_at=at,
        renewed_at=at,
        seen_at=at,
    )
    number = add_session(connection, hash_of(token), session)
    append(connection, [_entry(account.name, address, f"signed in by {proven.evidence.value}", at)])
    return SignedIn(
        token=token,
        session=number,
        account=account,
        second_factor=second_factor,
        must_enrol=not second_factor and needs_second_factor(account.grants),
    )


def _entry(name: str, address: str, result: str, at: Micros) -> AuditEntry:
    return AuditEntry(at, AuditKind.SIGN_IN, name, name, {"result": result, "address": address[:64]})
