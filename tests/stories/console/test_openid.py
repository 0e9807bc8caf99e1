"""A person signs in through the desk with a provider, and sees what the account may see."""

from pathlib import Path

import aiohttp
from sqlalchemy import Connection

from accounts.store.people import add_identity
from console.domain.passing import FLOW_COOKIE
from contract.http.request_header import SESSION_COOKIE
from contract.times import to_micros
from runtime.clock import utc_now
from runtime.database import open_database
from tests.support.console import MARKET, DeskCenter, desk_center, live
from tests.support.identity_provider import CLIENT_ID, CLIENT_SECRET, IdentityProvider, identity_provider
from tests.support.waiting import eventually

START, BACK = "/api/v1/session/openid/start", "/api/v1/session/openid/callback"
CROSS_SITE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def settings_of(provider: IdentityProvider) -> str:
    """Return the lines by which alerting knows *provider*."""
    return (
        f'[accounts.openid]\nissuer = "{provider.issuer}"\nclient_id = "{CLIENT_ID}"\n'
        f'client_secret = "{CLIENT_SECRET}"\naddress = "http://localhost:DESK_PORT"\n'
    )


async def link(center: DeskCenter, account: str, provider: IdentityProvider) -> None:
    """Link *account* to the subject whom *provider* knows."""

    def add(connection: Connection) -> None:
        subject = provider.issuer, provider.subject
        add_identity(connection, account, subject, at=to_micros(utc_now()), by="story")

    async with open_database(f"sqlite:///{center.folder}/alerting/center.db") as database:
        await database.write(add)


async def come_back(center: DeskCenter, flow: str, query: dict[str, str]) -> aiohttp.ClientResponse:
    """Return what the desk answers to a browser that the provider sends back."""
    headers = {**CROSS_SITE, "Cookie": f"{FLOW_COOKIE}={flow}"}
    url = f"http://localhost:{center.ports['console']}{BACK}"
    return await center.http.get(url, params=query, headers=headers)


async def test_a_person_signs_in_with_a_provider_and_sees_the_own_commune(tmp_path: Path) -> None:
    async with (
        identity_provider() as provider,
        desk_center(tmp_path, alerting=settings_of(provider)) as center,
    ):
        await link(center, "xa-1", provider)
        async with center.ask("GET", START) as begun:
            assert begun.status == 303
            address, flow = begun.headers["Location"], begun.cookies[FLOW_COOKIE].value
        assert address.startswith(provider.issuer)
        back = provider.consent(address)
        answer = await come_back(center, flow, back)
        assert (answer.status, answer.content_type) == (200, "text/html")
        session = answer.cookies[SESSION_COOKIE]
        assert (session["samesite"], session["httponly"]) == ("Strict", True)
        async with live(center, session.value) as page:
            await center.market.fire("khoi-1", "khoi-2")
            await center.shop.fire("nut-an")
            await eventually(lambda: page.rows)
            assert page.of("hello")[0]["who"]["account"] == "xa-1"
            assert {each["premises"]["id"] for each in page.rows.values()} == {MARKET}
        again = await come_back(center, flow, back)
        assert (again.status, SESSION_COOKIE in again.cookies) == (401, False), "it works once"


async def test_whoever_did_not_begin_here_is_not_signed_in(tmp_path: Path) -> None:
    async with (
        identity_provider() as provider,
        desk_center(tmp_path, alerting=settings_of(provider)) as center,
    ):
        await link(center, "xa-1", provider)
        async with center.ask("GET", START) as begun:
            back = provider.consent(begun.headers["Location"])
        answer = await come_back(center, "another-flow", back)
        assert (answer.status, SESSION_COOKIE in answer.cookies) == (401, False)
