"""A screen that hears nothing is covered, and one that hears less says so."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.support.browser import DeskBrowser, browser
from tests.support.console import REGISTRY, DeskCenter, desk_center
from tests.support.fault_proxy import Mode, fault_proxy
from tests.support.servers import built_pages
from tests.support.waiting import eventually

__all__ = ["browser"]

pytestmark = pytest.mark.timeout(300)

SEEN_BLIND = 40_000
"""Milliseconds to wait for a cover that comes after five seconds without a tick."""

TONES = {1_200: "fire", 880: "suspected", 440: "fault", 392: "supervisory", 330: "blind"}
"""The first hertz of each tone."""

LISTENING = """
window.heard = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...given) {
  window.heard.push(this.frequency.value);
  return start.apply(this, given);
};
const Plain = window.EventSource;
window.EventSource = class extends Plain {
  constructor(...given) { super(...given); window.stream = this; }
};
"""
"""Notes the hertz that the page plays, and keeps its stream at hand."""

TWO_STAGES = (
    'id = "standard"\nunattended_after_s = 30\nstages = [{ after_s = 0, notify = ["command-center"] }, '
    '{ after_s = 600, notify = ["premises"] }]'
)


@pytest.fixture
async def center(tmp_path: Path) -> AsyncIterator[DeskCenter]:
    """A center whose desk has the built pages; its second stage comes after ten minutes."""
    before, _, after = REGISTRY.partition('id = "standard"')
    _, _, rest = after.partition("\n\n")
    registry = f"{before}{TWO_STAGES}\n\n{rest}"
    async with desk_center(tmp_path, registry=registry, pages=built_pages()) as running:
        yield running


async def open_desk(page: Page) -> None:
    """Open the queue, and click: a browser lets a page sound after that alone."""
    await page.add_init_script(LISTENING)
    await page.goto("/")
    await page.locator("#queue-title").click()


async def heard(page: Page) -> list[str]:
    """Return the tones that began, in their order."""
    hertz: list[float] = await page.evaluate("window.heard")
    return [TONES[round(each)] for each in hertz if round(each) in TONES]


async def sounds(page: Page, tone: str) -> None:
    """Wait until *tone* sounds."""

    async def is_heard() -> bool:
        return tone in await heard(page)

    await eventually(is_heard, within=60)


async def is_blind(page: Page, why: str) -> None:
    """Wait until the whole screen is covered, says *why* and since when, and sounds."""
    cover = page.locator(".blind")
    await expect(cover).to_be_visible(timeout=SEEN_BLIND)
    await expect(cover).to_contain_text(why)
    size = page.viewport_size
    assert size is not None
    box = await cover.bounding_box()
    assert box is not None
    assert (box["x"], box["y"]) == (0, 0)
    assert (round(box["width"]), round(box["height"])) == (size["width"], size["height"])
    assert await cover.locator("time").count() >= 1
    assert "MẤT TÍN HIỆU" in await page.title()
    await sounds(page, "blind")


async def sees_again(page: Page) -> None:
    """Wait until nothing covers the screen."""
    await expect(page.locator(".blind")).to_have_count(0, timeout=SEEN_BLIND)


async def test_a_network_that_is_cut_or_stalls_without_a_word_covers_the_screen(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    session = await center.sign_in("an")
    async with fault_proxy(center.ports["console"]) as network:
        far = replace(center, ports={**center.ports, "console": network.port})
        async with browser.page(far, session=session, network_fails=True) as page:
            await open_desk(page)
            await center.market.fire("khoi-1", "khoi-2")
            await expect(page.locator("a.fire")).to_have_count(1)
            await network.set(Mode.SWALLOW)
            await is_blind(page, "Không nhận được gì từ trung tâm")
            await expect(page.locator(".blind")).to_contain_text("Chợ An Bình")
            # No key takes the cover away, and none acts below it.
            await page.keyboard.press("Escape")
            await page.keyboard.press("Escape")
            await page.keyboard.press("O")
            await expect(page.locator(".blind")).to_be_visible()
            assert page.url == f"{far.url}/"
            await center.shop.fire("nut-an")
            await network.set(Mode.THROUGH)
            await sees_again(page)
            await expect(page.locator("a.fire")).to_have_count(2)
            await page.context.set_offline(True)
            network.cut()
            await is_blind(page, "Không nhận được gì từ trung tâm")
            await page.context.set_offline(False)
            await sees_again(page)


async def test_a_clock_that_is_wrong_is_said_and_the_time_left_is_right_all_the_same(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    session = await center.sign_in("an")
    async with browser.page(center, session=session) as page:
        await page.add_init_script("const now = Date.now; Date.now = () => now() + 3_600_000;")
        await open_desk(page)
        await center.market.fire("khoi-1", "khoi-2")
        await expect(page.locator(".impaired", has_text="Đồng hồ của máy này sai")).to_be_visible()
        # An hour's error would make this fire an hour overdue.
        left = page.locator(".fire .clock-left")
        await expect(left).to_be_visible()
        assert len((await left.inner_text()).split()[-1]) == len("0:30")
