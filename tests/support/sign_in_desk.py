"""A served center with real accounts on virtual time, and browsers that keep its cookies."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.cookies import Morsel, SimpleCookie
from ipaddress import ip_network
from typing import Any

import aiohttp
import pyotp
from prometheus_client import CollectorRegistry
from sqlalchemy import Connection, select

from accounts.domain.account import Account
from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from accounts.hashing import HASHER
from accounts.openid.settings import OpenIdSettings
from accounts.openid.sign_in import OpenIdSignIn
from accounts.secret_texts import hash_of, new_secret
from accounts.service import Accounts
from accounts.store import credentials
from accounts.store.people import add_account, add_identity
from alerting.engine.engine import Engine, open_engine
from alerting.http.accounts import accounts_of
from alerting.http.feed import Feed
from alerting.http.server import Served, web_app
from alerting.metrics import Metrics
from alerting.settings import AccountsSettings, Confirmation
from audit.tables import audit_entries
from contract.times import to_micros
from runtime.database import ReadFor
from runtime.host_names import HostNames
from runtime.settings import GuardedWeb
from runtime.web import serve

START = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
PASSWORD = "ba con tàu ra khơi sớm"  # noqa: S105
DESK = "198.51.100.5"
FAR = "203.0.113.7"
NAME = "desk.example.org"
ADDRESS = f"https://{NAME}"
LOCAL_TOKEN = "l" * 32
OFFICER = Grant(role=Role.DUTY_OFFICER)
TEAM = Grant(role=Role.TEAM_MEMBER)
"""The role of one who needs no second factor."""
WATCHER = Grant(role=Role.COMMUNE, area="area-1")
"""The role of one who reads the feed, and needs none either."""

NOTHING: Any = None
"""Stands for what the routes of signing in do not answer from."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer: its status, its headers, its text and what its JSON says."""

    status: int
    headers: Mapping[str, str]
    set_cookies: dict[str, "Morsel[str]"]
    text: str
    said: Any


@dataclass
class Browser:
    """A browser at *address*."""

    url: str
    http: aiohttp.ClientSession
    address: str = DESK
    cookies: dict[str, "Morsel[str]"] = field(default_factory=dict)

    async def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        body: object = None,
        site: str = "same-origin",
        headers: Mapping[str, str | None] | None = None,
        raw: bytes | None = None,
    ) -> Answered:
        """Ask as a page of *site* lets the browser ask: it sends the cookies that fit."""
        own: dict[str, str | None] = {
            "Host": NAME,
            "X-Forwarded-For": self.address,
            "X-Forwarded-Proto": "https",
            "X-Tocsin-Request": "1",
            "Sec-Fetch-Site": site,
            "Cookie": self._cookies_for(site, method),
            **(headers or {}),
        }
        sent = {name: value for name, value in own.items() if value}
        content = {"data": raw} if raw is not None else {"json": body} if body is not None else {}
        async with self.http.request(
            method, self.url + path, headers=sent, allow_redirects=False, **content
        ) as answer:
            found = self._keep(answer.headers.getall("Set-Cookie", []))
            text = await answer.text()
            said = await answer.json() if answer.content_type == "application/json" else None
            return Answered(answer.status, answer.headers, found, text, said)

    async def post(self, path: str, body: object, **more: Any) -> Answered:
        """Send *body* to *path*."""
        return await self.ask(path, method="POST", body=body, **more)

    async def sign_in(self, name: str, password: str = PASSWORD, *, code: str = "") -> Answered:
        """Try to sign in."""
        return await self.post("/api/v1/session", {"name": name, "password": password, "code": code})

    async def who(self) -> Answered:
        """Ask who is signed in."""
        return await self.ask("/api/v1/session")

    def _cookies_for(self, site: str, method: str) -> str:
        """The header of cookies: a strict one goes with requests of own pages alone."""
        from_elsewhere = site in {"cross-site", "same-site"}
        lax = method == "GET"
        fitting = [
            each
            for each in self.cookies.values()
            if not from_elsewhere or (each["samesite"] == "Lax" and lax) or not each["samesite"]
        ]
        return "; ".join(f"{each.key}={each.value}" for each in fitting)

    def _keep(self, lines: list[str]) -> dict[str, "Morsel[str]"]:
        found: dict[str, Morsel[str]] = {}
        for line in lines:
            found |= SimpleCookie(line)
        for name, morsel in found.items():
            if morsel["max-age"] == "0" or not morsel.value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel
        return found


@dataclass
class SignInDesk:
    """A center at the moment *now*, served at *url* behind a proxy that ends TLS."""

    engine: Engine
    accounts: Accounts = NOTHING
    url: str = ""
    http: aiohttp.ClientSession = NOTHING
    now: datetime = START

    def clock(self) -> datetime:
        """The moment."""
        return self.now

    def pass_time(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def browser(self, address: str = DESK) -> Browser:
        """A browser without cookies."""
        return Browser(self.url, self.http, address)

    async def signed_in(self, name: str, *, address: str = DESK, code: str = "") -> Browser:
        """The browser of *name*, who is signed in."""
        browser = self.browser(address)
        answer = await browser.sign_in(name, code=code)
        assert answer.status == 200, answer
        return browser

    async def add(self, name: str, *grants: Grant, password: str | None = PASSWORD) -> None:
        """Add the account *name*."""
        account = Account(name=name, display_name=f"{name.title()} Nguyễn", grants=grants, place="Bàn 1")
        at = to_micros(self.now)

        def change(connection: Connection) -> None:
            add_account(connection, account, at=at, by="test")
            if password is not None:
                credentials.set_password(connection, name, _hash_of(password), at=at)

        await self.engine.database.write(change)

    async def link(self, name: str, issuer: str, subject: str) -> None:
        """Link *name* to *subject* of *issuer*."""
        at = to_micros(self.now)
        await self.engine.database.write(
            lambda c: add_identity(c, name, (issuer, subject), at=at, by="test")
        )

    async def new_link(self, account: str | None, *, hours: float = 24) -> str:
        """The code of a link that works once."""
        code, at = new_secret(), to_micros(self.now)
        expires = to_micros(self.now + timedelta(hours=hours))
        link = credentials.Link(account, expires)
        await self.engine.database.write(
            lambda c: credentials.add_link(c, hash_of(code), link, at=at, by="test")
        )
        return code

    async def enrol(self, name: str) -> str:
        """Enrol a device for *name*; return its secret."""
        enrolment = await self.accounts.second_factors.begin(name, self.now)
        await self.accounts.second_factors.prove(name, self.code(enrolment.secret), self.now)
        self.pass_time(seconds=60)
        return enrolment.secret

    def code(self, secret: str) -> str:
        """The code that a device with *secret* shows."""
        return pyotp.TOTP(secret).at(self.now)

    async def audited(self) -> list[Any]:
        """All entries of the audit, those that wait included."""
        await self.accounts.notes.write()
        return await self.engine.database.read(
            lambda c: list(c.execute(select(audit_entries)).all()), purpose=ReadFor.WEB
        )


@cache
def _hash_of(password: str) -> str:
    return HASHER.hash(password)


async def make_database(url: str) -> None:
    """Make the tables of a center at *url*."""
    async with open_engine(url, Confirmation(), Metrics(CollectorRegistry())):
        pass


@asynccontextmanager
async def sign_in_desk(
    database: str, *, openid: OpenIdSettings | None = None, proxy: str = "127.0.0.1"
) -> AsyncIterator[SignInDesk]:
    """Serve a center with accounts within the block."""
    metrics = Metrics(CollectorRegistry())
    async with open_engine(database, Confirmation(), metrics) as engine:
        desk = SignInDesk(engine)
        desk.accounts = accounts_of(engine, AccountsSettings(idle_s=3_600), desk.clock)
        feed = Feed(engine.transactions, limit=50, metrics=metrics)
        served = Served(
            engine=engine,
            supervision=NOTHING,
            points=NOTHING,
            feed=feed,
            accounts=desk.accounts,
            clock=desk.clock,
            sign_ins=metrics.sign_ins,
            openid=None if openid is None else OpenIdSignIn(openid, HostNames()),
        )
        app = web_app(
            served,
            guarded=GuardedWeb(port=0, token=LOCAL_TOKEN, hosts=(NAME,)),
            metrics=metrics.registry,
            health=NOTHING,
            identifiers=(),
            proxies=(ip_network(proxy),),
            refused=metrics.http.refused_requests,
        )
        running = asyncio.create_task(feed.run())
        jar = aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(cookie_jar=jar) as http, serve(app, "127.0.0.1", 0) as port:
            desk.url, desk.http = f"http://127.0.0.1:{port}", http
            yield desk
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
