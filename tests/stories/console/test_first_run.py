"""From an empty center to a fire that is acted through; a real fire breaks through a training."""

import stat
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Page, expect

from tests.stories.console.test_accessibility import violations
from tests.support.browser import DeskBrowser, Size, browser
from tests.support.console import PASSWORD, DeskCenter, desk_center
from tests.support.house import finish
from tests.support.servers import built_pages

__all__ = ["browser"]

APPLIED = 120_000
"""Milliseconds for the registry of a province to be checked and applied on a busy machine."""

REGISTRY = (Path(__file__).parents[3] / "deploy" / "registry" / "areas-ca-mau.toml").read_text() + (
    Path(__file__).parents[3] / "deploy" / "registry" / "sample-huan-luyen.toml"
).read_text()
SCHOOL = "huan-luyen-cho"


async def link_of(center: DeskCenter) -> str:
    """Return the link to the first account, which only its owner can read."""
    file = center.folder / "first-account"
    command = ("accounts", "init", "--code-file", str(file), "--url", center.url)
    await finish("init", center.folder, *command, "--config", f"{center.folder}/alerting.toml")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    return file.read_text().strip()


async def make_first_account(page: Page, link: str) -> None:
    await page.goto(link)
    await page.get_by_label("Tên đăng nhập").fill("an")
    await page.get_by_label("Tên hiển thị").fill("Nguyễn Văn An")
    await page.get_by_label("Mật khẩu mới", exact=True).fill(PASSWORD)
    await page.get_by_label("Nhập lại mật khẩu mới").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.locator("a.act-first").click()
    await page.get_by_label("Tên", exact=False).first.fill("an")
    await page.get_by_label("Mật khẩu").fill(PASSWORD)
    await page.keyboard.press("Enter")


async def enrol_device(page: Page) -> None:
    await page.get_by_label("Mật khẩu hiện tại").fill(PASSWORD)
    await page.keyboard.press("Enter")
    secret = await page.locator("code.secret").inner_text()
    code = pyotp.TOTP(secret.replace(" ", "").replace("\u00a0", "")).now()
    await page.locator(".start form input").fill(code)
    await page.keyboard.press("Enter")
    await expect(page.locator("li code.secret")).to_have_count(10)


async def act_through(page: Page) -> None:
    """Do what the guide says, by the key that it names, until nothing is left to do."""
    key = page.locator(".training-next kbd").first
    for expected in ("t", "d", "s", "u", "c"):
        await expect(key).to_have_text(expected.upper())
        await page.keyboard.press(expected)
        if expected == "d":
            await page.get_by_label("Đội huấn luyện").check()
            await page.keyboard.press("Control+Enter")
            await page.get_by_role("dialog").locator("button[type=submit]").press("Enter")
        if expected in ("s", "u"):
            await page.keyboard.press("Enter")
    await page.keyboard.press("2")
    await page.keyboard.press("Enter")


@pytest.mark.timeout(400)
async def test_an_empty_center_leads_to_a_training_that_is_acted_through_by_keyboard(
    browser: DeskBrowser, tmp_path: Path
) -> None:
    async with desk_center(tmp_path, registry="", people={}, gateways=(), pages=built_pages()) as center:
        link = await link_of(center)
        async with browser.page(center, size=Size.LAPTOP, network_fails=True) as page:
            await page.goto("/")
            await expect(page.get_by_role("link", name="Trung tâm mới")).to_be_visible()
            await make_first_account(page, link)
            await expect(page.locator("#start-title")).to_be_visible()
            await enrol_device(page)
            await page.screenshot(path=tmp_path / "start.png", full_page=True)
            await expect(page.get_by_role("button", name="Nhập dữ liệu mẫu")).to_be_enabled()
            await page.locator("#start-title").click()
            await page.keyboard.press("g")
            begin = page.get_by_role("button", name="Bắt đầu huấn luyện")
            await expect(begin).to_be_enabled(timeout=APPLIED)
            await page.keyboard.press("g")
            await expect(page.locator(".training-frame")).to_be_visible()
            await page.screenshot(path=tmp_path / "training.png")
            await act_through(page)
            await expect(page.locator(".training-result")).to_be_visible()
            await expect(page.locator(".training-frame")).to_have_count(0)
            await page.screenshot(path=tmp_path / "result.png")
            await page.keyboard.press("e")
            await expect(page.locator(".training-result")).to_have_count(0)
        relays = tmp_path / "relays.jsonl"
        assert not relays.exists() or "huan-luyen" not in relays.read_text()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", [Size.DESK, Size.PHONE])
async def test_a_real_fire_breaks_through_a_training_and_a_restart_ends_it(
    browser: DeskBrowser, tmp_path: Path, size: Size
) -> None:
    async with desk_center(
        tmp_path, registry=REGISTRY, gateways=(SCHOOL,), pages=built_pages()
    ) as center:
        session = await center.sign_in("an")
        center.gateways[SCHOOL].gateway = "tu-1"
        training = await center.act("/api/v1/trainings", session, {"premises": SCHOOL})
        async with browser.page(center, size=size, session=session, network_fails=True) as page:
            await page.goto("/")
            frame = page.locator(".training-frame")
            await expect(frame).to_be_visible()
            await expect(page.locator("a.fire .training-mark")).to_have_count(1)
            await page.screenshot(path=tmp_path / "framed.png")
            assert await violations(page) == []
            await center.gateways[SCHOOL].fire("nut-an-dong")
            await expect(frame).to_have_count(0)
            first, second = page.locator("a.fire").nth(0), page.locator("a.fire").nth(1)
            await expect(first.locator(".training-mark")).to_have_count(0)
            await expect(second.locator(".training-mark")).to_have_count(1)
            await expect(page.locator(".training-real")).to_be_visible()
            await page.screenshot(path=tmp_path / "real.png")
            assert await violations(page) == []
            await page.goto(f"/incidents/{training['id']}")
            await expect(frame).to_be_visible()
            await page.goto("/")
            await center.kill("alerting")
            await center.start("alerting")
            await expect(page.locator("a.fire")).to_have_count(1, timeout=60_000)
            await expect(page.locator("a.fire .training-mark")).to_have_count(0)
