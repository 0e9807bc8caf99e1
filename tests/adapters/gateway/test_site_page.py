"""The gateway's page on a telephone: what is heard, a walk test, and never calm when blind."""

import asyncio
from pathlib import Path

from playwright.async_api import Page

from tests.adapters.gateway.rig import PtyLine, center, gateway, settings_for
from tests.support.browser import DeskBrowser, Faults, browser
from tests.support.servers import Server, free_port
from tests.support.waiting import eventually

__all__ = ["browser"]

AXE = Path(__file__).parents[3] / "console" / "web" / "node_modules" / "axe-core" / "axe.min.js"
BEARER = "a-token-of-thirty-two-characters"


async def test_a_technician_walks_and_sees_each_point_tick(
    broker: Server, line: PtyLine, tmp_path: Path, browser: DeskBrowser
) -> None:
    port = free_port()
    settings = settings_for(
        tmp_path,
        broker,
        lines=[{"name": "line-1", "port": line.port}],
        points=[{"name": f"call-{n}", "line": "line-1", "kind": "manual"} for n in (1, 2)],
        web={"port": port, "token": BEARER},
    )
    url = f"http://127.0.0.1:{port}/"
    context = await browser.browser.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN")
    page = await context.new_page()
    faults = Faults(url.rstrip("/"))
    faults.watch(page)
    async with center(broker) as rct:
        async with gateway(settings):
            await eventually(lambda: rct.sees_lines)
            await page.goto(url)
            await page.get_by_label("Mã truy cập").fill(BEARER)
            await page.keyboard.press("Enter")
            await page.get_by_role("heading", name="g · p").wait_for()
            await page.get_by_role("button", name="Bắt đầu đi thử").click()
            await page.get_by_text("0 trên 2 điểm đã tác động. Còn thiếu: call-1, call-2").wait_for()
            line.say("call-1", "manual", 1.0)
            await page.get_by_text("1 trên 2 điểm đã tác động. Còn thiếu: call-2").wait_for()
            await check(page)
            await page.get_by_role("button", name="English").click()
            await page.get_by_text("1 of 2 tripped. Missing: call-2").wait_for()
            faults.check(network=True)  # the first look, without a token, was refused
        await page.get_by_text("No answer from the gateway since").wait_for()
    await context.close()


async def test_a_link_of_the_terminal_opens_it_and_its_token_leaves_the_address(
    broker: Server, line: PtyLine, tmp_path: Path, browser: DeskBrowser
) -> None:
    port = free_port()
    settings = settings_for(
        tmp_path,
        broker,
        lines=[{"name": "line-1", "port": line.port}],
        web={"port": port, "token": BEARER},
    )
    page = await browser.browser.new_page(locale="vi-VN")
    async with gateway(settings):
        await eventually(lambda: answers(port))
        await page.goto(f"http://127.0.0.1:{port}/#token={BEARER}")
        await page.get_by_role("heading", name="g · p").wait_for()
        assert page.url == f"http://127.0.0.1:{port}/"


async def answers(port: int) -> bool:
    """Return whether somebody listens at *port*."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def check(page: Page) -> None:
    """Fail where axe finds anything, or the page is wider than the telephone."""
    await page.evaluate(AXE.read_text())
    violations = await page.evaluate("axe.run().then((said) => said.violations.map((each) => each.id))")
    assert violations == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
