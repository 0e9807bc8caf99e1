"""The page of a fire says in the first minute all that an officer must know, and below it the rest."""

import math
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from contract.messages import Edge, Kind
from contract.times import SECOND, to_micros
from runtime.clock import utc_now
from tests.support.browser import DeskBrowser, Size, browser
from tests.support.burning_market import FIRE_PLAN, known_market
from tests.support.console import DeskCenter, desk_center
from tests.support.servers import built_pages

__all__ = ["browser"]

PEOPLE_INSIDE = re.compile(r"^\s*(4|300)\s")
"""The number by night or by day, whichever it is while the story runs."""


@pytest.fixture
async def center(tmp_path: Path) -> AsyncIterator[DeskCenter]:
    """A center that knows all of the market, whose detectors have measured for half an hour."""
    registry = await known_market(tmp_path)
    async with desk_center(tmp_path, registry=registry, pages=built_pages()) as running:
        now = to_micros(utc_now())
        times = [now - step * 10 * SECOND for step in range(180, 0, -1)]
        smoke = {at: 0.02 + 0.4 * math.exp((at - now) / (60 * SECOND)) for at in times}
        heat = {at: 31.0 + 40.0 * math.exp((at - now) / (60 * SECOND)) for at in times}
        await running.market.readings("khoi-1", "smoke", smoke)
        await running.market.readings("khoi-3", "smoke", smoke)
        await running.market.readings("nhiet-1", "temperature", heat)
        yield running


async def open_fire(page: Page) -> None:
    await page.goto("/")
    await page.locator("a.fire").first.click()
    await expect(page.locator("#scene-title")).to_be_visible()


def section(page: Page, title: str) -> Locator:
    return page.locator(f"section[aria-labelledby='{title}']")


async def burn(center: DeskCenter) -> None:
    await center.market.fire("khoi-1")
    await center.market.fire("khoi-2")
    await center.market.signal("nhiet-1", quantity="temperature", value=71.0, reason="heat_above_alarm")


async def test_the_first_minute_needs_no_tab_and_no_other_page(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    session = await center.sign_in("an")
    await burn(center)
    async with browser.page(center, session=session) as page:
        await open_fire(page)
        head = page.locator(".head")
        await expect(head).to_contain_text("Chợ An Bình")
        await expect(head).to_contain_text("12 Trần Phú, Xã Một")
        await expect(head).to_contain_text("đã xác nhận")
        points = section(page, "points-title")
        await expect(points.locator("li")).to_have_count(3)
        await expect(points.locator("li").first).to_contain_text("vùng Nhà lồng")
        await _plan_is_replayed(page)
        await _readings_are_drawn(page)
        await _scene_is_told(page)
        await _people_are_told(page)


async def _plan_is_replayed(page: Page) -> None:
    picture = page.locator(".plan-picture img")
    await expect(picture).to_be_visible()
    width = await picture.evaluate("image => image.complete && image.naturalWidth")
    assert width > 0, "the plan was not drawn"
    lit = page.locator(".plan-point:not(.plan-dark)")
    await expect(lit).to_have_text(["1", "2", "3"])
    slider = page.get_by_role("slider")
    await slider.focus()
    await page.keyboard.press("Home")
    await expect(lit).to_have_count(0)
    await page.keyboard.press("ArrowRight")
    await expect(page.locator(".plan-newest")).to_have_text("1")
    await expect(page.locator(".replay-said")).to_contain_text("Quầy vải 1")
    await page.keyboard.press("End")
    await expect(lit).to_have_count(3)


async def _readings_are_drawn(page: Page) -> None:
    traces = section(page, "traces-title").locator("figure")
    # Points in fire first, then the neighbour in the zone that is not in fire.
    await expect(traces).to_have_count(3)
    await expect(traces.nth(0)).to_contain_text("Quầy vải 1")
    await expect(traces.nth(0)).to_contain_text("dB/m")
    await expect(traces.nth(1)).to_contain_text("°C")
    await expect(traces.nth(2)).to_contain_text("khoi-3")
    await expect(traces.nth(0).locator("canvas")).to_be_visible()


async def _scene_is_told(page: Page) -> None:
    scene = section(page, "scene-title")
    for fact in (
        "Tủ điện tổng, cổng đông",
        "Phòng bảo vệ, cổng đông",
        "Hẹp nhất 4 m, thấp nhất 4,2 m",
        "Trụ nước trước số 12 Trần Phú",
        "20 bình gas ở dãy hàng ăn",
        "hoạt động tốt",
    ):
        await expect(scene).to_contain_text(fact)
    await expect(scene.locator("dd").first).to_have_text(PEOPLE_INSIDE)
    await expect(scene.locator(".plain").last).to_contain_text("còn thiếu:")
    plan = scene.get_by_role("link", name=FIRE_PLAN)
    address = await plan.get_attribute("href")
    answer = await page.request.get(address or "")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    stations = section(page, "stations-title")
    await expect(stations.locator("li").first).to_contain_text("phụ trách địa bàn")
    await expect(stations).to_contain_text("Đội dân phòng Xã Một")


async def _people_are_told(page: Page) -> None:
    command = section(page, "command-title")
    await expect(command.locator("li").first).to_contain_text("Ông Nguyễn Văn Hai")
    first = command.get_by_role("link").first
    assert await first.get_attribute("href") == "tel:0912345678"
    told = section(page, "told-title")
    head = told.locator(".told > li").filter(has_text="Ông Nguyễn Văn Hai")
    await expect(head.locator(".state-done")).to_have_count(2)
    await expect(head.locator(".state-open")).to_have_count(2)
    await expect(section(page, "why-title")).to_contain_text("điểm thứ hai")
    await expect(section(page, "next-title").locator("li").first).to_be_visible()


@pytest.mark.timeout(300)
async def test_below_the_first_minute_stands_the_whole_record(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    session = await center.sign_in("an")
    await burn(center)
    for _ in range(260):
        await center.market.signal("khoi-3", Kind.FAULT, reason="dirty")
        await center.market.signal("khoi-3", Kind.FAULT, edge=Edge.RESTORED, reason="clean")
    async with browser.page(center, session=session, size=Size.PHONE, language="en") as page:
        await page.add_init_script("localStorage.setItem('tocsin.language', 'en')")
        page.set_default_timeout(90_000)  # five hundred rows, on a machine that others use too
        await open_fire(page)
        records = section(page, "records-title")
        await expect(records).to_contain_text("Fire confirmed by Quầy vải 2")
        await records.get_by_text("Readings as a table").click()
        readings = records.get_by_role("region", name="Readings as a table")
        await expect(readings.locator("tbody tr").first).to_contain_text("smoke")
        await records.get_by_text("Signals as they were stored").click()
        signals = records.get_by_role("region", name="Signals as they were stored")
        await expect(signals.locator("tbody tr")).to_have_count(500)
        await records.get_by_role("button", name="Show more").click()
        await expect(signals.locator("tbody tr")).to_have_count(523)
        assert await is_as_wide_as_the_screen(page)


async def is_as_wide_as_the_screen(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


async def test_the_report_of_a_fire_is_a_page_that_prints(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    session = await center.sign_in("an")
    await burn(center)
    async with browser.page(center, session=session) as page:
        await open_fire(page)
        incident = page.url.rsplit("/", 1)[1]
        await center.act(f"/api/v1/incidents/{incident}/acknowledge", session, {})
        await center.act(f"/api/v1/incidents/{incident}/notes", session, {"text": "khói đen"})
        await page.get_by_role("link", name="Báo cáo vụ cháy").click()
        report = page.locator(".fire-report")
        await expect(report).to_contain_text("Báo cáo vụ cháy tại Chợ An Bình")
        await expect(report).to_contain_text("Vụ cháy chưa kết thúc")
        for title in ("Các mốc thời gian", "Điểm báo cháy theo thứ tự", "Đã báo cho", "Quy trình"):
            await expect(
                report.get_by_role("table", name=title).locator("tbody tr").first
            ).to_be_visible()
        acts = report.get_by_role("table", name="Thao tác đã thực hiện")
        await expect(acts).to_contain_text("khói đen")
        await page.emulate_media(media="print")
        await expect(page.locator(".bar")).to_be_hidden()
        await expect(page.locator(".strip")).to_be_hidden()
        await expect(report.get_by_role("button", name="In hoặc lưu PDF")).to_be_hidden()
        assert (await page.pdf(format="A4")).startswith(b"%PDF")


async def test_a_fire_soon_after_another_one_links_it_and_that_one_links_it(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    session = await center.sign_in("binh")
    await center.market.fire("nut-an")
    async with browser.page(center, session=session) as page:
        await open_fire(page)
        old = page.url
        closed = {"outcome": "false_alarm", "cause": None, "note": "", "instead_of": None}
        incident = f"/api/v1/incidents/{old.rsplit('/', 1)[1]}"
        await center.act(f"{incident}/close", session, closed)
        await center.act(f"{incident}/approve", await center.sign_in("an"), {})
        await expect(page.locator(".head-phase")).to_have_text("cháy: đã kết thúc")
        await expect(page.locator(".head-neighbour")).to_have_count(0)
        # The page of the old one is open all the time, and says by itself that there is a new one.
        await center.market.restore("nut-an")
        await center.market.fire("nut-an")
        await page.get_by_role("link", name="cơ sở này có vụ cháy mới").click()
        earlier = page.locator(".head-neighbour")
        await expect(earlier).to_contain_text("do Trần Thị Bình kết thúc (báo động giả)")
        assert page.url != old
        await earlier.get_by_role("link").click()
        await expect(page).to_have_url(old)
