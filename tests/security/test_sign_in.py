"""Nobody signs in as another, stays signed in for too long, or learns who has an account."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from sqlalchemy import Connection

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from accounts.openid.settings import OpenIdSettings
from accounts.store.people import set_disabled
from contract.times import to_micros
from runtime.clock import utc_now
from tests.support.identity_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    IdentityProvider,
    identity_provider,
)
from tests.support.sign_in_desk import (
    ADDRESS,
    DESK,
    FAR,
    LOCAL_TOKEN,
    NAME,
    OFFICER,
    PASSWORD,
    TEAM,
    WATCHER,
    Answered,
    Browser,
    SignInDesk,
    make_database,
    sign_in_desk,
)

SESSION = "/api/v1/session"
START = "/api/v1/session/openid/start"
COOKIE = "__Host-tocsin"
BACK_FROM_ELSEWHERE: dict[str, str | None] = {
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "X-Tocsin-Request": None,
}


@pytest.fixture(scope="module")
def empty_center(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a center in which nothing happened."""
    file = tmp_path_factory.mktemp("empty") / "center.db"
    asyncio.run(make_database(f"sqlite:///{file}"))
    return file


@pytest.fixture
def database(empty_center: Path, tmp_path: Path) -> str:
    shutil.copy(empty_center, tmp_path / "center.db")
    return f"sqlite:///{tmp_path}/center.db"


@pytest.fixture
async def desk(database: str) -> AsyncIterator[SignInDesk]:
    async with sign_in_desk(database) as one:
        await one.add("an", WATCHER)
        await one.add("binh", TEAM, WATCHER)
        yield one


# -- cookies


async def test_the_cookie_of_a_session_is_for_this_center_alone_and_for_no_script(
    desk: SignInDesk,
) -> None:
    answer = await desk.browser().sign_in("an")
    cookie = answer.set_cookies[COOKIE]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Strict")
    assert (cookie["path"], cookie["domain"], cookie["max-age"]) == ("/", "", "")
    assert cookie.value not in answer.text


async def test_each_sign_in_has_a_token_of_its_own_whatever_the_browser_brought(
    desk: SignInDesk,
) -> None:
    browser = desk.browser()
    await browser.sign_in("an")
    first = browser.cookies[COOKIE].value
    await browser.sign_in("an")
    assert browser.cookies[COOKIE].value != first
    planted = await browser.ask(SESSION, headers={"Cookie": f"{COOKIE}=chosen-by-a-thief"})
    assert planted.status == 401


async def test_what_is_stored_signs_nobody_in(desk: SignInDesk, tmp_path: Path) -> None:
    browser = await desk.signed_in("an")
    stored = await asyncio.to_thread(content_of, tmp_path)
    assert b"an" in stored
    assert browser.cookies[COOKIE].value.encode() not in stored
    assert PASSWORD.encode() not in stored


def content_of(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in folder.iterdir() if each.is_file())


async def test_no_answer_is_kept_by_a_cache(desk: SignInDesk) -> None:
    browser = await desk.signed_in("an")
    for answer in (
        await browser.who(),
        await browser.sign_in("an", "wrong wrong wrong"),
        await browser.post(SESSION, {}),
        await browser.ask("/api/v1/nothing"),
        await browser.ask(START),
    ):
        assert answer.headers["Cache-Control"] == "no-store"


# -- passwords and names


async def test_a_wrong_name_and_a_wrong_password_have_the_same_answer(desk: SignInDesk) -> None:
    await desk.add("cuong", TEAM)
    await desk.add("no-password", TEAM, password=None)
    await desk.engine.database.write(lambda c: _disable(c, "cuong", desk))
    answers = [
        await desk.browser(f"203.0.113.{number}").sign_in(name, password)
        for number, (name, password) in enumerate(
            [
                ("an", "sai mật khẩu rồi"),
                ("nobody", PASSWORD),
                ("cuong", PASSWORD),
                ("no-password", PASSWORD),
                ("Nguyễn Văn Ẩn", PASSWORD),
                ("an' OR '1'='1", PASSWORD),
            ]
        )
    ]
    assert {(each.status, each.text) for each in answers} == {(401, answers[0].text)}
    assert not any(each.set_cookies for each in answers)


def _disable(connection: Connection, name: str, desk: SignInDesk) -> None:
    set_disabled(connection, name, at=to_micros(desk.now), by="test")


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("ba con ta\u0300u ra kho\u031bi so\u031b\u0301m", id="marks apart"),
        pytest.param(PASSWORD, id="composed"),
    ],
)
async def test_a_password_is_the_same_however_a_keyboard_composes_it(
    desk: SignInDesk, typed: str
) -> None:
    assert (await desk.browser().sign_in("an", typed)).status == 200


@pytest.mark.parametrize("size", [257, 16_000, 1_000_000])
async def test_a_huge_password_is_refused_before_it_is_hashed(desk: SignInDesk, size: int) -> None:
    browser = desk.browser()
    answer = await browser.sign_in("an", "x" * size)
    assert answer.status == (400 if size <= 16_000 else 413)
    assert "xxx" not in answer.text
    assert not await desk.audited()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b'{"name": "an"}',
        b'{"name": ["an"], "password": "x"}',
        b'{"name": "an", "password": {"$ne": ""}}',
        b'{"name": "an\\u0000", "password": "secret-secret"}',
        b'{"name": "an", "password": "secret-secret\\u202e"}',
        b'{"name": "an", "password": "secret-secret", "role": "administrator"}',
        b'{"name": "an", "password": "\\ud800secret-secret"}',
    ],
)
async def test_a_request_that_is_none_is_refused_and_repeats_no_secret(
    desk: SignInDesk, body: bytes
) -> None:
    answer = await desk.browser().ask(
        SESSION, method="POST", raw=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status == 400
    assert "secret" not in answer.text


# -- guessing


async def test_guessing_is_slowed_down_and_says_for_how_long(desk: SignInDesk) -> None:
    thief = desk.browser(FAR)
    statuses = [(await thief.sign_in("an", f"guess number {number}")).status for number in range(8)]
    assert statuses == [401] * 5 + [429] * 3
    refused = await thief.sign_in("an")
    assert (refused.status, int(refused.headers["Retry-After"])) == (429, 1)
    desk.pass_time(seconds=1)
    assert (await thief.sign_in("an", "guess number nine")).status == 401
    assert int((await thief.sign_in("an")).headers["Retry-After"]) == 2


async def test_guesses_at_once_are_no_way_around(desk: SignInDesk) -> None:
    thief = desk.browser(FAR)
    answers = await asyncio.gather(*(thief.sign_in("an", f"guess {each:012}") for each in range(12)))
    assert sum(each.status == 401 for each in answers) <= 5


async def test_guesses_from_many_addresses_are_slowed_down_by_the_account(desk: SignInDesk) -> None:
    for number in range(5):
        await desk.browser(f"203.0.113.{number}").sign_in("an", "guess of many")
    assert (await desk.browser("203.0.113.99").sign_in("an")).status == 429


async def test_one_address_that_tries_many_accounts_is_slowed_down(desk: SignInDesk) -> None:
    thief = desk.browser(FAR)
    for name in ("an", "binh", "chi", "dung", "em"):
        await thief.sign_in(name, "the same password")
    assert (await thief.sign_in("giang", "the same password")).status == 429


async def test_an_attack_from_elsewhere_keeps_nobody_from_the_own_desk(desk: SignInDesk) -> None:
    await desk.signed_in("an", address=DESK)
    for number in range(30):
        await desk.browser(f"203.0.113.{number}").sign_in("an", "guess of many")
    assert (await desk.browser(DESK).sign_in("an")).status == 200


async def test_an_address_in_a_header_of_the_client_is_not_believed(desk: SignInDesk) -> None:
    thief = desk.browser(FAR)
    for number in range(5):
        forged = {"X-Forwarded-For": f"198.51.100.{number}, {FAR}"}
        body = {"name": f"nobody-{number}", "password": "guess guess"}
        await thief.post(SESSION, body, headers=forged)
    assert (await thief.sign_in("an")).status == 429


# -- who may ask


async def test_a_page_of_another_site_signs_nobody_in_or_out(desk: SignInDesk) -> None:
    browser = await desk.signed_in("an")
    body, as_json = b'{"name": "binh", "password": "ba con"}', {"Content-Type": "application/json"}
    for headers, status in (
        ({**as_json, "Origin": "https://evil.example"}, 403),
        ({**as_json, "Host": "evil.example"}, 421),
        ({**as_json, "X-Tocsin-Request": None}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded", "X-Tocsin-Request": None}, 415),
    ):
        answer = await browser.ask(SESSION, method="POST", raw=body, headers=headers)
        assert answer.status == status, headers
    for path, method in (
        (SESSION, "DELETE"),
        (f"{SESSION}/sign-out-everywhere", "POST"),
        (f"{SESSION}/password", "POST"),
        (f"{SESSION}/second-factor", "POST"),
    ):
        answer = await browser.ask(path, method=method, body={}, site="cross-site")
        assert answer.status == 403
    assert (await browser.who()).status == 200


async def test_a_strict_cookie_is_not_sent_from_another_site(desk: SignInDesk) -> None:
    browser = await desk.signed_in("an")
    answer = await browser.ask(SESSION, site="cross-site", headers={"Sec-Fetch-Site": "none"})
    assert answer.status == 401


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"X-Forwarded-Proto": "http"}, id="the browser asks the proxy without TLS"),
        pytest.param({"X-Forwarded-Proto": None}, id="the proxy does not say"),
    ],
)
@pytest.mark.parametrize(
    ("path", "body"),
    [
        (SESSION, {"name": "an", "password": PASSWORD}),
        ("/api/v1/setup", {"link": "x", "password": PASSWORD}),
    ],
)
async def test_no_secret_is_taken_where_others_could_read_along(
    desk: SignInDesk, path: str, body: object, headers: dict[str, str | None]
) -> None:
    answer = await desk.browser().post(path, body, headers=headers)
    assert (answer.status, "TLS" in answer.text) == (403, True)
    assert not answer.set_cookies


async def test_a_proxy_that_the_settings_do_not_name_brings_no_secret(database: str) -> None:
    async with sign_in_desk(database, proxy="192.0.2.1") as one:
        await one.add("an", TEAM)
        assert (await one.browser().sign_in("an")).status == 403
        here: dict[str, str | None] = {"X-Forwarded-For": None, "X-Forwarded-Proto": None}
        body = {"name": "an", "password": PASSWORD}
        assert (await one.browser().post(SESSION, body, headers=here)).status == 200


async def test_a_token_and_the_machine_itself_have_no_session(desk: SignInDesk) -> None:
    bearer: dict[str, str | None] = {"Authorization": f"Bearer {LOCAL_TOKEN}"}
    browser = desk.browser()
    shown = await browser.ask(SESSION, headers=bearer)
    assert (shown.said["kind"], shown.said["session"]) == ("local", None)
    for path, method, body in (
        (SESSION, "DELETE", None),
        (f"{SESSION}/sign-out-everywhere", "POST", {}),
        (f"{SESSION}/hand-over", "POST", {"name": "an", "password": PASSWORD}),
        (f"{SESSION}/second-factor", "POST", {}),
    ):
        answer = await browser.ask(path, method=method, body=body, headers=bearer)
        assert answer.status == 409, path


# -- sessions and their end


async def test_who_is_signed_in_sees_roles_permissions_and_times(desk: SignInDesk) -> None:
    browser = await desk.signed_in("an")
    shown = (await browser.who()).said
    assert (shown["account"], shown["name"], shown["place"]) == ("an", "An Nguyễn", "Bàn 1")
    assert shown["roles"][0]["role"] == "commune"
    assert "incidents:read" in shown["permissions"]
    assert "accounts:manage" not in shown["permissions"]
    assert shown["missing"] == []
    times = shown["session"]
    assert times["ends_at"] - times["began_at"] == 43_200_000_000


async def test_a_cookie_that_was_stolen_is_worth_nothing_after_signing_out(desk: SignInDesk) -> None:
    browser = await desk.signed_in("an")
    thief = desk.browser(FAR)
    thief.cookies = dict(browser.cookies)
    assert (await thief.who()).status == 200
    answer = await browser.ask(SESSION, method="DELETE")
    assert (answer.status, COOKIE in browser.cookies) == (200, False)
    assert (await thief.who()).status == 401
    assert (await thief.ask(SESSION, method="DELETE")).status == 401


async def test_signing_out_everywhere_ends_all_sessions_and_no_others(desk: SignInDesk) -> None:
    first, second, other = [await desk.signed_in(name) for name in ("an", "an", "binh")]
    answer = await first.post(f"{SESSION}/sign-out-everywhere", {})
    assert answer.said == {"ended": 2}
    assert [(await each.who()).status for each in (first, second, other)] == [401, 401, 200]


async def test_signing_out_everywhere_ends_the_feeds_that_are_read(desk: SignInDesk) -> None:
    reader, other, hand = [await desk.signed_in(name) for name in ("an", "binh", "an")]
    async with _feed(desk, reader) as of_an, _feed(desk, other) as of_binh:
        assert (of_an.status, of_binh.status) == (200, 200)
        await of_an.content.readline()
        await of_binh.content.readline()
        await hand.post(f"{SESSION}/sign-out-everywhere", {})
        await asyncio.wait_for(_read_to_the_end(of_an), 30)
        assert not of_binh.content.at_eof()


def _feed(desk: SignInDesk, browser: Browser) -> Any:
    headers = {
        "Host": NAME,
        "X-Forwarded-For": DESK,
        "X-Forwarded-Proto": "https",
        "Cookie": f"{COOKIE}={browser.cookies[COOKIE].value}",
    }
    return desk.http.get(f"{desk.url}/api/v1/feed", headers=headers)


async def _read_to_the_end(answer: aiohttp.ClientResponse) -> None:
    try:
        while await answer.content.readline():
            pass
    except aiohttp.ClientError:
        return


async def test_a_session_ends_when_it_is_idle_or_too_old(desk: SignInDesk) -> None:
    browser = await desk.signed_in("an")
    for _ in range(13):
        desk.pass_time(minutes=55)
        assert (await browser.who()).status == 200
    desk.pass_time(minutes=55)  # 12 h 50 min
    assert (await browser.who()).status == 401
    idle = await desk.signed_in("an")
    desk.pass_time(minutes=60)
    assert (await idle.who()).status == 401


async def test_reading_a_feed_keeps_nobody_signed_in(desk: SignInDesk) -> None:
    browser = await desk.signed_in("an")
    async with _feed(desk, browser) as feed:
        assert feed.status == 200
        await feed.content.readline()
        desk.pass_time(minutes=61)
        await asyncio.wait_for(_read_to_the_end(feed), 30)


async def test_a_hand_over_ends_one_session_and_begins_the_next(desk: SignInDesk) -> None:
    browser = await desk.signed_in("an")
    old = desk.browser()
    old.cookies = dict(browser.cookies)
    desk.pass_time(minutes=30)
    answer = await browser.post(f"{SESSION}/hand-over", {"name": "binh", "password": PASSWORD})
    assert (answer.status, answer.said["account"]) == (200, "binh")
    assert (await old.who()).status == 401
    assert (await browser.who()).said["account"] == "binh"
    found = [each for each in await desk.audited() if "handed over" in str(each)]
    assert [(each.who, each.about) for each in found] == [("binh", "an")]


async def test_a_hand_over_that_fails_leaves_the_desk_as_it_was(desk: SignInDesk) -> None:
    browser = await desk.signed_in("an")
    answer = await browser.post(f"{SESSION}/hand-over", {"name": "binh", "password": "wrong wrong"})
    assert (answer.status, answer.set_cookies) == (401, {})
    assert (await browser.who()).said["account"] == "an"


async def test_a_hand_over_to_oneself_lets_the_limits_begin_anew(desk: SignInDesk) -> None:
    browser = await desk.signed_in("an")
    for _ in range(12):
        desk.pass_time(minutes=55)
        await browser.who()
    body = {"name": "an", "password": PASSWORD}
    assert (await browser.post(f"{SESSION}/hand-over", body)).status == 200
    desk.pass_time(minutes=55)
    assert (await browser.who()).status == 200


# -- the second factor


async def test_a_role_that_needs_a_second_factor_counts_when_one_is_enrolled(desk: SignInDesk) -> None:
    await desk.add("truc", OFFICER)
    browser = await desk.signed_in("truc")
    shown = (await browser.who()).said
    assert (shown["roles"], shown["missing"]) == ([], ["second factor"])
    answer = await browser.ask("/api/v1/incidents")
    assert (answer.status, "prove a one-time code if your role needs one" in answer.text) == (403, True)

    begun = await browser.post(f"{SESSION}/second-factor", {"password": PASSWORD})
    assert begun.said["link"].startswith("otpauth://totp/")
    wrong = await browser.post(f"{SESSION}/second-factor/confirm", {"code": "000000"})
    assert wrong.status == 409
    code = desk.code(begun.said["secret"])
    done = await browser.post(f"{SESSION}/second-factor/confirm", {"code": code})
    assert len(done.said["recovery_codes"]) == 10
    shown = (await browser.who()).said
    assert (shown["roles"][0]["role"], shown["missing"]) == ("duty-officer", [])
    assert (await browser.ask("/api/v1/incidents")).status == 200


async def test_a_device_is_enrolled_by_who_knows_the_password(desk: SignInDesk) -> None:
    await desk.add("truc", OFFICER)
    thief = await desk.signed_in("truc")
    for body in ({}, {"password": "wrong wrong wrong"}):
        assert (await thief.post(f"{SESSION}/second-factor", body)).status == 401


async def test_a_code_of_a_device_that_is_being_enrolled_is_not_guessed(desk: SignInDesk) -> None:
    await desk.add("truc", OFFICER)
    browser, thief = await desk.signed_in("truc"), await desk.signed_in("truc")
    begun = await browser.post(f"{SESSION}/second-factor", {"password": PASSWORD})
    code = desk.code(begun.said["secret"])
    for number in range(5):
        wrong = f"{(int(code) + 1 + number) % 1_000_000:06}"
        assert (await thief.post(f"{SESSION}/second-factor/confirm", {"code": wrong})).status == 409
    late = await thief.post(f"{SESSION}/second-factor/confirm", {"code": code})
    assert (late.status, "begin an enrolment first" in late.text) == (409, True)
    begun = await browser.post(f"{SESSION}/second-factor", {"password": PASSWORD})
    right = {"code": desk.code(begun.said["secret"])}
    assert (await browser.post(f"{SESSION}/second-factor/confirm", right)).status == 200


async def test_a_link_that_two_redeem_at_once_makes_one_administrator(desk: SignInDesk) -> None:
    body = {"link": await desk.new_link(None), "password": PASSWORD, "display_name": "Chị Lan"}
    answers = await asyncio.gather(
        *(desk.browser().post("/api/v1/setup", {**body, "name": f"nguoi-{each}"}) for each in range(4))
    )
    assert sorted(each.status for each in answers) == [200, 409, 409, 409]


async def test_a_recovery_code_that_two_send_at_once_signs_one_in(desk: SignInDesk) -> None:
    await desk.add("truc", OFFICER)
    enrolment = await desk.accounts.second_factors.begin("truc", desk.now)
    shown = desk.code(enrolment.secret)
    (code, *_) = await desk.accounts.second_factors.prove("truc", shown, desk.now)
    answers = await asyncio.gather(
        *(desk.browser(f"192.0.2.{each}").sign_in("truc", code=code) for each in range(1, 5))
    )
    assert sorted(each.status for each in answers) == [200, 401, 401, 401]


async def test_a_device_is_not_replaced_by_another(desk: SignInDesk) -> None:
    await desk.add("truc", OFFICER)
    secret = await desk.enrol("truc")
    browser = await desk.signed_in("truc", code=desk.code(secret))
    answer = await browser.post(f"{SESSION}/second-factor", {"password": PASSWORD})
    assert answer.status == 409


async def test_a_code_is_asked_for_and_counts_once(desk: SignInDesk) -> None:
    await desk.add("truc", OFFICER)
    secret = await desk.enrol("truc")
    without = await desk.browser().sign_in("truc")
    assert (without.status, without.said["missing"]) == (401, "code")
    code = desk.code(secret)
    assert (await desk.browser().sign_in("truc", code=code)).status == 200
    assert (await desk.browser().sign_in("truc", code=code)).status == 401


# -- the password


async def test_a_new_password_ends_all_sessions_and_begins_one(desk: SignInDesk) -> None:
    browser, other = await desk.signed_in("an"), await desk.signed_in("an")
    body = {"password": PASSWORD, "new_password": "một câu khác hẳn câu cũ"}
    answer = await browser.post(f"{SESSION}/password", body)
    assert answer.status == 200
    assert [(await each.who()).status for each in (browser, other)] == [200, 401]
    assert (await desk.browser().sign_in("an")).status == 401
    assert (await desk.browser().sign_in("an", "một câu khác hẳn câu cũ")).status == 200


@pytest.mark.parametrize(
    "new", ["too-little", "passwordpassword", "a" * 16, "ab" * 120 + "abcdefgh" * 3, "an-an-an-an-an"]
)
async def test_a_bad_new_password_is_refused_and_not_repeated(desk: SignInDesk, new: str) -> None:
    browser = await desk.signed_in("an")
    answer = await browser.post(f"{SESSION}/password", {"password": PASSWORD, "new_password": new})
    assert (answer.status, new in answer.text) == (400, False)


async def test_the_own_password_is_changed_by_who_knows_it(desk: SignInDesk) -> None:
    browser = await desk.signed_in("an")
    body = {"password": "wrong wrong wrong", "new_password": "một câu khác hẳn câu cũ"}
    assert (await browser.post(f"{SESSION}/password", body)).status == 401
    assert (await browser.who()).status == 200


# -- links that work once


async def test_a_stranger_learns_that_there_are_accounts_and_nothing_of_them(desk: SignInDesk) -> None:
    assert (await desk.browser().ask("/api/v1/setup")).said == {"has_accounts": True}


async def test_the_first_administrator_is_made_by_a_link_that_works_once(desk: SignInDesk) -> None:
    link = await desk.new_link(None)
    body = {"link": link, "password": PASSWORD, "name": "quan-tri", "display_name": "Chị Lan"}
    made = await desk.browser().post("/api/v1/setup", body)
    assert made.said == {"account": "quan-tri", "missing": ["second factor"]}
    assert (await desk.browser().post("/api/v1/setup", body | {"name": "ke-trom"})).status == 409
    shown = (await (await desk.signed_in("quan-tri")).who()).said
    assert shown["missing"] == ["second factor"]


async def test_a_link_to_a_forgotten_password_ends_the_sessions(desk: SignInDesk) -> None:
    thief = await desk.signed_in("an")
    link = await desk.new_link("an")
    body = {"link": link, "password": "một câu khác hẳn câu cũ"}
    assert (await desk.browser().post("/api/v1/setup", body)).said["account"] == "an"
    assert (await thief.who()).status == 401


@pytest.mark.parametrize("link", ["guess", "é", "' OR 1=1 --"])
async def test_a_link_that_nobody_made_does_nothing(desk: SignInDesk, link: str) -> None:
    body = {"link": link, "password": PASSWORD, "name": "x", "display_name": ""}
    assert (await desk.browser().post("/api/v1/setup", body)).status == 409


async def test_a_link_expires(desk: SignInDesk) -> None:
    link = await desk.new_link("an", hours=1)
    desk.pass_time(hours=1)
    body = {"link": link, "password": "một câu khác hẳn câu cũ"}
    assert (await desk.browser().post("/api/v1/setup", body)).status == 409


# -- OpenID Connect


@pytest.fixture
async def provider() -> AsyncIterator[IdentityProvider]:
    async with identity_provider() as one:
        yield one


@pytest.fixture
async def linked(database: str, provider: IdentityProvider) -> AsyncIterator[SignInDesk]:
    """A center with a provider, where the account "an" is linked to its subject."""
    settings = OpenIdSettings(
        issuer=provider.issuer,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        address=ADDRESS,
        second_factor=("mfa",),
    )
    async with sign_in_desk(database, openid=settings) as one:
        one.now = utc_now()
        await one.add("an", TEAM, OFFICER, password=None)
        await one.link("an", provider.issuer, provider.subject)
        yield one


async def come_back(browser: Browser, provider: IdentityProvider, **changed: str) -> Answered:
    """Begin at the center, agree at the provider, and come back as its page sends a browser."""
    begun = await browser.ask(START)
    assert begun.status == 303
    query = {**provider.consent(begun.headers["Location"]), "session_state": "x", **changed}
    return await arrive(browser, query)


async def arrive(browser: Browser, query: dict[str, str], **headers: str | None) -> Answered:
    path = f"{SESSION}/openid/callback?" + "&".join(f"{k}={v}" for k, v in query.items())
    return await browser.ask(path, site="cross-site", headers={**BACK_FROM_ELSEWHERE, **headers})


async def test_a_person_signs_in_with_the_provider(
    linked: SignInDesk, provider: IdentityProvider
) -> None:
    browser = linked.browser()
    answer = await come_back(browser, provider)
    assert answer.status == 200, answer
    assert answer.headers["Content-Type"].startswith("text/html")
    assert 'url=/"' in answer.text
    assert "Location" not in answer.headers
    shown = (await browser.who()).said
    assert (shown["account"], shown["evidence"]) == ("an", "openid connect")
    assert answer.set_cookies[COOKIE]["samesite"] == "Strict"
    assert "__Host-tocsin-openid" not in browser.cookies


async def test_the_cookie_of_the_way_to_the_provider_is_lax_and_short(linked: SignInDesk) -> None:
    begun = await linked.browser().ask(START)
    cookie = begun.set_cookies["__Host-tocsin-openid"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert cookie["max-age"] == "600"
    asked = parse_qs(urlsplit(begun.headers["Location"]).query)
    assert asked["redirect_uri"] == [f"{ADDRESS}/api/v1/session/openid/callback"]
    assert asked["code_challenge_method"] == ["S256"]


async def test_a_role_counts_by_the_second_factor_of_the_provider(
    linked: SignInDesk, provider: IdentityProvider
) -> None:
    provider.claims = lambda claims: claims | {"amr": ["pwd", "mfa"]}
    browser = linked.browser()
    await come_back(browser, provider)
    shown = (await browser.who()).said
    assert ([each["role"] for each in shown["roles"]], shown["missing"]) == (
        ["team-member", "duty-officer"],
        [],
    )


async def test_without_it_the_center_asks_for_its_own_code(
    linked: SignInDesk, provider: IdentityProvider
) -> None:
    secret = await linked.enrol("an")
    linked.now = utc_now()
    browser = linked.browser()
    await come_back(browser, provider)
    assert (await browser.who()).said["missing"] == ["code"]
    wrong = await browser.post(f"{SESSION}/code", {"code": "000000"})
    assert wrong.status == 401
    linked.pass_time(seconds=60)
    right = await browser.post(f"{SESSION}/code", {"code": linked.code(secret)})
    assert (right.status, right.said["missing"], right.said["evidence"]) == (200, [], "openid connect")
    assert (await browser.ask("/api/v1/incidents")).status == 200


async def test_codes_are_not_guessed_in_a_session_of_the_provider(
    linked: SignInDesk, provider: IdentityProvider
) -> None:
    await linked.enrol("an")
    linked.now = utc_now()
    browser = linked.browser(FAR)
    await come_back(browser, provider)
    statuses = [
        (await browser.post(f"{SESSION}/code", {"code": f"{number:06}"})).status for number in range(9)
    ]
    assert set(statuses[:5]) == {401}
    assert set(statuses[-3:]) == {429}


async def test_a_session_of_the_provider_that_was_left_open_enrols_no_device(
    linked: SignInDesk, provider: IdentityProvider
) -> None:
    await linked.add("sau", OFFICER, password=None)
    await linked.link("sau", provider.issuer, "subject-sau")
    provider.subject = "subject-sau"
    linked.now = utc_now()
    browser = linked.browser()
    await come_back(browser, provider)
    linked.pass_time(minutes=11)
    answer = await browser.post(f"{SESSION}/second-factor", {"password": ""})
    assert (answer.status, "sign in again with the provider" in answer.text) == (409, True)
    linked.now = utc_now()
    await come_back(browser, provider)
    assert (await browser.post(f"{SESSION}/second-factor", {"password": ""})).status == 200


async def test_an_identity_without_an_account_is_not_signed_in_and_is_named_in_the_audit(
    linked: SignInDesk, provider: IdentityProvider
) -> None:
    provider.subject = "stranger-77"
    browser = linked.browser()
    answer = await come_back(browser, provider)
    assert (answer.status, COOKIE in browser.cookies) == (401, False)
    assert any("stranger-77" in str(each) for each in await linked.audited())


async def test_an_answer_that_belongs_to_another_browser_signs_nobody_in(
    linked: SignInDesk, provider: IdentityProvider
) -> None:
    thief, victim = linked.browser(FAR), linked.browser()
    begun = await thief.ask(START)
    answer = provider.consent(begun.headers["Location"])
    for _ in range(2):  # without a flow of the own, and with one
        assert (await arrive(victim, answer)).status == 401
        await victim.ask(START)
    assert COOKIE not in victim.cookies


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Sec-Fetch-Dest": "iframe"}, id="within another page"),
        pytest.param({"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, id="as a picture"),
        pytest.param({"Host": "evil.example"}, id="by another name"),
    ],
)
async def test_only_a_person_arrives_from_another_site(
    linked: SignInDesk, provider: IdentityProvider, headers: dict[str, str]
) -> None:
    browser = linked.browser()
    begun = await browser.ask(START)
    answer = await arrive(browser, provider.consent(begun.headers["Location"]), **headers)
    assert (answer.status in {403, 421}, COOKIE in browser.cookies) == (True, False)


async def test_no_other_path_is_open_to_other_sites(linked: SignInDesk) -> None:
    browser = linked.browser()
    for path in (START, SESSION, "/api/v1/incidents", f"{SESSION}/openid/callback/"):
        answer = await browser.ask(path, site="cross-site", headers=BACK_FROM_ELSEWHERE)
        assert answer.status in {403, 404}, path


@pytest.mark.parametrize(
    "query",
    [
        "state=a&state=b&code=c",
        "code=" + "x" * 5_000,
        "state=%00&code=c",
        "state=%ed%a0%80&code=c",
        "iss=%E2%80%AE&code=c&state=s",
        "",
        "error=access_denied&error_description=%3Cscript%3E",
        "next=https://evil.example&redirect=//evil.example&code=a&state=b",
    ],
)
async def test_an_answer_in_another_form_is_refused(linked: SignInDesk, query: str) -> None:
    browser = linked.browser()
    await browser.ask(START)
    answer = await browser.ask(
        f"{SESSION}/openid/callback?{query}", site="cross-site", headers=BACK_FROM_ELSEWHERE
    )
    assert answer.status in {400, 401}
    assert "evil" not in answer.text
    assert "script" not in answer.text


async def test_a_provider_that_is_away_is_said_and_a_password_still_works(
    linked: SignInDesk, provider: IdentityProvider
) -> None:
    await linked.add("binh", TEAM)
    provider.answers["/.well-known/openid-configuration"] = aiohttp.web.Response(status=503)
    answer = await linked.browser().ask(START)
    assert (answer.status, "password" in answer.text) == (503, True)
    assert answer.headers["Retry-After"]
    assert (await linked.browser().sign_in("binh")).status == 200


async def test_without_a_provider_its_paths_say_so(desk: SignInDesk) -> None:
    assert (await desk.browser().ask(START)).status == 404
    assert (await arrive(desk.browser(), {"code": "a"})).status == 404


async def test_a_disabled_account_is_not_signed_in_by_the_provider(
    linked: SignInDesk, provider: IdentityProvider
) -> None:
    await linked.engine.database.write(lambda c: _disable(c, "an", linked))
    assert (await come_back(linked.browser(), provider)).status == 401


async def test_names_of_roles_are_those_of_the_table(desk: SignInDesk) -> None:
    await desk.add("xa", Grant(role=Role.COMMUNE, area="area-1"))
    shown = (await (await desk.signed_in("xa")).who()).said
    assert shown["roles"] == [
        {"role": "commune", "area": "area-1", "premises": None, "since": None, "until": None}
    ]
