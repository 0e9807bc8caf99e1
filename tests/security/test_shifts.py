"""A shift is handed over with all that is open, signed by two, and seen by who watches the same."""

from pathlib import Path

import pytest

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from tests.support.communes import BLUE, LOCAL_TOKEN, RED, of_area, province

PATH = "/api/v1/shifts/hand-over"


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/center.db"


async def test_two_persons_sign_what_the_center_lists_as_open(database: str) -> None:
    async with province(database, communes=(RED, BLUE)) as one:
        day = one.accounts.add("day", Grant(role=Role.DUTY_OFFICER))
        night = one.accounts.add("night", Grant(role=Role.DUTY_OFFICER))
        given = await one.ask(day, PATH, method="POST", body={"note": "cổng sau chợ bị khóa"})
        assert given.status == 201
        assert given.said["received"] is None
        matters = {(each["kind"], each["premises"]) for each in given.said["matters"]}
        assert ("fire", f"cho-{RED}") in matters
        assert ("maintenance", f"cho-{BLUE}") in matters
        assert given.said["total"] == len(given.said["matters"])
        sign = {"hand_over": given.said["id"], "note": "đã đọc"}
        own = await one.ask(day, f"{PATH}/signature", method="POST", body=sign)
        assert own.status == 409
        signed = await one.ask(night, f"{PATH}/signature", method="POST", body=sign)
        assert (signed.status, signed.said["received"]["account"]) == (200, "account-night")
        again = await one.ask(night, f"{PATH}/signature", method="POST", body=sign)
        assert again.status == 409
        (listed,) = (await one.ask(day, PATH)).said["hand_overs"]
        assert listed == signed.said


async def test_what_came_since_a_list_was_read_is_read_before_it_is_signed(database: str) -> None:
    async with province(database, communes=(RED,)) as one:
        day = one.accounts.add("day", Grant(role=Role.DUTY_OFFICER))
        night = one.accounts.add("night", Grant(role=Role.DUTY_OFFICER))
        refused = await one.ask(day, PATH, method="POST", body={"read": []})
        assert refused.status == 409
        new = refused.said["new"]
        given = (await one.ask(day, PATH, method="POST", body={"read": new})).said
        assert [each["incident"] for each in given["matters"]] == new
        sign = {"hand_over": given["id"], "read": new[1:]}
        unread = await one.ask(night, f"{PATH}/signature", method="POST", body=sign)
        assert (unread.status, unread.said["new"]) == (409, new[:1])
        (listed,) = (await one.ask(day, PATH)).said["hand_overs"]
        assert listed["received"] is None
        signed = await one.ask(night, f"{PATH}/signature", method="POST", body={**sign, "read": new})
        assert signed.status == 200


async def test_a_hand_over_is_seen_by_those_who_watch_all_of_it(database: str) -> None:
    async with province(database, communes=(RED, BLUE)) as one:
        red = one.accounts.add("red", of_area(Role.AREA_TEAM, RED))
        blue = one.accounts.add("blue", of_area(Role.AREA_TEAM, BLUE))
        everywhere = one.accounts.add("all", Grant(role=Role.DUTY_OFFICER))
        of_red = (await one.ask(red, PATH, method="POST", body={})).said
        assert {each["premises"] for each in of_red["matters"]} == {f"cho-{RED}"}
        await one.ask(everywhere, PATH, method="POST", body={})
        seen = {
            token: len((await one.ask(token, PATH)).said["hand_overs"])
            for token in (red, blue, everywhere, LOCAL_TOKEN)
        }
        assert seen == {red: 1, blue: 0, everywhere: 2, LOCAL_TOKEN: 2}
        sign = {"hand_over": of_red["id"]}
        assert (await one.ask(blue, f"{PATH}/signature", method="POST", body=sign)).status == 409
