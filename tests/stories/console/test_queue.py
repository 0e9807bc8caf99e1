"""An officer sees fires, acts on one by keyboard, and never trusts a screen that is blind."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.support.browser import DeskBrowser, Size, browser
from tests.support.console import REGISTRY, DeskCenter, desk_center
from tests.support.servers import built_pages

__all__ = ["browser"]

SHORT = REGISTRY.replace('id = "standard"', 'id = "standard"\ndispatch_within_s = 5.0')
"""Premises at which forces are to be sent within five seconds."""

SEEN_BLIND = 30_000
"""Milliseconds to wait for a cover that comes after five seconds without a tick."""


@pytest.fixture
async def center(tmp_path: Path) -> AsyncIterator[DeskCenter]:
    """A center whose desk has the built pages."""
    async with desk_center(tmp_path, pages=built_pages()) as running:
        yield running


async def open_queue(page: Page) -> None:
    await page.goto("/")
    await expect(page.locator("#queue-title")).to_be_visible()


async def test_fires_stand_in_the_queue_and_one_is_acted_through_by_keyboard(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    session = await center.sign_in("an")
    async with browser.page(center, session=session, network_fails=True) as page:
        await open_queue(page)
        await center.market.fire("khoi-1", "khoi-2")
        await center.shop.fire("nut-an")
        rows = page.locator("a.fire")
        await expect(rows).to_have_count(2)
        # Whoever opens the queue stands at the first row, and reads which keys lead on.
        await expect(rows.first).to_be_focused()
        await expect(page.locator(".key-hint")).to_contain_text("Các phím tắt")
        await page.keyboard.press("j")
        await expect(rows.nth(1)).to_be_focused()
        await page.keyboard.press("ArrowUp")
        await expect(rows.first).to_be_focused()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(page.locator("#scene-title")).to_be_visible()
        await _leaves_by_escape(page)
        # A capital is the same key.
        await page.keyboard.press("T")
        await expect(page.locator(".act-stored")).to_be_visible()
        await expect(page.locator(".head-owner")).to_contain_text("Nguyễn Văn An")
        # The other fire is in sight here, too.
        await expect(page.locator(".strip-fire")).to_have_count(2)
        await page.keyboard.press("c")
        await page.keyboard.press("2")
        await page.keyboard.press("Enter")
        # Points are in fire still: a second person is asked.
        await expect(page.locator(".head-end")).to_contain_text("Nguyễn Văn An")


async def _leaves_by_escape(page: Page) -> None:
    """Have Escape close a sheet first, then the page of the fire, whose row is chosen in the queue."""
    fire = page.url
    await page.keyboard.press("n")
    sheet = page.get_by_role("dialog")
    await expect(sheet).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(sheet).to_have_count(0)
    assert page.url == fire
    await page.keyboard.press("Escape")
    await expect(page.locator("#queue-title")).to_be_visible()
    await expect(page.locator("a.fire").first).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator("#scene-title")).to_be_visible()


async def test_a_fire_that_is_taken_and_overdue_stays_marked(
    browser: DeskBrowser, tmp_path: Path
) -> None:
    async with desk_center(tmp_path, pages=built_pages(), registry=SHORT) as center:
        session = await center.sign_in("an")
        await center.market.fire("nut-an")
        async with browser.page(center, session=session) as page:
            await open_queue(page)
            await page.locator("a.fire").click()
            await expect(page.locator("#scene-title")).to_be_visible()
            await page.keyboard.press("t")
            await expect(page.locator(".incident-top.overdue")).to_be_visible()
            await page.keyboard.press("1")
            row = page.locator("a.fire.fire-acknowledged.overdue")
            await expect(row).to_be_visible()
            red = await page.locator(".queue-counts .overdue").evaluate("e => getComputedStyle(e).color")
            edge = await row.evaluate("e => getComputedStyle(e).borderInlineStartColor")
            assert edge == red


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_the_bar_is_one_line_with_the_clock_of_the_center(
    center: DeskCenter, browser: DeskBrowser, language: str
) -> None:
    session = await center.sign_in("an")
    await center.market.fire("nut-an")
    async with browser.page(center, session=session, size=Size.LAPTOP, language=language) as page:
        await open_queue(page)
        await expect(page.locator("a.fire")).to_have_count(1)
        size = await page.locator(".bar").bounding_box()
        assert size is not None
        assert size["height"] <= 64
        assert await page.evaluate("document.documentElement.scrollWidth") <= Size.LAPTOP.value[0]
        await expect(page.locator(".center-clock")).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
        # Whoever answers for no premises is not led to their page.
        await expect(page.locator("a[href='/mine']")).to_have_count(0)


async def test_whoever_signs_in_writes_at_once_and_is_led_to_no_first_account(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    async with browser.page(center, network_fails=True) as page:
        async with page.expect_response("**/api/v1/setup"):
            await page.goto("/")
        await expect(page.get_by_label("Tên đăng nhập")).to_be_focused()
        await expect(page.locator("a[href='/setup']")).to_have_count(0)


async def test_a_head_of_premises_is_led_to_them(center: DeskCenter, browser: DeskBrowser) -> None:
    session = await center.sign_in("chu-cho")
    async with browser.page(center, session=session, size=Size.PHONE) as page:
        await open_queue(page)
        await expect(page.locator(".bar nav a[href='/mine']")).to_be_visible()


async def test_a_second_officer_sees_at_once_who_has_the_fire(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    first, second = await center.sign_in("an"), await center.sign_in("binh")
    async with (
        browser.page(center, session=first, network_fails=True) as an,
        browser.page(center, session=second, network_fails=True) as binh,
    ):
        await open_queue(an)
        await open_queue(binh)
        await center.market.fire("nut-an")
        await expect(binh.locator("a.fire")).to_have_count(1)
        await an.locator("a.fire").click()
        await expect(an.locator("#scene-title")).to_be_visible()
        await an.keyboard.press("t")
        await expect(binh.locator(".fire-owner")).to_contain_text("Nguyễn Văn An")


async def test_a_screen_without_its_server_is_covered_until_the_server_is_back(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    session = await center.sign_in("an")
    async with browser.page(center, session=session, network_fails=True) as page:
        await open_queue(page)
        await center.kill("console")
        await expect(page.locator(".blind")).to_be_visible(timeout=SEEN_BLIND)
        assert "MẤT TÍN HIỆU" in await page.title()
        await center.start("console")
        await expect(page.locator(".blind")).to_have_count(0, timeout=SEEN_BLIND)
        await center.kill("alerting")
        await expect(page.locator(".blind")).to_be_visible(timeout=SEEN_BLIND)
