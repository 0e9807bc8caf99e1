"""The end of a shift: open matters read and signed by both, and reports that print."""

import io
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from pypdf import PdfReader

from tests.support.browser import DeskBrowser, Size, browser
from tests.support.console import DeskCenter, desk_center
from tests.support.servers import built_pages

__all__ = ["browser"]

MADE = 90_000
"""Milliseconds to wait for a report: a process of its own makes it, at a low priority."""


@pytest.mark.timeout(300)
async def test_a_shift_is_handed_over_with_its_open_matters_signed_by_both_and_printed(
    browser: DeskBrowser, tmp_path: Path
) -> None:
    async with desk_center(tmp_path, pages=built_pages()) as center:
        session = await center.sign_in("an")
        async with browser.page(center, session=session, size=Size.LAPTOP) as page:
            await page.goto("/shift")
            await expect(page.get_by_text("Không có việc nào đang mở.")).to_be_visible()
            await center.market.fire("khoi-1", "khoi-2")
            report = page.get_by_role("region", name="Báo cáo ca trực")
            await expect(report).to_contain_text("Chưa có lần giao ca nào được ký: 24 giờ qua")
            open_matters = page.get_by_role("region", name="Việc đang mở")
            await expect(open_matters.get_by_text("Chợ An Bình")).to_be_visible()
            await page.get_by_label("Ghi chú bàn giao").fill("Chờ điện lực cắt điện dãy A")
            give = page.get_by_role("button", name="Ký giao ca")
            await expect(give).to_be_disabled()
            await page.get_by_role("button", name="Tôi đã đọc", exact=True).click()
            await give.click()
            await expect(page.get_by_text("Chưa có người nhận ca")).to_be_visible()
            await _take_over(page, center)
            # The one who comes reads what was open, and the note, above the own signature.
            signed = page.locator("article.signed").first
            await expect(signed.get_by_role("link", name="Chợ An Bình")).to_be_visible()
            await expect(signed.get_by_text("Chờ điện lực cắt điện dãy A")).to_be_visible()
            # A fire that came between is marked, and nobody signs before it is read, too.
            await center.shop.fire("nut-an")
            came = signed.locator(".unread")
            await expect(came).to_contain_text("Có 1 việc mới phát sinh")
            await expect(came.locator("li")).to_contain_text("Mới")
            sign = page.get_by_role("button", name="Tôi đã đọc hết")
            await expect(sign).to_be_disabled()
            await page.get_by_role("button", name="Tôi đã đọc", exact=True).last.click()
            await sign.click()
            await expect(signed.get_by_text("Người nhận ca: Trần Thị Bình")).to_be_visible()
            await expect(report).to_contain_text("Từ lần giao ca gần nhất")
            await expect(report).to_contain_text("Chợ An Bình")
            figures = page.get_by_role("table", name="Tổng hợp")
            await expect(figures).to_be_visible(timeout=MADE)
            await page.screenshot(path=tmp_path / "shift.png", full_page=True)
            printed = _text_of(await page.pdf(format="A4"))
            await _reports_are_downloaded(page)
        assert "Chợ An Bình" in printed
        assert "Người nhận ca: Trần Thị Bình" in printed
        assert "ký, ghi rõ họ tên" in printed
        assert "Tổng hợp" in printed
        assert "Đăng xuất" not in printed, "the frame of the desk is no part of the paper"


async def _take_over(page: Page, center: DeskCenter) -> None:
    """Have Bình sign in at the screen of An."""
    comes = center.people["binh"]
    await page.get_by_label("Tên đăng nhập").fill("binh")
    await page.get_by_label("Mật khẩu", exact=True).fill(comes.password)
    await page.get_by_label("Mã dùng một lần").fill(await comes.code())
    await page.get_by_role("button", name="Nhận bàn trực").click()
    await expect(page.locator(".who")).to_contain_text("Trần Thị Bình")


async def _reports_are_downloaded(page: Page) -> None:
    for title, begin in (("Số vụ PDF", b"%PDF"), ("Số vụ XLSX", b"PK"), ("Giao ca PDF", b"%PDF")):
        async with page.expect_download(timeout=MADE) as waiting:
            await page.get_by_role("link", name=title).click()
        path = await (await waiting.value).path()
        content = path.read_bytes()
        assert content.startswith(begin)
        if title.startswith("Giao ca"):
            assert "Trần Thị Bình" in _text_of(content)


def _text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
