"""Nobody takes protection away alone, unheard or for ever, nor ends a fire that burns."""

from datetime import timedelta
from pathlib import Path

import pytest

from accounts.domain.account import Account
from accounts.domain.actor import ActorKind, Grant
from accounts.domain.roles import ROLES, Role
from accounts.store.people import add_account
from contract.http.permissions import Permission
from contract.times import to_micros
from runtime.clock import utc_now
from tests.support.communes import BLUE, LOCAL_TOKEN, RED, Answered, Province, of_area, province


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/center.db"


QUIET: dict[str, object] = {"kind": "silence", "points": [], "tester": None, "minutes": 60}
"""The changes that make the order a silence of the whole premises."""


async def order(one: Province, token: str, commune: str = BLUE, /, **changes: object) -> Answered:
    """Order a test of a point of a commune, in the name of its head."""
    body = {
        "kind": "test",
        "premises": f"cho-{commune}",
        "points": [f"smoke-2-{commune}"],
        "tester": f"head-{commune}",
        "minutes": 480,
        "by": f"Ông {commune}",
    }
    return await one.ask(token, "/api/v1/overrides", method="POST", body=body | changes)


async def approve(one: Province, token: str, asked: Answered, what: str = "overrides") -> Answered:
    path = f"/api/v1/{what}/{asked.said['id']}/approve"
    return await one.ask(token, path, method="POST", body={})


async def close(one: Province, token: str, commune: str = RED) -> Answered:
    path, body = f"/api/v1/incidents/{one.ids[commune]}/close", {"outcome": "false_alarm", "by": "Ai đó"}
    return await one.ask(token, path, method="POST", body=body)


async def told(one: Province, asked: Answered) -> set[str]:
    """The people who have been told of the order."""
    found = await one.ask(LOCAL_TOKEN, f"/api/v1/incidents/{asked.said['id']}")
    return {each["destination"] for each in found.said["deliveries"] if each["event"] == "override"}


async def add_person(one: Province, name: str) -> None:
    """Give the center an account."""
    account = Account(name=name, display_name=name)
    at = to_micros(utc_now())
    await one.engine.database.write(lambda each: add_account(each, account, at=at, by="test"))


# -- who


@pytest.mark.parametrize(
    "role", [each for each in Role if Permission.OVERRIDES_ORDER not in ROLES[each]]
)
async def test_a_role_without_the_right_orders_nothing(role: Role, database: str) -> None:
    async with province(database, communes=(BLUE,)) as one:
        token = one.accounts.add("hai", of_area(role, BLUE))
        assert (await order(one, token)).status == 403


async def test_the_right_in_one_commune_takes_nothing_away_in_another(database: str) -> None:
    async with province(database) as one:
        token = one.accounts.add("hai", of_area(Role.SHIFT_LEADER, RED), of_area(Role.COMMUNE, BLUE))
        seen_only = await order(one, token, BLUE)
        assert (seen_only.status, "no permission 'overrides:order'" in seen_only.text) == (403, True)
        assert (await close(one, token, BLUE)).status == 403


async def test_who_orders_is_who_signed_in_whatever_the_request_says(database: str) -> None:
    async with province(database, communes=(BLUE,)) as one:
        token = one.accounts.add("hai", of_area(Role.MAINTAINER, BLUE))
        assert (await order(one, token)).said["by"] == "Chị hai"


# -- a second person


@pytest.mark.parametrize(
    "changes", [{}, {"kind": "drill", "minutes": 240}, QUIET, {**QUIET, "kind": "maintenance"}]
)
async def test_an_account_alone_takes_no_protection_away(
    changes: dict[str, object], database: str
) -> None:
    async with province(database, communes=(BLUE,)) as one:
        token = one.accounts.add("hai", of_area(Role.MAINTAINER, BLUE))
        asked = await order(one, token, **changes)
        assert (asked.status, asked.said["phase"]) == (201, "pending_approval")
        assert await told(one, asked) == {"command-center", f"head-{BLUE}"}


async def test_a_small_silence_is_left_to_one_account_and_told(database: str) -> None:
    async with province(database, communes=(BLUE,)) as one:
        token = one.accounts.add("hai", of_area(Role.MAINTAINER, BLUE))
        small = QUIET | {"points": [f"smoke-0-{BLUE}"]}
        asked = await order(one, token, **small)
        assert asked.said["phase"] == "ordered"
        assert await told(one, asked) == {"command-center", f"head-{BLUE}"}
        longer = await order(one, token, **(small | {"minutes": 1_440}))
        calls = await order(one, token, **(small | {"points": [f"button-{BLUE}"]}))
        zone = await order(one, token, **(small | {"zones": [f"zone-{BLUE}"]}))
        assert {each.said["phase"] for each in (longer, calls, zone)} == {"pending_approval"}


async def test_a_second_account_with_the_right_approves_and_both_are_named(database: str) -> None:
    async with province(database, communes=(BLUE,)) as one:
        first = one.accounts.add("hai", of_area(Role.MAINTAINER, BLUE))
        second = one.accounts.add("ba", of_area(Role.SHIFT_LEADER, BLUE))
        approved = await approve(one, second, await order(one, first))
        assert (approved.status, approved.said["phase"]) == (200, "ordered")
        assert (approved.said["by"], approved.said["approved_by"]) == ("Chị hai", "Chị ba")
        found = await one.ask(LOCAL_TOKEN, f"/api/v1/incidents/{approved.said['id']}")
        given = [each["data"] for each in found.said["timeline"] if each["event"] == "approval"]
        assert [(each["by"], each["evidence"]) for each in given] == [
            ("Chị hai", "password"),
            ("Chị ba", "password"),
        ]


@pytest.mark.parametrize("role", [Role.MAINTAINER, Role.DUTY_OFFICER, Role.COMMUNE])
async def test_a_second_account_without_the_right_approves_nothing(role: Role, database: str) -> None:
    async with province(database, communes=(BLUE,)) as one:
        first = one.accounts.add("hai", of_area(Role.MAINTAINER, BLUE))
        second = one.accounts.add("ba", of_area(role, BLUE))
        asked = await order(one, first)
        assert (await approve(one, second, asked)).status == 403


async def test_a_second_account_of_another_commune_finds_nothing_to_approve(database: str) -> None:
    async with province(database) as one:
        first = one.accounts.add("hai", of_area(Role.MAINTAINER, BLUE))
        second = one.accounts.add("ba", of_area(Role.SHIFT_LEADER, RED))
        asked = await order(one, first)
        assert (await approve(one, second, asked)).status == 404


async def test_nobody_approves_an_own_order_nor_does_the_local_token(database: str) -> None:
    async with province(database, communes=(BLUE,)) as one:
        token = one.accounts.add("hai", of_area(Role.SHIFT_LEADER, BLUE))
        asked = await order(one, token)
        own = await approve(one, token, asked)
        assert (own.status, "let another person sign in and approve it" in own.text) == (409, True)
        assert (await approve(one, LOCAL_TOKEN, asked)).status == 403


async def test_a_system_orders_nothing_by_itself(database: str) -> None:
    async with province(database, communes=(BLUE,)) as one:
        token = one.accounts.add("cad", Grant(role=Role.INTEGRATION), kind=ActorKind.SYSTEM)
        assert (await order(one, token)).status == 403


async def test_the_local_token_acts_alone_until_the_center_has_an_account(database: str) -> None:
    async with province(database, communes=(BLUE,)) as one:
        assert (await order(one, LOCAL_TOKEN, minutes=30)).said["phase"] == "ordered"
        await add_person(one, "hai")
        asked = await order(one, LOCAL_TOKEN, minutes=30)
        assert asked.said["phase"] == "pending_approval"
        second = one.accounts.add("ba", of_area(Role.SHIFT_LEADER, BLUE))
        assert (await approve(one, second, asked)).said["phase"] == "ordered"


# -- heard by the premises, and bounded


async def test_the_local_token_takes_nothing_away_unheard(database: str) -> None:
    async with province(database, communes=(BLUE,)) as one:
        asked = await order(one, LOCAL_TOKEN)
        assert await told(one, asked) == {"command-center", f"head-{BLUE}"}


async def test_thirty_tests_of_eight_hours_in_a_row_are_not_accepted(database: str) -> None:
    async with province(database, communes=(BLUE,)) as one:
        now, accepted = utc_now(), 0
        for number in range(30):
            begins = now + timedelta(hours=8 * number, minutes=1)
            asked = await order(one, LOCAL_TOKEN, begins_at=begins.isoformat())
            accepted += asked.status == 201
        # 40 h of each week, and never more than 12 h of a day.
        assert accepted == 8
        assert "at most 12 h within 24 h" in asked.text


async def test_only_two_with_the_right_to_extend_go_beyond_what_is_permitted_in_a_row(
    database: str,
) -> None:
    async with province(database, communes=(BLUE,)) as one:
        head = one.accounts.add("hai", of_area(Role.HEAD_OF_PREMISES, BLUE))
        leader = one.accounts.add("ba", of_area(Role.SHIFT_LEADER, BLUE))
        commander = one.accounts.add("tu", Grant(role=Role.COMMANDER))
        assert (await order(one, head, extends=True)).status == 403
        asked = await order(one, leader, extends=True)
        assert asked.said["phase"] == "pending_approval"
        assert (await approve(one, head, asked)).status == 403
        assert (await approve(one, commander, asked)).said["phase"] == "ordered"


async def test_the_local_token_alone_extends_nothing(database: str) -> None:
    async with province(database, communes=(BLUE,)) as one:
        assert (await order(one, LOCAL_TOKEN, extends=True)).said["phase"] == "pending_approval"


# -- the end of a fire


async def test_a_burning_fire_is_not_closed_by_one_account(database: str) -> None:
    async with province(database, communes=(RED,)) as one:
        first = one.accounts.add("hai", of_area(Role.DUTY_OFFICER, RED))
        second = one.accounts.add("ba", of_area(Role.SHIFT_LEADER, RED))
        asked = await close(one, first)
        assert (asked.status, asked.said["phase"]) == (200, "confirmed")
        assert asked.said["closing"]["by"] == "Chị hai"
        assert (await approve(one, first, asked, "incidents")).status == 403, "no right to approve"
        assert (await approve(one, LOCAL_TOKEN, asked, "incidents")).status == 403
        closed = await approve(one, second, asked, "incidents")
        assert (closed.said["phase"], closed.said["closed_by"]) == ("closed", "Chị hai")


async def test_the_local_token_closes_a_burning_fire_until_there_are_accounts(database: str) -> None:
    async with province(database, communes=(RED, BLUE)) as one:
        assert (await close(one, LOCAL_TOKEN, RED)).said["phase"] == "closed"
        await add_person(one, "hai")
        assert (await close(one, LOCAL_TOKEN, BLUE)).said["phase"] == "confirmed"


async def test_an_order_is_not_approved_as_a_fire_nor_a_fire_as_an_order(database: str) -> None:
    async with province(database, communes=(BLUE,)) as one:
        second = one.accounts.add("ba", Grant(role=Role.SHIFT_LEADER))
        asked = await order(one, one.accounts.add("hai", of_area(Role.MAINTAINER, BLUE)))
        assert (await approve(one, second, asked, "incidents")).status == 404
        path = f"/api/v1/overrides/{one.ids[BLUE]}/approve"
        assert (await one.ask(second, path, method="POST", body={})).status == 404
