"""The registry pages: changes go through drafts, points are placed on plans, rules are tried first."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import FilePayload, Page, expect

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from tests.support.browser import DeskBrowser, Size, browser
from tests.support.console import MARKET, REGISTRY, DeskCenter, desk_center
from tests.support.servers import built_pages
from tests.support.waiting import eventually

__all__ = ["browser"]

ADMINISTRATOR = {"an": (Grant(role=Role.ADMINISTRATOR), Grant(role=Role.SHIFT_LEADER))}

WITHOUT_DEVICE = {"xa-1": (Grant(role=Role.COMMUNE, area="xa-1"),)}

APPLIED = 60_000
"""Milliseconds to wait for a version: a draft is checked as a whole before it counts."""

FLOOR = f"""
[[floors]]
id = "tret"
premises = "{MARKET}"
level = 0
name = "Tầng trệt"
"""

ON_DUTY = """
[[contacts]]
id = "ca-ngay"
name = "Kỹ thuật viên ca ngày"
topic = "ca-ngay"

[[contacts]]
id = "ca-dem"
name = "Kỹ thuật viên ca đêm"
topic = "ca-dem"

[[rosters]]
id = "truc"
name = "Trực kỹ thuật"
shifts = [
    { begin = 07:00:00, end = 19:00:00, who = ["ca-ngay"] },
    { begin = 19:00:00, end = 07:00:00, who = ["ca-dem"] },
]

[[policies]]
id = "cho"
stages = [
    { after_s = 0, notify = ["command-center", "premises"] },
    { after_s = 60, notify = ["truc"] },
]
"""


async def test_premises_are_found_and_changed_through_a_draft(
    browser: DeskBrowser, tmp_path: Path
) -> None:
    async with desk_center(tmp_path, people=ADMINISTRATOR, pages=built_pages()) as center:
        session = await center.sign_in("an")
        # A value is refused on the way, which the browser notes as a failed request.
        async with browser.page(center, session=session, size=Size.LAPTOP, network_fails=True) as page:
            await page.goto("/registry")
            await page.get_by_role("searchbox").fill("xa mot")
            found = page.get_by_role("link", name="Chợ An Bình")
            await expect(found).to_be_visible()
            await expect(page.get_by_role("link", name="Nhà phố 27 Lý Thường Kiệt")).to_have_count(0)
            await found.click()
            await expect(page.get_by_role("heading", name="Bốn tại chỗ")).to_be_visible()
            await page.get_by_role("link", name="Sửa", exact=True).click()
            await _a_value_is_refused_in_words(page)
            await page.get_by_label("Địa chỉ", exact=True).fill("14 Trần Phú")
            await page.get_by_role("button", name="Ghi vào bản dự thảo").click()
            await page.get_by_role("link", name="Xem và áp dụng").click()
            await expect(page.get_by_role("cell", name="14 Trần Phú")).to_be_visible()
            await page.screenshot(path=tmp_path / "draft.png", full_page=True)
            await _apply(page)
            stored = await center.get(f"/api/v1/premises/{MARKET}", session)
            assert stored["premises"]["address"] == "14 Trần Phú"


async def _a_value_is_refused_in_words(page: Page) -> None:
    """A refusal is in the reader's language, though the center's own words are English."""
    north = page.get_by_label("Vĩ độ", exact=True)
    before = await north.input_value()
    await north.fill("105")
    await page.get_by_role("button", name="Ghi vào bản dự thảo").click()
    refused = page.get_by_role("alert").filter(has_text="không được quá 90 → hãy sửa lại")
    await expect(refused).to_be_visible()
    await north.fill(before)


@pytest.mark.timeout(240)
async def test_points_are_placed_on_a_plan_by_hand_and_lit_in_the_fire(
    browser: DeskBrowser, tmp_path: Path
) -> None:
    registry = REGISTRY + FLOOR
    async with desk_center(
        tmp_path, registry=registry, people=ADMINISTRATOR, pages=built_pages()
    ) as center:
        session = await center.sign_in("an")
        async with browser.page(center, session=session, size=Size.LAPTOP) as page:
            await page.goto(f"/registry/premises/{MARKET}")
            await page.get_by_role("link", name="Mặt bằng: Tầng trệt").click()
            drawing = FilePayload(name="tret.png", mimeType="image/png", buffer=_drawing())
            await page.get_by_label("Bản vẽ").set_input_files(files=[drawing])
            await expect(page.locator(".plan-board img")).to_be_visible()
            await _place(page)
            await page.screenshot(path=tmp_path / "plan.png", full_page=True)
            await page.keyboard.press("w")
            await expect(page.get_by_text("Đã lưu vào bản dự thảo").last).to_be_visible()
            await page.get_by_role("link", name="Xem và áp dụng").click()
            await _apply(page)
            placed = (await center.get(f"/api/v1/premises/{MARKET}", session))["tables"]["positions"]
            assert {each["point"]: (each["x"], each["y"]) for each in placed} == {
                "khoi-1": (pytest.approx(0.25, abs=0.01), pytest.approx(0.5, abs=0.01)),
                "khoi-2": (pytest.approx(0.53), pytest.approx(0.51)),
            }
            await center.market.fire("khoi-1", "khoi-2")
            incident = await eventually(lambda: _fire(center, session), within=30)
            await page.goto(f"/incidents/{incident}")
            await expect(page.locator(".plan-point")).to_have_count(2)
            await page.screenshot(path=tmp_path / "fire.png", full_page=True)


async def _place(page: Page) -> None:
    """Place one point by a click, one by the keyboard, drag the first away and undo that."""
    await page.get_by_role("button", name="Quầy vải 1 khoi-1").click()
    ground = page.locator(".plan-ground")
    size = await ground.bounding_box()
    assert size is not None
    await ground.click(position={"x": size["width"] * 0.25, "y": size["height"] * 0.5})
    first = page.get_by_role("button", name="Quầy vải 1: cách mép trái 25 %, cách mép trên 50 %")
    await expect(first).to_be_visible()
    # The next one of the list is chosen by itself.
    await ground.focus()
    for _ in range(3):
        await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    second = page.get_by_role("button", name="Quầy vải 2: cách mép trái 53 %, cách mép trên 50 %")
    await second.focus()
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_text("Quầy vải 2: cách mép trái 53 %, cách mép trên 51 %")).to_have_count(1)
    await first.drag_to(ground, target_position={"x": size["width"] * 0.8, "y": size["height"] * 0.2})
    await expect(page.get_by_role("button", name="Quầy vải 1: cách mép trái 80 %")).to_be_visible()
    await page.keyboard.press("z")
    await expect(first).to_be_visible()


def _drawing() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (800, 500), "white").save(content, "PNG")
    return content.getvalue()


async def _fire(center: DeskCenter, session: str) -> str | None:
    listed = (await center.get("/api/v1/incidents", session))["incidents"]
    return str(listed[0]["id"]) if listed and len(listed[0]["points"]) == 2 else None


async def _apply(page: Page) -> None:
    await page.get_by_role("button", name="Áp dụng").click()
    await expect(page.get_by_text("đã có hiệu lực")).to_be_visible(timeout=APPLIED)


@pytest.mark.timeout(240)
async def test_who_is_told_is_seen_before_a_rule_is_used(browser: DeskBrowser, tmp_path: Path) -> None:
    registry = REGISTRY + ON_DUTY
    async with desk_center(
        tmp_path, registry=registry, people=ADMINISTRATOR, pages=built_pages()
    ) as center:
        session = await center.sign_in("an")
        async with browser.page(center, session=session, size=Size.LAPTOP) as page:
            await page.goto("/registry/tables/policies/row?key=cho")
            line = page.get_by_role("list", name="Dòng thời gian báo tin")
            await page.get_by_role("button", name="02:00 Chủ nhật").click()
            await expect(line.get_by_text("Kỹ thuật viên ca đêm").first).to_be_visible()
            await expect(line.get_by_text("Kỹ thuật viên ca ngày")).to_have_count(0)
            await page.screenshot(path=tmp_path / "policy.png", full_page=True)
            await page.get_by_label("Số lần lặp lại").fill("5")
            await page.get_by_role("button", name="Ghi vào bản dự thảo").click()
            await page.get_by_role("link", name="Xem và áp dụng").click()
            await page.get_by_role("button", name="Chạy thử trên bảy ngày qua").click()
            await expect(page.locator("#rehearsal-title")).to_be_visible(timeout=APPLIED)
            await page.screenshot(path=tmp_path / "rehearsal.png", full_page=True)
            await _a_hole_in_a_roster_is_red(page, tmp_path)
            await _a_contact_is_tried(page)


async def _a_hole_in_a_roster_is_red(page: Page, folder: Path) -> None:
    await page.goto("/registry/tables/rosters/row?key=truc")
    await expect(page.get_by_text("giờ nào cũng có người trực")).to_be_visible()
    await page.get_by_label("Chủ nhật").last.uncheck()
    await page.get_by_role("button", name="Ghi vào bản dự thảo").click()
    hole = page.locator(".hole").first
    await expect(hole).to_be_visible()
    fire = await page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--fire')")
    red = "#" + "".join(f"{int(each):02x}" for each in await hole.evaluate(_COLOUR))
    assert red == fire.strip()
    await page.screenshot(path=folder / "roster.png", full_page=True)


_COLOUR = "(each) => getComputedStyle(each).color.match(/\\d+/g)"


async def _a_contact_is_tried(page: Page) -> None:
    await page.goto("/registry/tables/contacts/row?key=ca-dem")
    await page.get_by_role("button", name="Gửi tin thử").click()
    await expect(page.get_by_text("đã đến")).to_be_visible()


async def test_a_spreadsheet_is_shown_before_it_is_imported(
    browser: DeskBrowser, tmp_path: Path
) -> None:
    async with desk_center(tmp_path, people=ADMINISTRATOR, pages=built_pages()) as center:
        session = await center.sign_in("an")
        async with center.ask("GET", "/api/v1/registry/sheets/contacts.csv", session=session) as answer:
            sheet = await answer.text()
        async with browser.page(center, session=session, size=Size.LAPTOP, network_fails=True) as page:
            await page.goto("/registry/sheets")
            await _upload(page, sheet.replace("0912345679", "khong co so"))
            await expect(page.get_by_text("Không nhập được tệp")).to_be_visible(timeout=APPLIED)
            await page.screenshot(path=tmp_path / "refused.png", full_page=True)
            await _upload(page, sheet.replace("Anh Lê Văn Ba", "Anh Lê Văn Bốn"))
            await expect(page.get_by_text("0 thêm mới, 1 sửa, 0 xóa")).to_be_visible(timeout=APPLIED)
            await page.screenshot(path=tmp_path / "preview.png", full_page=True)
            await page.get_by_role("button", name="Nhập vào").click()
            await expect(page.get_by_text("Anh Lê Văn Bốn").first).to_be_visible()


async def _upload(page: Page, text: str) -> None:
    sheet = FilePayload(name="contacts.csv", mimeType="text/csv", buffer=text.encode())
    await page.get_by_label("Tệp").set_input_files(files=[sheet])


async def test_a_device_for_codes_is_enrolled_by_its_picture(
    browser: DeskBrowser, tmp_path: Path
) -> None:
    async with desk_center(tmp_path, people=WITHOUT_DEVICE, pages=built_pages()) as center:
        session = await center.sign_in("xa-1")
        async with browser.page(center, session=session, size=Size.PHONE) as page:
            await page.goto("/security")
            factor = page.get_by_role("region", name="Mã dùng một lần")
            await factor.get_by_label("Mật khẩu hiện tại").fill(center.people["xa-1"].password)
            await factor.get_by_role("button").click()
            await expect(page.get_by_role("img", name="Mã QR cho ứng dụng tạo mã")).to_be_visible()
            await page.screenshot(path=tmp_path / "factor.png", full_page=True)
