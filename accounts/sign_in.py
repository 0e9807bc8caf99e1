"""Signing in: a name, a password and, where the roles need it, a code make a session."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from accounts.attempts import CodeAttempt, SignInAttempt, SignInRefusal, SignInRefused
from accounts.domain.account import Account
from accounts.domain.actor import Actor, Evidence
from accounts.domain.second_factor import needs_second_factor
from accounts.domain.sessions import Session
from accounts.proof import ChangeOfPerson, ProvenPerson, SignInProof, still_proved
from accounts.prover import Prover, sign_in_entry
from accounts.secret_texts import hash_of, new_secret
from accounts.store import credentials
from accounts.store.people import account_at
from accounts.store.sessions import add_session, renew_session, strengthen_session
from audit.domain.entry import AuditEntry, AuditKind
from audit.store import append
from contract.times import Micros, to_micros
from runtime.database import Database

T = TypeVar("T")


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


class SignIn:
    """Begins sessions, and proves anew who is at one."""

    def __init__(self, database: Database, prover: Prover) -> None:
        self._database = database
        self._prover = prover

    async def sign_in(self, given: SignInAttempt, now: datetime) -> SignedIn | SignInRefused:
        """Begin a session for whom *given* proves, or return why not."""
        at, token = to_micros(now), new_secret()
        proof = await self._prover.prove(given, at)
        if isinstance(proof, SignInRefused):
            return proof
        new_hash = await self._prover.hash_by_today(given, proof)

        def begin(connection: Connection, proven: ProvenPerson) -> SignedIn:
            if new_hash is not None:
                credentials.set_password(connection, proven.account.name, new_hash, at=at)
            return begin_session(connection, proven, token=token, address=given.address, at=at)

        return await self._change(proof, begin, at)

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
            append(connection, [sign_in_entry(name, given.address, "session extended", at)])
            return now

        return await self.with_proof(given, extend, now)

    async def with_proof(
        self, given: SignInAttempt, change: "ChangeOfPerson[T]", now: datetime
    ) -> T | SignInRefused:
        """Make *change* for the person whom *given* proves, in the transaction that uses up the code.

        It returns None where it cannot be made; the attempt then counts as failed.
        """
        at = to_micros(now)
        proof = await self._prover.prove(given, at)
        return proof if isinstance(proof, SignInRefused) else await self._change(proof, change, at)

    async def prove_code(self, actor: Actor, given: CodeAttempt, now: datetime) -> SignInRefused | None:
        """Let the session of *actor* count as one with a second factor, which *given* proves."""
        at = to_micros(now)
        proof = await self._prover.prove_code(actor.account, given.code, given.address, at)
        if isinstance(proof, SignInRefused):
            return proof

        def strengthen(connection: Connection, proven: ProvenPerson) -> ProvenPerson | None:
            if actor.session is None or not proven.second_factor:
                return None
            strengthen_session(connection, actor.session)
            entry = sign_in_entry(actor.account, given.address, "one-time code proved", at)
            append(connection, [entry])
            return proven

        answer = await self._change(proof, strengthen, at)
        return answer if isinstance(answer, SignInRefused) else None

    async def _change(
        self, proof: SignInProof, change: "ChangeOfPerson[T]", at: Micros
    ) -> T | SignInRefused:
        """Make *change* in a transaction in which *proof* still holds."""

        def proved(connection: Connection) -> T | None:
            account = still_proved(connection, proof, at)
            return None if account is None else change(connection, proof.person(account))

        return self._prover.settle(await self._database.write(proved), proof, at)


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
    append(
        connection, [sign_in_entry(account.name, address, f"signed in by {proven.evidence.value}", at)]
    )
    return SignedIn(
        token=token,
        session=number,
        account=account,
        second_factor=second_factor,
        must_enrol=not second_factor and needs_second_factor(account.grants),
    )
