"""The changes that a person makes at the own account, each proved by the password anew."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from accounts.active import ActiveAccounts
from accounts.attempts import CodeAttempt, SignInAttempt, SignInRefusal, SignInRefused
from accounts.domain.account import Account
from accounts.domain.actor import Actor
from accounts.domain.passwords import PasswordFault, password_fault
from accounts.domain.sessions import Session, SessionEnd
from accounts.hashing import Busy, PasswordHashing
from accounts.links import CENTER_WORDS
from accounts.proof import ProvenPerson
from accounts.secret_texts import hash_of, new_secret
from accounts.sessions import actor_of
from accounts.sign_in import SignedIn, SignIn, begin_session
from accounts.store import credentials
from accounts.store.people import account_of
from accounts.store.sessions import end_session, end_sessions, open_session
from audit.domain.entry import AuditEntry, AuditKind
from audit.store import append
from contract.times import Micros, to_micros
from runtime.database import Database, ReadFor


@dataclass(frozen=True, slots=True)
class AskingSession:
    """The *session* of a request, its *account*, and the ways by which its person can prove more."""

    session: Session
    account: Account
    has_password: bool
    has_device: bool

    @property
    def actor(self) -> Actor:
        """The person, with the roles that count in the session."""
        return actor_of(self.session, self.account)


class OwnAccounts:
    """Changes accounts for the persons whose they are."""

    def __init__(
        self, database: Database, sign_in: SignIn, hashing: PasswordHashing, active: ActiveAccounts
    ) -> None:
        self._database = database
        self._sign_in = sign_in
        self._hashing = hashing
        self._active = active

    async def session_of(self, token: str) -> AskingSession | None:
        """Return the session whose cookie is *token*, as the database has it now."""
        return await self._database.read(lambda c: _asking(c, hash_of(token)), purpose=ReadFor.WEB)

    async def hand_over(
        self, actor: Actor, given: SignInAttempt, now: datetime
    ) -> SignedIn | SignInRefused:
        """End the session of *actor* and begin one for whom *given* proves: both, or neither."""
        at, token = to_micros(now), new_secret()

        def change(connection: Connection, proven: ProvenPerson) -> SignedIn:
            _end_for(connection, actor, proven.account.name, at)
            return begin_session(connection, proven, token=token, address=given.address, at=at)

        return self._changed(await self._sign_in.with_proof(given, change, now))

    async def change_password(
        self, given: SignInAttempt, password: str, now: datetime
    ) -> SignedIn | SignInRefused | PasswordFault:
        """Set *password* for whom *given* proves; all sessions end, and one begins anew."""
        at, token = to_micros(now), new_secret()
        if fault := password_fault(password, names=(given.name, *CENTER_WORDS)):
            return fault
        try:
            hashed = await self._hashing.hash(password)
        except Busy:
            return SignInRefused(SignInRefusal.BUSY, 1.0)

        def change(connection: Connection, proven: ProvenPerson) -> SignedIn:
            _set_password(connection, proven.account.name, hashed, at)
            return begin_session(connection, proven, token=token, address=given.address, at=at)

        return self._changed(await self._sign_in.with_proof(given, change, now))

    async def prove_password(self, given: SignInAttempt, now: datetime) -> SignInRefused | None:
        """Return why *given* does not prove the person; None where it does."""
        answer = await self._sign_in.with_proof(given, lambda _, proven: proven, now)
        return answer if isinstance(answer, SignInRefused) else None

    async def prove_code(self, actor: Actor, given: CodeAttempt, now: datetime) -> SignInRefused | None:
        """Let the session of *actor* count as one with a second factor; return why it does not."""
        refusal = await self._sign_in.prove_code(actor, given, now)
        self._active.look_again()
        return refusal

    def _changed(self, answer: SignedIn | SignInRefused) -> SignedIn | SignInRefused:
        self._active.look_again()
        return answer


def _asking(connection: Connection, hashed: str) -> AskingSession | None:
    session = open_session(connection, hashed)
    account = None if session is None else account_of(connection, session.account)
    if session is None or account is None or account.is_disabled:
        return None
    device = credentials.code_secret(connection, account.name)
    has_password = credentials.password_hash(connection, account.name) is not None
    return AskingSession(session, account, has_password, device is not None and device.proved)


def _end_for(connection: Connection, actor: Actor, successor: str, at: Micros) -> None:
    because = SessionEnd.HANDED_OVER
    if actor.session is not None and end_session(connection, actor.session, because, at=at):
        detail = {"result": because.value, "from": actor.account, "to": successor}
        append(connection, [AuditEntry(at, AuditKind.SIGN_IN, successor, actor.account, detail)])


def _set_password(connection: Connection, name: str, hashed: str, at: Micros) -> None:
    credentials.set_password(connection, name, hashed, at=at)
    end_sessions(connection, name, SessionEnd.PASSWORD_CHANGED, at=at)
    detail = {"change": "password changed"}
    append(connection, [AuditEntry(at, AuditKind.ACCOUNT, name, name, detail)])
