"""What a screen is sent: all that its person may see, at once, and nothing else."""

import shutil
from functools import partial
from pathlib import Path

from contract.messages import Edge
from tests.support.console import MARKET, SHOP, DeskCenter, LiveStream, desk_center, live
from tests.support.waiting import eventually


async def test_a_fire_is_on_every_screen_that_may_see_it_and_on_no_other(tmp_path: Path) -> None:
    async with desk_center(tmp_path) as center:
        officer, commune = await center.sign_in("an"), await center.sign_in("xa-1")
        async with live(center, officer) as desk, live(center, commune) as hall:
            await eventually(lambda: desk.tick and desk.tick["upstream"]["state"] == "ok")
            assert desk.events[0][0] == "hello"
            assert desk.of("hello")[0]["who"]["name"] == "Nguyễn Văn An"
            assert desk.of("rows")[0] == {"rows": [], "gone": [], "reset": True}
            await center.market.fire("khoi-1", "khoi-2")
            await center.shop.fire("nut-an")
            await eventually(lambda: len(desk.rows) == 2)
            assert {each["premises"]["id"] for each in desk.rows.values()} == {MARKET, SHOP}
            await eventually(lambda: [each["phase"] for each in hall.rows.values()] == ["confirmed"])
            assert {each["premises"]["id"] for each in hall.rows.values()} == {MARKET}
            assert {each["premises"] for each in hall.entries} == {MARKET}
            await eventually(partial(_shows_all, center, officer, desk))


async def test_an_incident_that_ends_is_gone_from_the_screen(tmp_path: Path) -> None:
    async with desk_center(tmp_path) as center:
        officer = await center.sign_in("an")
        async with live(center, officer) as desk:
            await center.shop.signal("khoi-1")
            incident = await eventually(lambda: next(iter(desk.rows), None))
            await center.shop.signal("khoi-1", edge=Edge.RESTORED, reason="smoke_below_alarm")
            close = {"outcome": "false_alarm"}
            await center.act(f"/api/v1/incidents/{incident}/close", officer, close)
            await eventually(lambda: incident not in desk.rows)


async def test_who_shows_no_session_gets_nothing(tmp_path: Path) -> None:
    async with desk_center(tmp_path) as center:
        for session in (None, "somebody-elses", "x" * 500):
            async with live(center, session) as nobody:
                assert (nobody.status, nobody.events) == (401, [])


async def test_a_stream_ends_when_its_person_signs_out(tmp_path: Path) -> None:
    async with desk_center(tmp_path) as center:
        officer = await center.sign_in("an")
        async with live(center, officer) as desk:
            await eventually(lambda: desk.tick)
            async with center.ask("DELETE", "/api/v1/session", session=officer) as answer:
                assert answer.status == 200
            await eventually(lambda: desk.ended)


async def test_ticks_go_on_and_say_so_while_alerting_is_away(tmp_path: Path) -> None:
    async with desk_center(tmp_path) as center:
        officer = await center.sign_in("an")
        async with live(center, officer) as desk:
            await center.market.fire("khoi-1", "khoi-2")
            await eventually(lambda: desk.rows)
            await center.kill("alerting")
            await eventually(lambda: _are_lost(desk.tick, "upstream", "broker"))
            assert desk.rows, "what was known stays on the screen"
            count = len(desk.of("tick"))
            await eventually(lambda: len(desk.of("tick")) > count + 1)
            await center.start("alerting")
            await eventually(lambda: desk.tick["upstream"]["state"] == "ok", within=20)
            await center.shop.fire("nut-an")
            await eventually(lambda: len(desk.rows) == 2)


def _are_lost(tick: dict[str, dict[str, str]], *parts: str) -> bool:
    return all(tick[each]["state"] == "lost" for each in parts)


async def test_a_screen_sees_the_same_again_after_console_died(tmp_path: Path) -> None:
    async with desk_center(tmp_path) as center:
        officer = await center.sign_in("an")
        async with live(center, officer) as desk:
            await eventually(lambda: desk.tick)
            await center.kill("console")
        await center.market.fire("khoi-1", "khoi-2")
        await center.start("console")
        async with live(center, officer) as desk:
            await eventually(lambda: [each["phase"] for each in desk.rows.values()] == ["confirmed"])


async def test_a_center_whose_database_was_restored_is_not_mixed_with_what_was_before(
    tmp_path: Path,
) -> None:
    async with desk_center(tmp_path) as center:
        officer = await center.sign_in("an")
        data, backup, newer = (tmp_path / name for name in ("alerting", "backup", "newer"))
        async with live(center, officer) as desk:
            await center.shop.signal("khoi-1")
            await eventually(lambda: desk.rows and desk.entries)
            await center.stop("alerting")
            shutil.copytree(data, backup)
            await center.start("alerting")
            await center.market.fire("khoi-1", "khoi-2")
            await eventually(lambda: len(desk.rows) == 2, within=40)
            burning = {each["id"] for each in desk.rows.values() if each["premises"]["id"] == MARKET}
            await center.stop("alerting")
            data.rename(newer)
            backup.rename(data)
            await center.start("alerting")
            await eventually(lambda: desk.tick["upstream"]["state"] == "ok", within=40)
            # Its entries have numbers that the screen saw before: they are heard all the same, at once.
            await center.shop.fire("khoi-2")
            await eventually(lambda: _phases(desk) == {SHOP: "confirmed"}, within=30)
            assert not burning & desk.rows.keys()
            await eventually(partial(_shows_all, center, officer, desk))


def _phases(desk: LiveStream) -> dict[str, str]:
    fires = [each for each in desk.rows.values() if each["kind"] == "fire"]
    return {each["premises"]["id"]: each["phase"] for each in fires}


async def _shows_all(center: DeskCenter, session: str, desk: LiveStream) -> bool:
    """Return whether *desk* has what alerting lists at this moment."""
    listed = await center.get("/api/v1/incidents?kind=all", session)
    return {each["id"]: each for each in listed["incidents"]} == desk.rows
