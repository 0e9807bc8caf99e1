"""The duty desk of a demonstration, where its pages are built: console, and an officer who signs in."""

import secrets
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import console
from accounts.administration.order import Transaction
from accounts.domain.account import Account
from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from accounts.hashing import HASHER
from accounts.store.credentials import set_password
from accounts.store.people import add_account
from contract.times import to_micros
from runtime.clock import utc_now
from runtime.database import open_database
from tocsin.demo.plan import Plan
from tocsin.demo.processes import child, tocsin

OFFICER, DISPLAY = "truc-ban", "Trực ban trình diễn"
AREA = "tinh"
"""The area of both premises. A role that is held there needs no device for codes, so that anybody who
watches can sign in; it acts, and ends nothing."""

PAGES = Path(console.__file__).parent / "static" / "index.html"


@dataclass(frozen=True, slots=True)
class DemoDesk:
    """The address of the desk, and the *name* and *password* with which to sign in."""

    url: str
    name: str
    password: str


async def start_desk(stack: AsyncExitStack, plan: Plan) -> DemoDesk | None:
    """Start the desk of *plan* within *stack*; return None where its pages are not built.

    The story goes on without it: nothing else of the demonstration asks the desk.
    """
    if not PAGES.is_file():
        return None
    password = "-".join(secrets.token_hex(2) for _ in range(3))
    await _add_officer(plan, password)
    command = tocsin("console", "--config", str(plan.folder / "console.toml"))
    await stack.enter_async_context(child("console", command, plan.folder))
    return DemoDesk(f"http://localhost:{plan.console}", OFFICER, password)


async def _add_officer(plan: Plan, password: str) -> None:
    at, hashed = to_micros(utc_now()), HASHER.hash(password)
    grants = (Grant(role=Role.AREA_TEAM, area=AREA),)
    account = Account(name=OFFICER, display_name=DISPLAY, grants=grants, place="Bàn trực")

    def add(connection: Transaction) -> None:
        add_account(connection, account, at=at, by="demonstration")
        set_password(connection, OFFICER, hashed, at=at)

    async with open_database(f"sqlite:///{plan.folder / 'alerting' / 'center.db'}") as database:
        await database.write(add)
