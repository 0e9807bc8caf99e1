"""Links that work once: the first account is made through one, and a forgotten password replaced."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from accounts.active import ActiveAccounts
from accounts.domain.account import Account
from accounts.domain.actor import Grant
from accounts.domain.passwords import PasswordFault, password_fault
from accounts.domain.roles import Role
from accounts.domain.sessions import SessionEnd
from accounts.hashing import Busy, PasswordHashing
from accounts.secret_texts import hash_of
from accounts.store import credentials
from accounts.store.people import account_of, add_account, all_accounts, has_accounts
from accounts.store.sessions import end_sessions
from accounts.store.throttle import forget_account
from accounts.stranger_reads import StrangerReads
from audit.domain.entry import AuditEntry, AuditKind
from audit.store import append
from contract.names import is_name
from contract.times import to_micros
from registry.model.local_time import local_day
from runtime.database import Database

CENTER_WORDS = ("tocsin", "trung tam chi huy", "canh sat", "pccc")
"""Words of each center, of which no password is made."""


class LinkRefusal(StrEnum):
    """Reasons why a link does nothing; each text names the remedy."""

    UNKNOWN = "this link is unknown, was used, or has expired; ask an administrator for another one"
    NAME_NEEDED = "a name is needed: small letters, digits and hyphens"
    NAME_TAKEN = "there is an account of this name; choose another name"
    SET_UP = "there is an administrator already; ask for an account, or for a link"
    BUSY = "too many passwords are checked at once; try again in a second"


class Links:
    """Redeems links for the accounts of *database*."""

    def __init__(
        self,
        database: Database,
        reads: StrangerReads,
        hashing: PasswordHashing,
        active: ActiveAccounts,
    ) -> None:
        self._database = database
        self._reads = reads
        self._hashing = hashing
        self._active = active

    async def are_accounts_there(self) -> bool:
        """Return whether there is any account: whoever comes to a center without one sets it up."""
        return await self._reads.read(has_accounts)

    async def account_of_link(self, code: str, now: datetime) -> credentials.Link | None:
        """Return the link of *code*, unless it is unknown, used or expired; its account may be None."""
        hashed, at = hash_of(code), to_micros(now)
        return await self._reads.read(lambda c: credentials.link_of(c, hashed, at=at))

    async def redeem(
        self,
        code: str,
        password: str,
        now: datetime,
        *,
        name: str = "",
        display_name: str = "",
        first: Sequence[Role] = (Role.ADMINISTRATOR,),
    ) -> Account | LinkRefusal | PasswordFault:
        """Set *password* for the account of the link of *code*; return that account.

        A link for the first administrator needs *name* and *display_name*, and makes the account, which
        holds the roles *first*.
        """
        link = await self.account_of_link(code, now)
        if link is None:
            return LinkRefusal.UNKNOWN
        name = link.account or name
        if not is_name(name):
            return LinkRefusal.NAME_NEEDED
        if fault := password_fault(password, names=(name, display_name, *CENTER_WORDS)):
            return fault
        try:
            hashed = await self._hashing.hash(password)
        except Busy:
            return LinkRefusal.BUSY
        grants = tuple(Grant(role=each) for each in first)
        account = Account(name=name, display_name=display_name or name, grants=grants)
        made = _Made(hash_of(code), hashed, account, now)
        answer = await self._database.write(made.redeem)
        self._active.look_again()
        return answer


class _Made:
    """The result of a link: its account with the *password* of this hash, or the *first* one."""

    def __init__(self, link: str, password: str, first: Account, now: datetime) -> None:
        self._link = link
        self._password = password
        self._name = first.name
        self._first = first
        self._at = to_micros(now)
        self._day = local_day(now)

    def redeem(self, connection: Connection) -> Account | LinkRefusal:
        link = credentials.link_of(connection, self._link, at=self._at)
        if link is None:
            return LinkRefusal.UNKNOWN
        if link.account is None and (refusal := self._why_not_first(connection)) is not None:
            return refusal
        if credentials.use_link(connection, self._link, at=self._at) is None:
            return LinkRefusal.UNKNOWN  # another process redeemed it between
        if link.account is None:
            self._make_first(connection)
        credentials.set_password(connection, self._name, self._password, at=self._at)
        end_sessions(connection, self._name, SessionEnd.PASSWORD_CHANGED, at=self._at)
        forget_account(connection, self._name)
        detail = {"change": "password set through a link"}
        append(connection, [AuditEntry(self._at, AuditKind.ACCOUNT, self._name, self._name, detail)])
        return account_of(connection, self._name) or LinkRefusal.UNKNOWN

    def _why_not_first(self, connection: Connection) -> LinkRefusal | None:
        known = all_accounts(connection)
        if any(each.is_administrator(self._day) for each in known):
            return LinkRefusal.SET_UP
        if any(each.name == self._name for each in known):
            return LinkRefusal.NAME_TAKEN
        return None

    def _make_first(self, connection: Connection) -> None:
        add_account(connection, self._first, at=self._at, by="link for the first administrator")
        roles = ", ".join(each.role.value for each in self._first.grants)
        detail = {"change": "first account made through a link", "roles": roles}
        append(connection, [AuditEntry(self._at, AuditKind.ACCOUNT, self._name, self._name, detail)])
