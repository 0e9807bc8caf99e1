"""Duty desks: only who may watch reports one, and nobody learns of desks of other areas."""

from pathlib import Path

import pytest

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from tests.support.communes import BLUE, LOCAL_TOKEN, RED, of_area, province


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/center.db"


async def test_who_is_at_a_desk_is_seen_by_those_who_watch_the_same(database: str) -> None:
    async with province(database, communes=(RED, BLUE)) as one:
        red = one.accounts.add("red", of_area(Role.AREA_TEAM, RED))
        blue = one.accounts.add("blue", of_area(Role.AREA_TEAM, BLUE))
        province_desk = one.accounts.add("all", Grant(role=Role.DUTY_OFFICER))
        for token, desk in ((red, "man-red"), (blue, "man-blue"), (province_desk, "man-tinh")):
            said = {"desk": desk, "key_ago_s": 1.0, "sound_ago_s": 2.0}
            assert (await one.ask(token, "/api/v1/desks", method="POST", body=said)).status == 200
        seen = {
            token: [each["desk"] for each in (await one.ask(token, "/api/v1/desks")).said["desks"]]
            for token in (red, province_desk, LOCAL_TOKEN)
        }
        assert seen[red] == ["man-red", "man-tinh"]
        assert seen[province_desk] == seen[LOCAL_TOKEN] == ["man-blue", "man-red", "man-tinh"]
        (desk, _) = (await one.ask(red, "/api/v1/desks")).said["desks"]
        assert (desk["account"], desk["silent"]) == ("account-red", False)
        assert desk["areas"] == [f"area-{RED}"]
        assert desk["sound_tested_at"] is None, "said before somebody sat down"


async def test_nobody_takes_the_desk_of_another_area(database: str) -> None:
    async with province(database, communes=(RED, BLUE)) as one:
        red = one.accounts.add("red", of_area(Role.AREA_TEAM, RED))
        blue = one.accounts.add("blue", of_area(Role.AREA_TEAM, BLUE))
        said = {"desk": "man-1"}
        assert (await one.ask(red, "/api/v1/desks", method="POST", body=said)).status == 200
        assert (await one.ask(blue, "/api/v1/desks", method="POST", body=said)).status == 409
        wide = {"desk": "man-2", "areas": [f"area-{BLUE}"]}
        assert (await one.ask(red, "/api/v1/desks", method="POST", body=wide)).status == 400


async def test_a_desk_of_before_a_restart_is_known_with_its_last_sign(database: str) -> None:
    async with province(database, communes=(RED,)) as one:
        await one.ask(LOCAL_TOKEN, "/api/v1/desks", method="POST", body={"desk": "man-1", "by": "Lan"})
        (before,) = (await one.ask(LOCAL_TOKEN, "/api/v1/desks")).said["desks"]
        stored = await one.engine.transactions.read(lambda store: store.desks.all())
        assert [(each.id, each.name, each.sign_at) for each in stored] == [
            ("man-1", "Lan", before["sign_at"])
        ]
        (entry,) = await one.engine.database.read(
            lambda connection: connection.exec_driver_sql(
                "SELECT detail FROM audit_entries WHERE about = 'desk man-1'"
            ).all()
        )
        assert "sat down" in entry[0]
