"""A real browser signs in at the desk, over plain HTTP on this machine, and follows what happens."""

from pathlib import Path

import pytest

from tests.support.browser import DeskBrowser, Size, browser
from tests.support.console import DeskCenter, desk_center

__all__ = ["browser"]

PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Tocsin</title>
<link rel="icon" href="/icon.svg"><h1>Bàn trực</h1><ul></ul>
<script src="/assets/page-1.js"></script></html>"""

SCRIPT = """
const list = document.querySelector("ul");
async function follow(name, code) {
  const answer = await fetch("/api/v1/session", {
    method: "POST", body: JSON.stringify({name, password: "ba con tàu ra khơi sớm", code}),
    headers: {"Content-Type": "application/json", "X-Tocsin-Request": "1"},
  });
  if (!answer.ok) throw new Error(await answer.text());
  const live = new EventSource("/live");
  live.addEventListener("rows", (event) => {
    for (const row of JSON.parse(event.data).rows) {
      const item = document.createElement("li");
      item.textContent = row.premises.name + ": " + row.phase;
      list.append(item);
    }
  });
}
window.follow = follow;
"""


def small_page(folder: Path) -> Path:
    """Write a page of a few lines, which needs no build."""
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "assets" / "page-1.js").write_text(SCRIPT)
    (folder / "icon.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    return folder


@pytest.mark.parametrize("size", [Size.DESK, Size.PHONE])
async def test_a_browser_signs_in_and_sees_a_fire(
    tmp_path: Path, browser: DeskBrowser, size: Size
) -> None:
    pages = small_page(tmp_path / "pages")
    async with (
        desk_center(tmp_path / "center", pages=pages) as center,
        browser.page(center, size=size) as page,
    ):
        await page.goto("/incidents/anything")
        code = await center.people["an"].code()
        await page.evaluate("([name, code]) => follow(name, code)", ["an", code])
        await center.market.fire("khoi-1", "khoi-2")
        await page.get_by_text("Chợ An Bình: confirmed").first.wait_for()


async def test_a_page_that_asks_elsewhere_fails_its_test(tmp_path: Path, browser: DeskBrowser) -> None:
    pages = small_page(tmp_path / "pages")
    (pages / "assets" / "page-1.js").write_text('fetch("http://127.0.0.1:9/x").catch(() => undefined);')
    async with desk_center(tmp_path / "center", pages=pages) as center:
        with pytest.raises(AssertionError):
            await open_and_wait(browser, center)


async def open_and_wait(browser: DeskBrowser, center: DeskCenter) -> None:
    async with browser.page(center) as page:
        await page.goto("/")
        await page.wait_for_load_state("networkidle")


async def test_the_cookie_of_a_session_may_be_brought_along(
    tmp_path: Path, browser: DeskBrowser
) -> None:
    pages = small_page(tmp_path / "pages")
    async with desk_center(tmp_path / "center", pages=pages) as center:
        session = await center.sign_in("xa-1")
        async with browser.page(center, session=session, language="en") as page:
            await page.goto("/")
            name = await page.evaluate(
                "fetch('/api/v1/session').then((answer) => answer.json()).then((who) => who.name)"
            )
            assert name == "UBND Xã Một"
