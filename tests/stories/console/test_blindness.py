"""A screen that hears nothing is covered, and one that hears less says so."""

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from contract.messages import Kind
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

IN_ORDER = ("fire", "suspected", "fault", "supervisory", "blind")
"""The tones as the buttons of the test name them."""

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

WITH_A_GAP = """
window.passing = false;
window.stream.addEventListener("tick", (tick) => {
  if (window.passing || tick.passed) return;
  const missing = new MessageEvent("tick", {data: JSON.stringify({...JSON.parse(tick.data), gap: 3})});
  missing.passed = true;
  window.stream.dispatchEvent(missing);
});
"""
"""Has every tick that comes say that entries of the feed are missing."""

TWO_STAGES = (
    'id = "standard"\nunattended_after_s = 30\nstages = [{ after_s = 0, notify = ["command-center"] }, '
    '{ after_s = 600, notify = ["hang-xom"] }]'
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


async def sounded_often(page: Page, tone: str) -> bool:
    """Return whether *tone* sounded more than once."""
    return (await heard(page)).count(tone) >= 4


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


async def desk_of(center: DeskCenter, session: str) -> Any:
    """Return the desk as the center knows it; None before its first report."""
    desks = (await center.get("/api/v1/desks", session))["desks"]
    return desks[0] if desks else None


async def told(center: DeskCenter, session: str, name: str) -> None:
    """Wait until the center knows *name* of the desk."""

    async def is_known() -> bool:
        return bool((await desk_of(center, session) or {}).get(name))

    await eventually(is_known, within=60)


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
            await page.keyboard.press("6")
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


async def test_each_part_of_the_center_that_is_away_is_said_in_its_degree(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    session = await center.sign_in("an")
    async with browser.page(center, session=session, network_fails=True) as page:
        await open_desk(page)
        # Readings are missing: fires are not. It is said, and it sounds once, as a fault does.
        await center.kill("ingest")
        impaired = page.locator(".impaired", has_text="Thiếu số đo")
        await expect(impaired).to_be_visible(timeout=SEEN_BLIND)
        await sounds(page, "fault")
        await expect(page.locator(".blind")).to_have_count(0)
        await center.start("ingest")
        await expect(impaired).to_have_count(0, timeout=SEEN_BLIND)
        # No gateway is heard: a fire would not be, either.
        center.broker.kill()
        await is_blind(page, "không nghe được thiết bị truyền tin")
        center.broker.start()
        await sees_again(page)
        # Entries of the feed are missing.
        await page.evaluate(WITH_A_GAP)
        await expect(page.locator(".blind")).to_contain_text("Có sự kiện bị mất")
        await page.evaluate("passing = true")
        await sees_again(page)
        for service, why in (
            ("console", "Không nhận được gì từ trung tâm"),
            ("alerting", "không trả lời"),
        ):
            await center.kill(service)
            await is_blind(page, why)
            await center.start(service)
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


async def test_an_officer_hears_each_tone_and_says_so_to_the_center(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    session = await center.sign_in("an")
    async with browser.page(center, session=session) as page:
        await open_desk(page)
        untested = page.locator(".tone-test")
        await expect(untested).to_be_visible()
        await told(center, session, "desk")
        assert (await desk_of(center, session))["sound_tested_at"] is None
        await page.keyboard.press("b")
        for number in range(len(IN_ORDER)):
            await page.evaluate("window.heard = []")
            await page.keyboard.press("l")
            await eventually(partial(heard, page), within=30)
            await page.keyboard.press(str(IN_ORDER.index((await heard(page))[0]) + 1))
            if number + 1 < len(IN_ORDER):
                await expect(page.locator(".sheet")).to_contain_text(f"{number + 2}/{len(IN_ORDER)}")
        await expect(untested).to_have_count(0)
        await told(center, session, "sound_tested_at")
        # A fault sounds once and calmly, and never over a fire.
        await page.evaluate("window.heard = []")
        await center.market.signal("khoi-1", Kind.FAULT, reason="lost", quantity="smoke")
        await sounds(page, "fault")
        await center.market.fire("khoi-1", "khoi-2")
        await sounds(page, "fire")
        await page.evaluate("window.heard = []")
        await center.market.signal("khoi-3", Kind.FAULT, reason="lost", quantity="smoke")
        await center.shop.signal("khoi-3", Kind.FAULT, reason="lost", quantity="smoke")
        await eventually(partial(sounded_often, page, "fire"), within=60)
        assert set(await heard(page)) == {"fire"}


async def test_a_page_that_is_covered_or_asleep_says_so_and_a_desk_without_a_person_escalates_early(
    center: DeskCenter, browser: DeskBrowser
) -> None:
    session = await center.sign_in("an")
    async with browser.page(center, session=session) as page:
        await open_desk(page)
        await told(center, session, "desk")
        await page.evaluate(
            "Object.defineProperty(document, 'hidden', {get: () => true});"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
        await told(center, session, "hidden")
        await page.evaluate("document.dispatchEvent(new Event('freeze'))")
        await told(center, session, "asleep")
        # Nobody touches a key from here on.
        await center.market.fire("khoi-1", "khoi-2")
        await page.locator("a.fire").wait_for()
        listed = await center.get("/api/v1/incidents", session)
        path = f"/api/v1/incidents/{listed['incidents'][0]['id']}"

        async def is_escalated() -> bool:
            said = await center.get(f"{path}/explanation?lang=vi", session)
            return any("không có người tại bàn trực" in each["text"] for each in said["explanation"])

        await eventually(is_escalated, within=120)
        await page.goto(path.removeprefix("/api/v1"))
        await expect(page.locator("main")).to_contain_text("không có người tại bàn trực")
