"""The registry pages: premises are found and changed through a draft, policies are drawn in time."""

from pathlib import Path

from playwright.async_api import expect

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from tests.support.browser import DeskBrowser, Size, browser
from tests.support.console import MARKET, desk_center
from tests.support.servers import built_pages

__all__ = ["browser"]

ADMINISTRATOR = {"an": (Grant(role=Role.ADMINISTRATOR),)}


async def test_premises_are_found_and_changed_through_a_draft(
    browser: DeskBrowser, tmp_path: Path
) -> None:
    async with desk_center(tmp_path, people=ADMINISTRATOR, pages=built_pages()) as center:
        session = await center.sign_in("an")
        async with browser.page(center, session=session, size=Size.LAPTOP) as page:
            await page.goto("/registry")
            await page.get_by_role("searchbox").fill("xa mot")
            found = page.get_by_role("link", name="Chợ An Bình")
            await expect(found).to_be_visible()
            await expect(page.get_by_role("link", name="Nhà phố 27 Lý Thường Kiệt")).to_have_count(0)
            await found.click()
            await expect(page.get_by_role("heading", name="Bốn tại chỗ")).to_be_visible()
            await page.screenshot(path=tmp_path / "premises.png", full_page=True)
            await page.get_by_role("link", name="Sửa", exact=True).click()
            await page.get_by_label("Địa chỉ", exact=True).fill("14 Trần Phú")
            await page.get_by_role("button", name="Ghi vào bản dự thảo").click()
            await page.get_by_role("link", name="Xem và áp dụng").click()
            await expect(page.get_by_role("cell", name="14 Trần Phú")).to_be_visible()
            await page.screenshot(path=tmp_path / "draft.png", full_page=True)
            await page.get_by_role("button", name="Áp dụng").click()
            await expect(page.get_by_text("đã có hiệu lực")).to_be_visible(timeout=60_000)
            stored = await center.get(f"/api/v1/premises/{MARKET}", session)
            assert stored["premises"]["address"] == "14 Trần Phú"
            await page.goto("/registry/tables/policies/row?key=standard")
            await expect(page.get_by_text("Trung tâm", exact=False).first).to_be_visible()
            await page.screenshot(path=tmp_path / "policy.png", full_page=True)
