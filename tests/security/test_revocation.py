"""Accounts that lose a right at the command line lose it in a running center at once."""

import asyncio
from pathlib import Path

import aiohttp

from accounts.domain.account import Account
from accounts.domain.actor import Evidence, Grant
from accounts.domain.roles import Role
from accounts.domain.sessions import Session
from accounts.secret_texts import hash_of, new_secret
from accounts.store.people import add_account
from accounts.store.sessions import add_session
from contract.http.request_header import SESSION_COOKIE
from contract.times import to_micros
from runtime.clock import utc_now
from runtime.database import open_database
from tests.adapters.alerting import center as centers
from tests.adapters.command_line.test_accounts import answer
from tests.support.servers import Server
from tests.support.waiting import eventually


async def status(center: centers.Center, *, token: str = "", cookie: str = "") -> int:
    """Return how the center answers who asks for its incidents with *token* or *cookie*."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    headers |= {"Cookie": f"{SESSION_COOKIE}={cookie}"} if cookie else {}
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{center.api}/api/v1/incidents", headers=headers) as reply,
    ):
        return reply.status


async def said(center: centers.Center, *words: str) -> dict[str, object]:
    """Return the answer of ``tocsin accounts`` beside the running center."""
    return await asyncio.to_thread(answer, center.settings.database_url, *words)


async def test_a_token_works_and_is_refused_once_it_is_revoked(tmp_path: Path, broker: Server) -> None:
    async with centers.center(tmp_path, broker_port=broker.port) as center:
        made = await said(center, "token", "add", "map", "--scope", "incidents:read", "--everywhere")
        token = str(made["token"])
        assert await status(center, token=token) == 200
        assert await status(center, token=token + "x") == 401
        await said(center, "token", "revoke", "map")
        await eventually(lambda: is_refused(center, token=token))


async def test_a_person_is_signed_out_once_the_account_is_disabled(
    tmp_path: Path, broker: Server
) -> None:
    async with centers.center(tmp_path, broker_port=broker.port) as center:
        cookie = await signed_in(center)
        assert await status(center, cookie=cookie) == 200
        await said(center, "ungrant", "an", "--role", "auditor")
        await eventually(lambda: is_refused(center, 403, cookie=cookie))
        await said(center, "disable", "an")
        await eventually(lambda: is_refused(center, cookie=cookie))


async def signed_in(center: centers.Center) -> str:
    """Return the cookie of a session of an auditor."""
    cookie, at = new_secret(), to_micros(utc_now())
    account = Account(name="an", display_name="An", grants=(Grant(role=Role.AUDITOR),))
    session = Session(
        id=0,
        account="an",
        evidence=Evidence.PASSWORD_AND_CODE,
        second_factor=True,
        address="127.0.0.1",
        began_at=at,
        renewed_at=at,
        seen_at=at,
    )

    async with open_database(center.settings.database_url) as database:
        await database.write(lambda c: add_account(c, account, at=at, by="root"))
        await database.write(lambda c: add_session(c, hash_of(cookie), session))
    return cookie


async def is_refused(
    center: centers.Center, code: int = 401, *, token: str = "", cookie: str = ""
) -> bool:
    """Return whether the center refuses who asks with *token* or *cookie*."""
    return await status(center, token=token, cookie=cookie) == code
