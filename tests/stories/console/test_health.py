"""The health board: what is silent is never normal, what is lost is counted, by commune."""

import re
import time
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from contract.messages import Edge, Kind
from tests.support.browser import DeskBrowser, Size, browser
from tests.support.console import REGISTRY, DeskCenter, Gateway, desk_center
from tests.support.servers import built_pages

__all__ = ["browser"]

GIVEN_UP = 60_000
"""Milliseconds to wait until a gateway that is not heard is no longer waited for."""

OWED = """
[[premises]]
id = "kho-9"
name = "Kho lạnh 9"
area = "xa-2"
policy = "standard"
people = ["chu-nha", "hang-xom"]

[[gateways]]
id = "gw-1"
name = "Thiết bị truyền tin"
premises = "kho-9"

[[zones]]
id = "hall"
premises = "kho-9"
name = "Kho"
rule = "type_b"

[[points]]
id = "khoi-1"
premises = "kho-9"
zone = "hall"
gateway = "gw-1"
kind = "smoke"
place = "Cửa kho"
"""
"""Premises in ``xa-2`` whose gateway does not beat by itself."""


async def open_commune(page: Page, name: str) -> None:
    """Open the gateways of a commune, by the keyboard."""
    await page.get_by_role("button", name=name).focus()
    await page.keyboard.press("Enter")


@pytest.mark.timeout(300)
async def test_the_board_of_two_communes(browser: DeskBrowser, tmp_path: Path) -> None:
    async with desk_center(tmp_path, registry=REGISTRY + OWED, pages=built_pages()) as center:
        session = await center.sign_in("an")
        center.market.points = {"normal": 5}
        await _send_readings(center)
        center.shop.points, center.shop.lines = {"normal": 4, "fault": 1}, {"tuyen-2": "down"}
        center.shop.off_s = -40.0
        # Of the signals 1 to 4 the third never comes: it is lost.
        await center.shop.signal("khoi-1", Kind.FAULT, reason="no_data")
        await center.shop.signal("khoi-1", Kind.FAULT, edge=Edge.RESTORED, reason="no_data")
        center.shop.seq += 1
        await center.shop.signal("khoi-2", Kind.FAULT, reason="no_data")
        await center.shop.say_that_it_is_well()
        gone = Gateway("kho-9", center.market.client, points={"normal": 1})
        await gone.say_that_it_is_well()
        await gone.leave()
        async with browser.page(center, session=session, size=Size.LAPTOP) as page:
            await page.goto("/health")
            await expect(page.locator("tr.commune")).to_have_count(2)
            # The worst stands first: a gateway that left.
            first = page.locator("tr.commune").first
            await expect(first).to_contain_text("Xã Hai")
            await expect(first).to_contain_text("Mất kết nối", timeout=GIVEN_UP)
            await open_commune(page, "Xã Hai")
            left = page.locator(".gateways li", has_text="Kho lạnh 9")
            await expect(left).to_contain_text("đã tắt hoặc mất mạng")
            await expect(left.locator(".point-silent")).to_contain_text("1")
            await expect(left.locator(".point-normal")).to_have_count(0)
            signals = page.get_by_role("region", name="Tín hiệu")
            await expect(signals).to_contain_text("Mất 1 / 4 tín hiệu")
            readings = page.get_by_role("region", name="Số đo")
            await expect(readings).to_contain_text("Mất 0 / 1 gói số đo")
            shop = page.locator(".gateways li", has_text="Nhà phố 27")
            await expect(shop).to_contain_text("Tuyến tuyen-2 hỏng")
            await expect(shop.locator(".point-fault")).to_contain_text("1")
            await expect(shop).to_contain_text(re.compile(r"lệch: 4\d\.\d giây"))
            calm = page.locator("tr.commune", has_text="Xã Một")
            await expect(calm.locator(".point-normal")).to_contain_text("5")
            await page.screenshot(path=tmp_path / "health.png", full_page=True)


async def _send_readings(center: DeskCenter) -> None:
    at = int(time.time() * 1_000_000)
    await center.market.readings("khoi-1", "smoke", {at: 0.1, at + 1_000_000: 0.1})
    await center.market.say_that_it_is_well()


@pytest.mark.parametrize(("size", "language"), [(Size.PHONE, "vi"), (Size.DESK, "en")])
async def test_a_gateway_that_falls_silent_takes_its_points_from_the_normal_ones(
    browser: DeskBrowser, tmp_path: Path, size: Size, language: str
) -> None:
    registry = REGISTRY + OWED
    async with desk_center(tmp_path, registry=registry, pages=built_pages()) as center:
        session = await center.sign_in("an")
        async with browser.page(
            center, session=session, size=size, language=language, color_scheme="dark"
        ) as page:
            silent = Gateway("kho-9", center.market.client, points={"normal": 1})
            await silent.say_that_it_is_well()
            await page.goto("/health")
            await open_commune(page, "Xã Hai")
            await silent.leave()
            item = page.locator(".gateways li", has_text="Kho lạnh 9")
            lost = "switched off" if language == "en" else "đã tắt hoặc mất mạng"
            await expect(item).to_contain_text(lost, timeout=GIVEN_UP)
            await expect(item.locator(".point-silent")).to_be_visible()
            await expect(item.locator(".point-normal")).to_have_count(0)
            await page.screenshot(path=tmp_path / "silent.png", full_page=True)
            width = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            assert await page.evaluate(width), "nothing is scrolled sideways"


@pytest.mark.parametrize(("size", "language"), [(Size.PHONE, "vi"), (Size.LAPTOP, "en")])
async def test_the_board_shows_that_an_alarm_would_travel_and_where_its_way_ends(
    browser: DeskBrowser, tmp_path: Path, size: Size, language: str
) -> None:
    texts = TRIALS[language]
    async with desk_center(tmp_path, pages=built_pages(), alerting=ROUNDS) as center:
        session = await center.sign_in("an")
        async with browser.page(center, session=session, size=size, language=language) as page:
            await page.goto("/health")
            board = page.get_by_role("region", name=texts["title"])
            await expect(board).to_contain_text(texts["passed"], timeout=GIVEN_UP)
            await expect(board.locator(".hops li")).to_have_count(7)
            await expect(board.locator(".hops li").first).to_contain_text(texts["broker"])
            await page.screenshot(path=tmp_path / "rounds.png", full_page=True)
            center.broker.kill()
            await expect(board).to_contain_text(texts["fault"], timeout=GIVEN_UP)
            await page.screenshot(path=tmp_path / "lost.png", full_page=True)
            center.broker.start()
            await expect(board).not_to_contain_text(texts["fault"], timeout=GIVEN_UP)
            await expect(board).to_contain_text(texts["passed"])
            width = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            assert await page.evaluate(width), "nothing is scrolled sideways"


ROUNDS = """
[synthetic_fire]
every_s = 2.0
within_s = 2.0
"""

TRIALS = {
    "vi": {
        "title": re.compile("Tin cháy thử của trung tâm"),
        "passed": re.compile(r"Đi hết đường trong \d+(\.\d+)? m?s"),
        "broker": re.compile(r"máy chủ MQTT \d+ ms"),
        "fault": re.compile("có thể không đến được, dừng ở: máy chủ MQTT"),
    },
    "en": {
        "title": re.compile("Trial alarms of the center"),
        "passed": re.compile(r"Came through in \d+(\.\d+)? m?s"),
        "broker": re.compile(r"broker \d+ ms"),
        "fault": re.compile("may not come through now. Its way ends at: broker"),
    },
}
"""The words of the board, by language."""
