"""The duty desk of the demonstration, in a browser, and who signs in there.

It starts after all that proves something: neither its process nor its pages hold a signal back.
"""

import secrets
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyotp

import console
from accounts.administration.order import Transaction
from accounts.domain.account import Account
from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from accounts.domain.second_factor import new_code_secret
from accounts.hashing import HASHER
from accounts.store.credentials import prove_code_secret, set_code_secret, set_password
from accounts.store.people import add_account
from contract.times import Micros, to_micros
from runtime.clock import utc_now
from runtime.database import open_database
from tocsin.demo.plan import Plan
from tocsin.demo.processes import child, tocsin


@dataclass(frozen=True, slots=True)
class DeskPerson:
    """A person with an account *name*, whom others read as *display_name*."""

    name: str
    display_name: str
    role: Role


OFFICER = DeskPerson("truc-ban", "Trực ban Lê Thị Mẫu", Role.DUTY_OFFICER)
SECOND = DeskPerson("truong-ca", "Trưởng ca Phạm Văn Mẫu", Role.SHIFT_LEADER)
"""Approves what takes two: the end of a fire whose points are in fire still."""

PEOPLE = (OFFICER, SECOND)
"""Who signs in. They hold what such people hold, and prove a one-time code as these must; nothing is
relaxed for the demonstration. Its own screen is their telephone: it shows the code, to whoever sits at
this machine, on which all of the demonstration is open anyway.
"""

PAGES = Path(console.__file__).parent / "static" / "index.html"


@dataclass(frozen=True, slots=True)
class DemoDesk:
    """The address of the desk, and the *names*, *password* and *secret* of codes to sign in with."""

    url: str
    names: tuple[str, ...]
    password: str
    secret: str = field(repr=False)

    def code(self, now: datetime) -> str:
        """Return the one-time code of *now*."""
        return pyotp.TOTP(self.secret).at(now)


async def start_desk(stack: AsyncExitStack, plan: Plan) -> DemoDesk | None:
    """Start the desk of *plan* within *stack*; return None where its pages are not built.

    The story goes on without it: nothing else of the demonstration asks the desk.
    """
    if not PAGES.is_file():
        return None
    password = "-".join(secrets.token_hex(2) for _ in range(3))
    desk = DemoDesk(
        f"http://localhost:{plan.console}",
        tuple(each.name for each in PEOPLE),
        password,
        new_code_secret(),
    )
    await _add_people(plan, desk)
    command = tocsin("console", "--config", str(plan.folder / "console.toml"))
    await stack.enter_async_context(child("console", command, plan.folder))
    return desk


async def _add_people(plan: Plan, desk: DemoDesk) -> None:
    at, hashed = to_micros(utc_now()), HASHER.hash(desk.password)

    def add(connection: Transaction) -> None:
        for person in PEOPLE:
            _add(connection, person, at=at)
            set_password(connection, person.name, hashed, at=at)
            set_code_secret(connection, person.name, desk.secret, at=at)
            prove_code_secret(connection, person.name, desk.secret, at=at)

    async with open_database(f"sqlite:///{plan.folder / 'alerting' / 'center.db'}") as database:
        await database.write(add)


def _add(connection: Transaction, person: DeskPerson, *, at: Micros) -> None:
    account = Account(
        name=person.name,
        display_name=person.display_name,
        grants=(Grant(role=person.role),),
        place="Bàn trực",
    )
    add_account(connection, account, at=at, by="demonstration")
