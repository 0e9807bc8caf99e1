"""A center with accounts, over a real database, for tests."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pyotp

import accounts.migrations
import audit.migrations
from accounts.attempts import SignInAttempt, SignInRefused
from accounts.domain.account import Account
from accounts.domain.actor import Actor, Grant
from accounts.domain.areas import NO_AREAS
from accounts.domain.roles import Role
from accounts.domain.sessions import OpenFire, SessionLimits
from accounts.hashing import HASHER
from accounts.identification import Credentials
from accounts.service import Accounts, accounts_over
from accounts.sign_in import SignedIn
from accounts.store import credentials
from accounts.store.people import add_account
from contract.times import SECOND, to_micros
from runtime.database import Database, open_database

START = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
PASSWORD = "ba con tau ra khoi som"  # noqa: S105
FAR = "203.0.113.7"
DESK = "198.51.100.5"
HOUR = 3_600 * SECOND
LIMITS = SessionLimits(idle=HOUR, absolute=12 * HOUR, stretch=24 * HOUR)
OFFICER = Grant(role=Role.DUTY_OFFICER)
TEAM = Grant(role=Role.TEAM_MEMBER, premises="cho")


@dataclass
class Center:
    """The accounts of a center at the moment *now*, with the *fires* that are open."""

    database: Database
    now: datetime = START
    fires: list[OpenFire] = field(default_factory=list)
    limits: SessionLimits = LIMITS

    def __post_init__(self) -> None:
        self.accounts: Accounts = self.process()

    def process(self) -> Accounts:
        """Return accounts as another process at the same database has them."""
        return accounts_over(
            self.database, limits=self.limits, clock=self.clock, tree=lambda: NO_AREAS, fires=self._fires
        )

    def clock(self) -> datetime:
        """Return the moment."""
        return self.now

    async def _fires(self) -> Sequence[OpenFire]:
        return self.fires

    def pass_time(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    async def add(self, name: str, *grants: Grant, password: str = PASSWORD) -> None:
        """Add the account *name*."""
        account = Account(name=name, display_name=f"{name.title()} Nguyễn", grants=grants)
        at = to_micros(self.now)

        def change(connection) -> None:  # type: ignore[no-untyped-def]
            add_account(connection, account, at=at, by="test")
            credentials.set_password(connection, name, HASHER.hash(password), at=at)

        await self.database.write(change)

    async def try_to_sign_in(
        self, name: str, password: str = PASSWORD, *, code: str | None = None, address: str = DESK
    ) -> SignedIn | SignInRefused:
        """Return what an attempt to sign in leads to."""
        attempt = SignInAttempt(name=name, password=password, code=code, address=address)
        return await self.accounts.sign_in.sign_in(attempt, self.now)

    async def signed_in(self, name: str, *, code: str | None = None, address: str = DESK) -> SignedIn:
        """Sign in as *name*; it must be possible."""
        answer = await self.try_to_sign_in(name, code=code, address=address)
        assert isinstance(answer, SignedIn), answer
        return answer

    async def who(self, token: str, *, of: Accounts | None = None) -> Actor | None:
        """Return the actor behind the cookie or bearer *token*."""
        bearer = token if token.startswith("tocsin_") else None
        given = Credentials(bearer=bearer, session=None if bearer else token, address=DESK)
        for each in (of or self.accounts).identifiers:
            if (actor := await each.identify(given)) is not None:
                return actor
        return None

    async def enrol(self, name: str) -> str:
        """Enrol a device for *name*; return its secret."""
        enrolment = await self.accounts.second_factors.begin(name, self.now)
        await self.accounts.second_factors.prove(name, self.code(enrolment.secret), self.now)
        self.pass_time(seconds=60)
        return enrolment.secret

    def code(self, secret: str, *, steps: int = 0) -> str:
        """Return the code that a device with *secret* shows, some steps later."""
        return pyotp.TOTP(secret).at(self.now, counter_offset=steps)


@asynccontextmanager
async def open_center(url: str) -> AsyncIterator[Center]:
    """Open a center whose accounts are empty."""
    async with open_database(url) as database:
        await database.migrate(audit.migrations.REVISIONS, accounts.migrations.REVISIONS)
        yield Center(database)
