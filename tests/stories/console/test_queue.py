"""An officer sees fires, acts on one by keyboard, and never trusts a screen that is blind."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.support.browser import DeskBrowser, browser
from tests.support.console import DeskCenter, desk_center
from tests.support.servers import built_pages

__all__ = ["browser"]

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
        await rows.first.focus()
        await page.keyboard.press("ArrowDown")
        await expect(rows.nth(1)).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("#scene-title")).to_be_visible()
        await page.keyboard.press("t")
        await expect(page.locator(".act-stored")).to_be_visible()
        await expect(page.locator(".head-owner")).to_contain_text("Nguyễn Văn An")
        # The other fire is in sight here, too.
        await expect(page.locator(".strip-fire")).to_have_count(2)
        await page.keyboard.press("c")
        await page.keyboard.press("2")
        await page.keyboard.press("Enter")
        # Points are in fire still: a second person is asked.
        await expect(page.locator(".head-end")).to_contain_text("Nguyễn Văn An")


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
