"""Overrides are ordered, approved, walked and ended at the desk; every page says what is held back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from contract.messages import Edge
from tests.support.browser import DeskBrowser, Size, browser
from tests.support.console import OFFICERS, DeskCenter, desk_center
from tests.support.servers import built_pages

__all__ = ["browser"]

LEADERS = {**OFFICERS, "binh": (Grant(role=Role.SHIFT_LEADER),)}
"""Two who may order and approve."""

PAGES = ("/", "/matters", "/health", "/map", "/shift", "/mine", "/registry", "/overrides")
"""Pages, on each of which it is seen that protection is taken away."""


@pytest.fixture
async def center(tmp_path: Path) -> AsyncIterator[DeskCenter]:
    """A center whose desk has the built pages, and two people who may approve."""
    async with desk_center(tmp_path, people=LEADERS, pages=built_pages()) as running:
        yield running


async def pick(page: Page, label: str, typed: str, name: str) -> None:
    """Choose *name* by typing a part of it, by keyboard alone."""
    field = page.get_by_role("combobox", name=label)
    await field.focus()
    await field.press_sequentially(typed)
    await expect(page.get_by_role("option", name=name)).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(field).to_have_value(name)


async def order_test(page: Page) -> None:
    """Order a test of the hall, and of its call point, at the market."""
    await page.goto("/overrides")
    await pick(page, "Cơ sở", "an binh", "Chợ An Bình")
    await page.get_by_role("checkbox", name="Nhà lồng").check()
    await page.get_by_role("checkbox", name="Cửa đông").check()
    await pick(page, "Người thử", "le van ba", "Anh Lê Văn Ba")
    await page.get_by_role("button", name="Đặt", exact=True).click()


@pytest.mark.timeout(300)
async def test_a_walk_test_is_ordered_approved_walked_and_ended(
    center: DeskCenter, browser: DeskBrowser, tmp_path: Path
) -> None:
    first, second = await center.sign_in("an"), await center.sign_in("binh")
    async with (
        browser.page(center, session=first, size=Size.LAPTOP) as an,
        browser.page(center, session=second, network_fails=True) as binh,
    ):
        await order_test(an)
        await expect(an.get_by_text("Chỉ có hiệu lực khi người thứ hai phê duyệt")).to_be_visible()
        await expect(an.locator(".override-pending")).to_be_visible()
        await an.screenshot(path=tmp_path / "pending.png", full_page=True)
        # Nothing is held back before somebody else approved it, and nobody approves what is one's own.
        await expect(an.locator(".override-banner")).to_have_count(0)
        await binh.goto("/overrides")
        await binh.get_by_role("button", name="Phê duyệt", exact=True).click()
        await expect(an.locator(".override-in_force")).to_be_visible()
        for path in PAGES:
            await an.goto(path)
            banner = an.locator(".override-banner")
            await expect(banner).to_contain_text("Chợ An Bình")
        count_down = an.locator(".override-banner .count-down")
        before = await count_down.inner_text()
        await expect(count_down).not_to_have_text(before)
        left = an.locator(".walk .left")
        await expect(left).to_have_count(5)
        await center.market.signal("khoi-2")
        await expect(an.locator(".walk .done")).to_have_count(1)
        await center.market.signal("khoi-2", edge=Edge.RESTORED, reason="smoke_below_alarm")
        await center.market.fire("nut-an")
        await expect(an.get_by_text("Đã thử 2 / 5 điểm")).to_be_visible()
        await expect(an.locator(".walk .done", has_text="Cửa đông")).to_be_visible()
        await expect(an.locator(".strip-fire")).to_have_count(0)
        await an.screenshot(path=tmp_path / "walk.png", full_page=True)
        await center.market.restore("nut-an")
        await an.get_by_role("button", name="Kết thúc ngay").click()
        await expect(an.locator(".override-banner")).to_have_count(0)
        await expect(binh.locator(".override-in_force")).to_have_count(0)


@pytest.mark.parametrize(("size", "language"), [(Size.PHONE, "vi"), (Size.DESK, "en")])
async def test_a_short_silence_of_a_detector_needs_one_person(
    center: DeskCenter, browser: DeskBrowser, size: Size, language: str, tmp_path: Path
) -> None:
    session = await center.sign_in("an")
    silence = "tạm ngừng báo lỗi" if language == "vi" else "silence"
    premises = "Cơ sở" if language == "vi" else "Premises"
    zone = "Điểm trong vùng Nhà lồng" if language == "vi" else "Points of Nhà lồng"
    order = "Đặt" if language == "vi" else "Order"
    async with browser.page(
        center, session=session, size=size, language=language, color_scheme="dark"
    ) as page:
        await page.goto("/overrides")
        await page.get_by_role("radio", name=silence).check()
        await pick(page, premises, "nha pho", "Nhà phố 27 Lý Thường Kiệt")
        await page.locator("summary", has_text=zone).click()
        await page.get_by_role("checkbox", name="Quầy vải 1").check()
        await page.screenshot(path=tmp_path / "order.png", full_page=True)
        await page.get_by_role("button", name=order, exact=True).click()
        await expect(page.locator(".override-in_force")).to_contain_text("Quầy vải 1")
        await expect(page.locator(".override-banner")).to_contain_text("Nhà phố 27 Lý Thường Kiệt")
        await page.screenshot(path=tmp_path / "silence.png", full_page=True)
        width = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert await page.evaluate(width), "nothing is scrolled sideways"
