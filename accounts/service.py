"""All that the center's HTTP services need of accounts, over one database."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from accounts.active import ActiveAccounts
from accounts.domain.areas import AreaTree
from accounts.domain.sessions import SessionLimits
from accounts.enrolment import SecondFactors
from accounts.hashing import PasswordHashing
from accounts.housekeeping import AccountsHousekeeping
from accounts.identification import Identifier
from accounts.links import Links
from accounts.notes import NoteBook
from accounts.own_account import OwnAccounts
from accounts.prover import Prover
from accounts.sessions import OpenFires, SessionEnds, SessionIdentifier
from accounts.sign_in import SignIn
from accounts.stranger_reads import StrangerReads
from accounts.system_tokens import TokenIdentifier
from registry.model.local_time import local_day
from runtime.clock import Clock
from runtime.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """The parts of accounts over one database; each is handed to those who need it.

    A fault of any of them refuses a request at most: nothing that alarms wait for asks them.
    """

    prover: Prover
    sign_in: SignIn
    own: OwnAccounts
    sessions: SessionEnds
    second_factors: SecondFactors
    links: Links
    notes: NoteBook
    housekeeping: AccountsHousekeeping
    active: ActiveAccounts
    identifiers: tuple[Identifier, ...]
    limits: SessionLimits

    async def has_administrator(self, now: datetime) -> bool:
        """Return whether an administrator of the whole center can sign in."""
        return await self.active.has_administrator(local_day(now))

    async def run(self) -> None:
        """Remember the failures from before the start, then write notes and tidy until cancelled."""
        await self.prover.resume()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.notes.run(), name="notes of accounts")
            tasks.create_task(self.housekeeping.run(), name="housekeeping of accounts")


def accounts_over(
    database: Database,
    *,
    limits: SessionLimits,
    clock: Clock,
    tree: Callable[[], AreaTree],
    fires: OpenFires,
) -> Accounts:
    """Return accounts over *database*; *tree* and *fires* tell what holds a session open."""
    reads, notes, hashing = StrangerReads(database), NoteBook(database), PasswordHashing()
    active, prover = ActiveAccounts(database, reads), Prover(reads, hashing, notes)
    of_people = SessionIdentifier(active, notes, limits=limits, clock=clock, tree=tree, fires=fires)
    sign_in = SignIn(database, prover)
    return Accounts(
        prover=prover,
        sign_in=sign_in,
        own=OwnAccounts(database, sign_in, hashing, active),
        sessions=SessionEnds(database, active),
        second_factors=SecondFactors(database, active),
        links=Links(database, reads, hashing, active),
        notes=notes,
        housekeeping=AccountsHousekeeping(database, limits, clock),
        active=active,
        identifiers=(of_people, TokenIdentifier(active, notes, clock)),
        limits=limits,
    )
