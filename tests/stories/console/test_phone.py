"""The head of a market at night, on a bad network: what burns, and what is said of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import CDPSession, Page, expect

from tests.stories.console.test_accessibility import violations
from tests.support.browser import DeskBrowser, Size, browser
from tests.support.console import REGISTRY, DeskCenter, desk_center
from tests.support.house import finish
from tests.support.servers import built_pages

__all__ = ["browser"]

LIMIT = 150_000
"""Bytes that a telephone may load before data."""

SLOW_3G = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
OFFLINE = {**SLOW_3G, "offline": True}
PATIENCE = 60_000
"""Milliseconds to wait for anything on such a network, on a machine that does other work."""

ALL_KEPT = """
() => caches.open("tocsin-shell-1").then((cache) => cache.keys()).then((all) => {
  const kept = new Set(all.map(({ url }) => url));
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  return loaded.filter((each) => each.includes("/assets/")).every((each) => kept.has(each));
})
"""
"""Whether the worker has kept every file that the page loaded."""

STEPS = """
[[procedures]]
id = "cat-dien-khu-a"
premises = "cho-an-binh"
part = "premises"
text = "Cắt cầu dao tổng khu A"
text_en = "Cut the main switch of part A"

[[procedures]]
id = "goi-chu"
part = "verify"
text = "Gọi người đứng đầu cơ sở"
"""


@pytest.fixture
async def center(tmp_path: Path) -> AsyncIterator[DeskCenter]:
    """A center in which the account of the head is the first of the market's people."""
    async with desk_center(tmp_path, pages=built_pages(), registry=REGISTRY + STEPS) as running:
        contact = ("accounts", "contact", "chu-cho", "truong-ban")
        await finish("contact", tmp_path, *contact, "--config", f"{tmp_path}/alerting.toml")
        yield running


class Loaded:
    """The bytes that came over the network, those of data apart."""

    def __init__(self, network: CDPSession) -> None:
        self._urls: dict[str, str] = {}
        self.shell = 0
        network.on("Network.requestWillBeSent", self._on_request)
        network.on("Network.loadingFinished", self._on_end)

    def _on_request(self, event: dict[str, Any]) -> None:
        self._urls[event["requestId"]] = event["request"]["url"]

    def _on_end(self, event: dict[str, Any]) -> None:
        url = self._urls.get(event["requestId"], "")
        if not is_data(url):
            self.shell += int(event["encodedDataLength"])


def is_data(url: str) -> bool:
    """Return whether *url* is of what the center says, and not of the pages."""
    return urlsplit(url).path.startswith(("/api/", "/live"))


async def slow(page: Page) -> CDPSession:
    """Put *page* on slow 3G."""
    network = await page.context.new_cdp_session(page)
    await network.send("Network.enable")
    await network.send("Network.emulateNetworkConditions", SLOW_3G)
    return network


async def incident_of(center: DeskCenter, session: str) -> Any:
    (listed,) = (await center.get("/api/v1/incidents", session))["incidents"]
    return await center.get(f"/api/v1/incidents/{listed['id']}", session)


@pytest.mark.timeout(300)
async def test_over_slow_3g_the_head_sees_the_fire_and_what_he_says_is_stored(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    head, officer = await center.sign_in("chu-cho"), await center.sign_in("an")
    async with browser.page(center, size=Size.PHONE, session=head, network_fails=True) as page:
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        network = await slow(page)
        loaded = Loaded(network)
        await page.goto("/mine", wait_until="commit")
        await expect(page.get_by_text("Không có cháy tại cơ sở của bạn.")).to_be_visible()
        assert 0 < loaded.shell < LIMIT

        await center.market.fire("khoi-1", "khoi-2")
        await expect(page.get_by_role("heading", name="Chợ An Bình")).to_be_visible()
        await expect(page.get_by_role("link", name="Gọi Cảnh sát PCCC: 114")).to_have_attribute(
            "href", "tel:114"
        )
        await expect(page.get_by_text("Quầy vải 1")).to_be_visible()
        await page.get_by_role("button", name="Tôi đã xem").click()
        await expect(page.get_by_text("Trung tâm đã ghi nhận bạn đã xem.")).to_be_visible()

        await network.send("Network.emulateNetworkConditions", OFFLINE)
        await page.get_by_role("button", name="Đang kiểm tra").dispatch_event("click")
        await expect(page.get_by_text("Chưa có phản hồi, đang gửi lại.")).to_be_attached()
        await network.send("Network.emulateNetworkConditions", SLOW_3G)
        await expect(page.get_by_text("✓ Đang kiểm tra")).to_be_visible()

        await page.get_by_label("Số người còn bên trong").fill("5")
        await page.get_by_role("button", name="Gửi số người").click()
        await expect(page.get_by_text("✓ Người còn bên trong: 5")).to_be_visible()
        await page.get_by_text("Cắt cầu dao tổng khu A").wait_for()
        await page.get_by_role("button", name="Đã làm").click()
        await expect(page.get_by_text("✓ Cắt cầu dao tổng khu A")).to_be_visible()

        shown = await incident_of(center, officer)
        said = [(each["answer"], each["people"], each["weight"]) for each in shown["answers"]]
        assert said == [("checking", None, "head"), ("people_inside", 5, "head")]
        assert (shown["phase"], shown["seen_by"]) == ("confirmed", ["Ông Hai"])
        (told,) = [each for each in shown["told"] if each["contact"] == "truong-ban"]
        assert [each["kind"] for each in told["answers"]] == ["seen", "checking", "people_inside"]


@pytest.mark.timeout(300)
async def test_axe_finds_nothing_on_the_page_with_a_fire_and_nothing_needs_scrolling_aside(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    head = await center.sign_in("chu-cho")
    await center.market.fire("khoi-1", "khoi-2")
    for language, theme in (("vi", "dark"), ("en", "light")):
        async with browser.page(
            center, size=Size.PHONE, session=head, language=language, color_scheme=theme
        ) as page:
            await page.goto("/mine")
            await page.get_by_role("heading", name="Chợ An Bình").wait_for()
            if language == "en":
                await page.get_by_role("button", name="I have seen it").wait_for()
            await page.locator(".fire-card details summary").click()
            await page.locator(".person-states").first.wait_for()
            assert await violations(page) == []
            for width in (390, 360):
                await page.set_viewport_size({"width": width, "height": 780})
                assert await page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.timeout(300)
async def test_the_page_can_be_installed_and_its_worker_keeps_no_data(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    head = await center.sign_in("chu-cho")
    async with browser.page(center, size=Size.PHONE, session=head) as page:
        await page.goto("/mine")
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        network = await page.context.new_cdp_session(page)
        found = await network.send("Page.getAppManifest")
        assert found["errors"] == []
        errors = await network.send("Page.getInstallabilityErrors")
        assert [each["errorId"] for each in errors["installabilityErrors"]] in ([], ["in-incognito"])
        await page.reload()
        await page.get_by_role("heading", level=1).first.wait_for()
        kept: list[str] = await page.evaluate(
            "caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name)"
            ".then((cache) => cache.keys())))).then((all) => all.flat().map((each) => each.url))"
        )
        assert kept
        assert [url for url in kept if is_data(url)] == []


@pytest.mark.timeout(300)
async def test_a_page_that_was_opened_once_opens_without_a_network_and_says_that_it_is_blind(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    head = await center.sign_in("chu-cho")
    async with browser.page(center, size=Size.PHONE, session=head, network_fails=True) as page:
        await page.goto("/mine")
        await page.get_by_role("heading", level=1).first.wait_for()
        await page.wait_for_function(ALL_KEPT)
        await page.context.set_offline(True)
        await page.goto("/mine")
        await expect(page.get_by_role("heading", name="MẤT TÍN HIỆU")).to_be_visible(timeout=PATIENCE)
        await expect(page.get_by_role("link", name="Nếu có cháy: gọi 114")).to_be_visible()
