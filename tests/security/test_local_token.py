"""The token of the settings is for the center's own machine, once an administrator can sign in."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from accounts.administration.order import order_of
from accounts.administration.tokens import add_token
from accounts.domain.account import TokenPlace
from accounts.domain.actor import Grant
from accounts.domain.areas import Validity
from accounts.domain.roles import Role
from accounts.store.people import set_disabled
from contract.http.permissions import Permission
from contract.times import to_micros
from tests.support.sign_in_desk import LOCAL_TOKEN, PASSWORD, START, Answered, SignInDesk, sign_in_desk

ADMINISTRATOR = Grant(role=Role.ADMINISTRATOR)
INCIDENTS = "/api/v1/incidents"
HERE: dict[str, str | None] = {"X-Forwarded-For": None, "X-Forwarded-Proto": None}
"""Instead of the headers of a proxy: a program on the center's machine asks by itself."""


@pytest.fixture
async def desk(database: str) -> AsyncIterator[SignInDesk]:
    async with sign_in_desk(database) as one:
        yield one


async def ask(
    desk: SignInDesk,
    path: str = INCIDENTS,
    *,
    token: str = LOCAL_TOKEN,
    way: dict[str, str | None] | None = None,
) -> Answered:
    """Ask with *token*, from another machine unless *way* says otherwise."""
    desk.accounts.active.look_again()
    return await desk.browser().ask(path, headers={"Authorization": f"Bearer {token}", **(way or {})})


async def test_until_an_administrator_can_sign_in_the_token_opens_the_center_from_anywhere(
    desk: SignInDesk,
) -> None:
    await desk.add("le-binh", Grant(role=Role.DUTY_OFFICER))
    await desk.add("tran-an", ADMINISTRATOR, password=None)
    later = Validity(since=START.date().replace(month=12, day=31))
    await desk.add("vo-chau", Grant(role=Role.ADMINISTRATOR, validity=later))
    assert (await ask(desk)).status == 200


async def test_once_an_administrator_can_sign_in_the_token_is_refused_elsewhere_with_a_remedy(
    desk: SignInDesk,
) -> None:
    await desk.add("tran-an", ADMINISTRATOR)
    answer = await ask(desk)
    assert (answer.status, "tocsin accounts token add" in answer.text) == (401, True)
    assert "token add" not in (await ask(desk, token="w" * 32)).text
    metrics = (await ask(desk, "/metrics", way=HERE)).text
    assert 'refused_total{reason="local token from elsewhere"} 1.0' in metrics


async def test_an_administrator_who_signs_in_at_a_provider_is_one(desk: SignInDesk) -> None:
    await desk.add("tran-an", ADMINISTRATOR, password=None)
    assert (await ask(desk)).status == 200
    await desk.link("tran-an", "https://login.example.vn", "248289761001")
    assert (await ask(desk)).status == 401


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"],
)
async def test_programs_on_the_machine_of_the_center_go_on_and_a_proxy_there_is_none(
    desk: SignInDesk, header: str
) -> None:
    await desk.add("tran-an", ADMINISTRATOR)
    assert (await ask(desk, way=HERE)).status == 200
    assert (await ask(desk, way=HERE | {header: "127.0.0.1"})).status == 401


async def test_a_token_of_an_account_opens_the_center_from_elsewhere(desk: SignInDesk) -> None:
    await desk.add("tran-an", ADMINISTRATOR)
    scopes, places = frozenset({Permission.INCIDENTS_READ}), [TokenPlace()]
    token = await desk.engine.database.write(
        lambda c: add_token(c, "map", order_of("test", desk.now), scopes=scopes, places=places, days=1)
    )
    assert (await ask(desk, token=token)).status == 200


async def test_attempts_to_sign_in_are_counted_by_their_result_and_without_names(
    desk: SignInDesk,
) -> None:
    await desk.add("le-binh", Grant(role=Role.TEAM_MEMBER))
    for password in (PASSWORD, *["wrong"] * 7):
        await desk.browser().sign_in("le-binh", password)
    counted = [
        line
        for line in (await ask(desk, "/metrics", way=HERE)).text.splitlines()
        if line.startswith("tocsin_alerting_sign_ins_total{")
    ]
    assert {line.split()[0].partition("=")[2] for line in counted} == {
        '"signed_in"}',
        '"wrong"}',
        '"too_many"}',
    }
    assert "le-binh" not in str(counted)


async def test_without_administrators_the_token_is_good_from_anywhere_again(desk: SignInDesk) -> None:
    await desk.add("tran-an", ADMINISTRATOR)
    assert (await ask(desk)).status == 401
    at = to_micros(desk.now)
    await desk.engine.database.write(lambda c: set_disabled(c, "tran-an", at=at, by="test"))
    assert (await ask(desk)).status == 200


async def test_a_database_that_does_not_answer_opens_nothing_and_keeps_nobody_here_out(
    desk: SignInDesk,
) -> None:
    await desk.engine.database.write(
        lambda c: c.execute(text("ALTER TABLE account_changes RENAME TO away"))
    )
    assert (await ask(desk)).status == 503
    assert (await ask(desk, way=HERE)).status == 200
