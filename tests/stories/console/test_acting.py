"""An officer acts through a fire by keyboard alone, and the screen never says stored before it is."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect

from tests.support.browser import DeskBrowser, browser
from tests.support.burning_market import known_market
from tests.support.console import DeskCenter, desk_center
from tests.support.servers import built_pages
from tests.support.waiting import eventually

__all__ = ["browser"]

SEEN_BLIND = 30_000
"""Milliseconds to wait for a cover that comes after five seconds without a tick."""


@pytest.fixture
async def center(tmp_path: Path) -> AsyncIterator[DeskCenter]:
    """A center that knows all of the market."""
    registry = await known_market(tmp_path)
    async with desk_center(tmp_path, registry=registry, pages=built_pages()) as running:
        yield running


async def fire_of(center: DeskCenter, session: str) -> str:
    """Set the market on fire; return the id of the incident."""
    await center.market.fire("khoi-1", "khoi-2")

    async def confirmed() -> str | None:
        listed = (await center.get("/api/v1/incidents", session))["incidents"]
        return next((str(each["id"]) for each in listed if each["phase"] == "confirmed"), None)

    return await eventually(confirmed)


async def open_incident(page: Page, incident: str) -> None:
    await page.goto(f"/incidents/{incident}")
    await expect(page.locator("#scene-title")).to_be_visible()


async def stored(page: Page, act: str) -> None:
    await expect(page.locator(".act-stored")).to_contain_text(f"{act}: đã lưu")


async def press(page: Page, *keys: str) -> None:
    for each in keys:
        await page.keyboard.press(each)


async def test_a_fire_is_acted_through_by_keyboard_alone(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    session, second = await center.sign_in("an"), await center.sign_in("binh")
    incident = await fire_of(center, session)
    async with (
        browser.page(center, session=session, network_fails=True) as an,
        browser.page(center, session=second, network_fails=True) as binh,
    ):
        await open_incident(an, incident)
        await open_incident(binh, incident)
        await press(an, "t")
        await stored(an, "Tiếp nhận")
        await expect(binh.locator(".head-owner")).to_contain_text("Nguyễn Văn An")
        await _checklist(an)
        await _said(an)
        await _dispatched(an)
        await _arrived(an)
        await expect(an.locator(".acts .act-first")).to_contain_text("Đã khống chế")
        await press(an, "u")
        # Both points are in fire still: it is asked whether it really is.
        await expect(an.get_by_role("dialog")).to_contain_text("Tất cả điểm vẫn đang báo cháy (2/2)")
        await expect(an.locator(".head")).to_contain_text("đã đến hiện trường")
        await press(an, "Enter")
        await stored(an, "Đã khống chế")
        await _handed_over(an, binh)
        await _not_closed(binh, an)
        await _closed_by_two(binh, an)


async def _checklist(page: Page) -> None:
    steps = page.locator(".steps li")
    await expect(steps.first).to_contain_text("Gọi người đứng đầu cơ sở")
    # A key pressed twice does not tick the next step: each is asked for by its name.
    await press(page, "f", "f")
    await expect(page.get_by_role("dialog")).to_contain_text("Gọi người đứng đầu cơ sở")
    await press(page, "Enter")
    await stored(page, "Bước đã làm")
    await expect(steps.first).to_contain_text("Nguyễn Văn An đã làm")
    await press(page, "q")
    await expect(page.get_by_role("dialog")).to_contain_text("Yêu cầu cắt điện")
    await page.keyboard.type("điện lực đã cắt")
    await press(page, "Enter")
    await stored(page, "Bỏ qua bước")
    await expect(steps.nth(1)).to_contain_text("bỏ qua: điện lực đã cắt")


async def _said(page: Page) -> None:
    await press(page, "n")
    await page.keyboard.type("khói đen ở cổng đông")
    await press(page, "Enter")
    await stored(page, "Ghi chú")
    records = page.locator("section[aria-labelledby='records-title']")
    await expect(records).to_contain_text("khói đen ở cổng đông")
    await press(page, "p")
    await expect(page.get_by_role("dialog")).to_contain_text("Ông Nguyễn Văn Hai")
    await press(page, "1")
    await expect(page.get_by_role("radio", name="Ông Nguyễn Văn Hai")).to_be_focused()
    await press(page, "y")
    await expect(page.get_by_role("radio", name="Có nghe máy")).to_be_focused()
    # What is typed is what was said, also where its first letter was a key before.
    await page.keyboard.type("xe đang đến")
    await expect(page.get_by_role("dialog").get_by_label("Nội dung")).to_have_value("xe đang đến")
    await press(page, "Enter")
    await stored(page, "Ghi cuộc gọi")
    await expect(records).to_contain_text("Ông Nguyễn Văn Hai")
    await expect(records).to_contain_text("xe đang đến")


async def _dispatched(page: Page) -> None:
    await press(page, "d")
    await expect(page.get_by_role("dialog")).to_contain_text("Đội CC&CNCH khu vực 1")
    # Nobody is named yet: it says what is missing, and Enter sends nothing.
    await press(page, "Enter")
    await expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("Hãy chọn đơn vị")
    await expect(page.get_by_role("dialog")).to_contain_text("Tocsin không gửi lệnh điều động")
    await press(page, "1", "2")
    await expect(page.get_by_role("dialog").locator(".unit-calls > li")).to_have_count(2)
    await press(page, "Enter")
    await stored(page, "Điều động")
    await expect(page.locator(".head")).to_contain_text("Đội CC&CNCH khu vực 1")
    await expect(page.locator(".head")).to_contain_text("Đội dân phòng Xã Một")
    # Until somebody notes the call, the page says whom nobody has told; so does the timeline.
    await expect(page.locator(".to-call li")).to_have_count(2)
    records = page.locator("section[aria-labelledby='records-title']")
    await expect(records).to_contain_text("Tocsin không gửi lệnh, phải gọi điện")


async def _arrived(page: Page) -> None:
    """Report one of two units on scene, then the other one: neither stands for both."""
    await press(page, "s", "Enter")
    await expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("chọn lực lượng")
    await press(page, "1", "Enter")
    await stored(page, "Đã đến hiện trường")
    there = page.locator(".head").get_by_text(re.compile(r"\(đã đến\)"))
    await expect(there).to_have_text(re.compile(r"^[^(]*\(đã đến\)[^(]*$"))
    await press(page, "s", "1", "Enter")
    await expect(there).to_have_text(re.compile(r"\(đã đến\).*\(đã đến\)"))


async def _handed_over(an: Page, binh: Page) -> None:
    """Have the owner offer the fire, and the other one accept it."""
    await press(an, "h")
    sheet = an.get_by_role("dialog")
    await expect(sheet).to_contain_text("Trần Thị Bình")
    # Who is at no desk is found by a part of the name, and nobody types an account.
    await sheet.get_by_role("combobox").fill("xa mot")
    await expect(an.get_by_role("option", name="UBND Xã Một")).to_be_visible()
    await press(an, "Escape")
    await sheet.get_by_role("heading").click()
    await press(an, "1", "Enter")
    await expect(an.locator(".act-to_accept")).to_contain_text("khi người nhận đồng ý")
    await expect(an.locator(".head")).to_contain_text("Chờ người nhận bàn giao")
    await expect(an.get_by_role("button", name="Rút lại bàn giao")).to_be_visible()
    await expect(binh.locator(".head")).to_contain_text("Chờ bạn nhận bàn giao")
    await expect(binh).to_have_title(re.compile("1 vụ chờ bạn"))
    await expect(binh.locator(".head-end")).to_contain_text("Trần Thị Bình")
    await press(binh, "y")
    await expect(an.locator(".head-owner")).to_contain_text("Trần Thị Bình")


async def _not_closed(first: Page, second: Page) -> None:
    """Have a proposal to close refused, another one replaced by a third, and that one withdrawn."""
    waiting = first.locator(".head-end")
    await press(first, "c", "1", "Enter")
    await expect(second.locator(".head-end")).to_contain_text("Trần Thị Bình")
    await press(second, "a", "2", "Tab")
    await expect(second.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
    await second.keyboard.type("còn khói ở dãy B")
    await press(second, "Enter")
    await stored(second, "Không phê duyệt")
    await expect(waiting).to_have_count(0)
    await press(first, "c", "1", "Enter")
    await expect(waiting).to_contain_text("cháy thật")
    await press(first, "c", "5")
    await expect(first.get_by_role("dialog")).to_contain_text("(cháy thật) sẽ được thay")
    await press(first, "Enter")
    await expect(waiting).to_contain_text("diễn tập")
    await press(first, "z")
    await stored(first, "Rút lại đề nghị kết thúc")
    await expect(waiting).to_have_count(0)


async def _closed_by_two(first: Page, second: Page) -> None:
    """Have points in fire still: one asks that the fire is closed, another one approves."""
    await press(first, "c")
    await expect(first.get_by_role("dialog")).to_contain_text("Còn 2 điểm đang báo cháy")
    await expect(first.get_by_role("dialog")).to_contain_text("báo lại thành vụ cháy mới")
    await press(first, "1")
    await expect(first.get_by_role("radio", name="cháy thật")).to_be_focused()
    await press(first, "Tab")
    await first.keyboard.type("cháy quầy vải")
    await expect(first.get_by_role("dialog").get_by_label("Ghi chú")).to_have_value("cháy quầy vải")
    await press(first, "Tab")
    await press(first, "ArrowDown")
    await expect(first.get_by_role("combobox")).to_have_value("electrical")
    # Enter in the list of causes chooses; nothing is sent before a further one.
    await press(first, "Enter")
    await expect(first.get_by_role("dialog")).to_be_visible()
    await press(first, "Enter")
    await expect(first.locator(".act-to_approve")).to_contain_text("người thứ hai phê duyệt")
    await expect(first.locator(".head")).to_contain_text("Chờ người thứ hai phê duyệt")
    await expect(second.locator(".head")).to_contain_text("Chờ bạn phê duyệt")
    await expect(second.locator(".head-end")).to_contain_text("Trần Thị Bình")
    await press(second, "a", "Enter")
    await expect(second.locator(".head-end")).to_contain_text("đã kết thúc")


async def test_a_suspected_fire_that_is_taken_is_called_suspected_until_it_is_confirmed(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    async with browser.page(center, session=await center.sign_in("an"), network_fails=True) as page:
        await page.goto("/")
        await center.market.fire("khoi-1")
        await page.locator("a.fire").click()
        await expect(page.locator(".head-phase")).to_have_text("nghi cháy")
        await press(page, "t")
        await expect(page.locator(".head-phase")).to_have_text("nghi cháy: đã tiếp nhận")
        await press(page, "Escape")
        await expect(page.locator(".fire-phase")).to_have_text("nghi cháy: đã tiếp nhận")
        await center.market.fire("khoi-2")
        await expect(page.locator(".fire-phase")).to_have_text("đã xác nhận")


async def test_every_kind_of_override_that_a_fire_permits_is_ordered_from_its_page(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    session = await center.sign_in("an")
    incident = await fire_of(center, session)
    async with browser.page(center, session=session, network_fails=True) as page:
        await open_incident(page, incident)
        await press(page, "o", "2", "Enter")
        await eventually(lambda: _ordered(center, session, "maintenance"))
        await press(page, "o", "4")
        dialog = page.get_by_role("dialog")
        # Points in fire are not offered: no drill begins over a fire.
        await expect(dialog.get_by_role("checkbox")).to_have_count(3)
        await dialog.get_by_role("checkbox").first.focus()
        await press(page, "Space", "Enter")
        await eventually(lambda: _ordered(center, session, "drill"))
        state = page.locator(".act-stored, .act-to_approve")
        await expect(state).to_contain_text("Chế độ tạm thời: đã lưu")


async def _ordered(center: DeskCenter, session: str, kind: str) -> bool:
    listed = (await center.get("/api/v1/overrides", session))["overrides"]
    return kind in {each["kind"] for each in listed}


async def test_of_two_who_take_a_fire_at_once_the_second_learns_who_has_it(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    session, second = await center.sign_in("an"), await center.sign_in("binh")
    incident = await fire_of(center, session)
    path = f"/api/v1/incidents/{incident}/acknowledge"
    async with browser.page(center, session=second, network_fails=True) as binh:
        await open_incident(binh, incident)

        async def overtaken(route: Route) -> None:
            await center.act(path, session, {})
            await route.continue_()

        await binh.route(f"**{path}", overtaken)
        await press(binh, "t")
        await expect(binh.locator(".act-refused")).to_contain_text("Nguyễn Văn An")
        await expect(binh.locator(".act-refused")).to_contain_text("KHÔNG được lưu")
        await expect(binh.locator(".act-stored")).to_have_count(0)
        await press(binh, "e")
        await expect(binh.locator(".act-refused")).to_have_count(0)


@pytest.mark.parametrize("away", ["console", "alerting"])
async def test_an_act_that_the_center_does_not_answer_is_never_called_stored(
    center: DeskCenter, browser: DeskBrowser, away: str
) -> None:
    session = await center.sign_in("an")
    incident = await fire_of(center, session)
    async with browser.page(center, session=session, network_fails=True) as page:
        await open_incident(page, incident)

        async def dies_meanwhile(route: Route) -> None:
            await center.kill(away)
            await route.continue_()

        # The screen sees well when the act begins; a blind one takes the keys.
        await page.route("**/notes", dies_meanwhile, times=1)
        await press(page, "n")
        await page.keyboard.type("lửa lan sang dãy B")
        await press(page, "Enter")
        lost = page.locator("main .act-unanswered")
        await expect(lost).to_contain_text("Ghi chú: CHƯA LƯU", timeout=SEEN_BLIND)
        # The cover of a blind screen says so, too.
        await expect(page.locator(".blind .act-unanswered")).to_be_visible(timeout=SEEN_BLIND)
        await center.start(away)
        await expect(page.locator(".blind")).to_have_count(0, timeout=SEEN_BLIND)
        await expect(lost).to_be_visible()
        await press(page, "r")
        await stored(page, "Ghi chú")
        await expect(lost).to_have_count(0)
        timeline = (await center.get(f"/api/v1/incidents/{incident}", session))["timeline"]
        assert [each["event"] for each in timeline].count("note") == 1


async def test_a_key_acts_at_the_fire_that_is_open_and_at_no_other(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    session = await center.sign_in("an")
    market = await fire_of(center, session)
    await center.shop.fire("nut-an")
    async with browser.page(center, session=session) as page:
        await page.goto("/")
        await expect(page.locator("a.fire")).to_have_count(2)
        # A fire that is only chosen in the queue is not taken, whatever is pressed there.
        await press(page, "j", "t", "s", "Enter")
        await expect(page.locator("#scene-title")).to_be_visible()
        first = page.url
        await expect(page.locator(".head-owner")).to_contain_text("chưa ai", ignore_case=True)
        await press(page, "t")
        await stored(page, "Tiếp nhận")
        await press(page, "]")
        await expect(page).not_to_have_url(first)
        await expect(page.locator(".head-owner")).to_contain_text("chưa ai", ignore_case=True)
        listed = (await center.get("/api/v1/incidents", session))["incidents"]
        assert sum(each["owner"] is not None for each in listed) == 1
        assert market in {each["id"] for each in listed}


async def test_a_fire_that_another_one_had_as_a_suspicion_is_taken_with_a_question(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    an, binh = await center.sign_in("an"), await center.sign_in("binh")
    await center.market.fire("khoi-1")

    async def suspected() -> str | None:
        listed = (await center.get("/api/v1/incidents", an))["incidents"]
        return next((str(each["id"]) for each in listed), None)

    incident = await eventually(suspected)
    await center.act(f"/api/v1/incidents/{incident}/acknowledge", an, {})
    async with browser.page(center, session=binh) as page:
        await open_incident(page, incident)
        await center.market.fire("khoi-2")
        await expect(page.locator(".head-phase")).to_contain_text("đã xác nhận")
        await press(page, "t")
        await expect(page.get_by_role("dialog")).to_contain_text("Nguyễn Văn An đã tiếp nhận")
        await press(page, "Escape")
        await expect(page.locator(".head-owner")).to_contain_text("chưa ai", ignore_case=True)
        await press(page, "t", "Enter")
        await expect(page.locator(".head-owner")).to_contain_text("Trần Thị Bình")
