"""The desk says who may, what is missing or out of order, and what became of a row that is gone."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from contract.messages import Kind
from tests.support.browser import DeskBrowser, browser
from tests.support.console import OFFICERS, REGISTRY, DeskCenter, desk_center
from tests.support.servers import built_pages
from tests.support.waiting import eventually

__all__ = ["browser"]

SHORT = REGISTRY.replace('rule = "type_b"\n', 'rule = "type_b"\nwindow_s = 4.0\nhold_s = 4.0\n')
"""A registry by which a suspicion that is restored ends after seconds."""

PEOPLE = {**OFFICERS, "doi": (Grant(role=Role.AREA_TEAM, area="tinh"),)}
"""With a member of an area's team, who acts and ends nothing."""


@pytest.fixture
async def center(tmp_path: Path) -> AsyncIterator[DeskCenter]:
    """A center with an account that may not close."""
    async with desk_center(tmp_path, registry=SHORT, people=PEOPLE, pages=built_pages()) as running:
        yield running


async def confirmed_fire(center: DeskCenter, session: str) -> str:
    await center.market.fire("khoi-1", "khoi-2")

    async def confirmed() -> str | None:
        listed = (await center.get("/api/v1/incidents", session))["incidents"]
        return next((str(each["id"]) for each in listed if each["phase"] == "confirmed"), None)

    return await eventually(confirmed)


async def test_who_may_not_is_told_who_may_and_a_dispatch_names_somebody(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    session = await center.sign_in("doi")
    async with browser.page(center, session=session, network_fails=True) as page:
        await page.goto("/start")
        refused = page.locator(".start-not")
        await expect(refused).to_contain_text("Hiện bạn chưa thể bắt đầu huấn luyện")
        await expect(page.get_by_role("button", name="Bắt đầu huấn luyện")).to_be_disabled()
        box = await refused.bounding_box()
        assert box is not None
        assert box["y"] < 400
        incident = await confirmed_fire(center, session)
        await page.goto(f"/incidents/{incident}")
        await expect(page.locator("#scene-title")).to_be_visible()
        close = page.locator(".acts-row").get_by_role("button", name=re.compile("^Kết thúc"))
        await expect(close).to_be_disabled()
        await expect(page.locator(".acts-off")).to_contain_text("trực chỉ huy ca")
        await page.keyboard.press("c")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(page.locator(".emergency a[href='tel:114']")).to_be_visible()
        await dispatched_in_words(page)
        await center.market.signal("khoi-3", Kind.FAULT, reason="silent")
        await expect(page.locator(".site-faults")).to_contain_text("khoi-3")
        await counted_alike(page, incident)


async def dispatched_in_words(page: Page) -> None:
    await page.keyboard.press("t")
    await expect(page.locator(".act-stored")).to_contain_text("Tiếp nhận: đã lưu")
    await page.keyboard.press("d")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name=re.compile("^Điều động"))).to_be_disabled()
    await expect(dialog.get_by_role("checkbox", name=re.compile("Chưa ghi đơn vị"))).to_be_visible()
    await dialog.get_by_label("Lực lượng khác").fill("Dân quân ấp 3")
    await page.keyboard.press("Enter")
    await expect(page.locator(".head")).to_contain_text("Dân quân ấp 3")


async def counted_alike(page: Page, incident: str) -> None:
    """Have the queue, the page and the report say the same of who was reached."""
    said = page.get_by_text(re.compile(r"^Đã báo \d+, đến máy \d+, đã xem \d+, trả lời \d+$"))
    on_the_page = await said.first.inner_text()
    await page.goto(f"/incidents/{incident}/report")
    await expect(said.first).to_have_text(on_the_page)
    await page.goto("/")
    await expect(page.locator(".fire-reached")).to_have_text(on_the_page)


async def test_a_suspicion_that_closed_itself_is_named_said_and_found(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    session = await center.sign_in("an")
    async with browser.page(center, session=session, network_fails=True) as page:
        await page.goto("/")
        await expect(page.locator("#queue-title")).to_be_visible()
        await center.shop.fire("khoi-1")
        await expect(page.locator("a.fire")).to_have_count(1)
        await center.shop.restore("khoi-1")
        await expect(page.locator("a.fire")).to_have_count(0, timeout=30_000)
        named = page.locator(".cleared")
        await expect(named).to_contain_text("27 Lý Thường Kiệt")
        await expect(named).to_contain_text("đã tự kết thúc")
        said = page.locator("p.unseen[role=status]").filter(has_text="đã tự kết thúc")
        await expect(said).to_have_count(1)
        await named.get_by_role("link", name="Tất cả sự cố đã kết thúc").click()
        await expect(page.locator(".matter").filter(has_text="cháy · đã kết thúc")).to_be_visible()


async def test_a_fire_that_is_open_again_says_so_and_is_not_overdue_at_once(
    browser: DeskBrowser, tmp_path: Path
) -> None:
    limits = 'id = "standard"\nown_for_s = 10.0\nacknowledge_within_s = 9.0\n'
    registry = REGISTRY.replace('id = "standard"\n', limits)
    async with desk_center(tmp_path, registry=registry, pages=built_pages()) as center:
        session = await center.sign_in("an")
        async with browser.page(center, session=session, network_fails=True) as page:
            await page.goto(f"/incidents/{await confirmed_fire(center, session)}")
            await expect(page.locator("#scene-title")).to_be_visible()
            await page.keyboard.press("t")
            await expect(page.locator(".head-owner")).to_contain_text("Nguyễn Văn An")
            again = page.locator(".head-reopened")
            await expect(again).to_contain_text("Mở lại", timeout=40_000)
            # More time is over since the confirmation than there is to take it.
            await expect(page.locator(".head .clock-overdue")).to_have_count(0, timeout=1)
            await expect(page.locator(".head .clock")).to_contain_text("Tiếp nhận")
            await page.keyboard.press("t")
            await page.get_by_role("link", name="Báo cáo vụ cháy").click()
            acts = page.locator("article.fire-report table").filter(has_text="Mở lại")
            await expect(acts.last).to_contain_text("Tiếp nhận")
