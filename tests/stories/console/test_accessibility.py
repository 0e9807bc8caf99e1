"""Every page can be used by everybody: axe finds nothing wrong by WCAG 2.2 AA, wide or narrow."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.support.browser import DeskBrowser, Size, browser
from tests.support.console import MARKET, DeskCenter, desk_center
from tests.support.servers import built_pages
from tests.support.waiting import eventually

__all__ = ["browser"]

AXE = Path(__file__).parents[3] / "console" / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PATHS = (
    "/",
    "/incidents/{incident}",
    "/incidents/{incident}/report",
    "/matters",
    "/health",
    "/map",
    "/overrides",
    "/shift",
    "/mine",
    "/security",
    "/start",
    "/registry",
    f"/registry/premises/{MARKET}",
    "/registry/tables/points",
    "/registry/drafts",
    "/nowhere",
)
"""A path of each kind of page."""


async def violations(page: Page) -> list[str]:
    """Return what axe finds wrong on *page*: the rule, and the first element that breaks it."""
    await page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = await page.evaluate(
        "(tags) => axe.run({runOnly: tags}).then((said) => said.violations)", RULES
    )
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]


async def _incident(center: DeskCenter, session: str) -> str | None:
    listed = (await center.get("/api/v1/incidents", session))["incidents"]
    return str(listed[0]["id"]) if listed else None


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("size", "theme"), [(Size.DESK, "light"), (Size.PHONE, "dark")])
async def test_axe_finds_nothing_on_any_page(
    browser: DeskBrowser, tmp_path: Path, size: Size, theme: str
) -> None:
    async with desk_center(tmp_path, pages=built_pages()) as center:
        session = await center.sign_in("an")
        await center.market.fire("khoi-1", "khoi-2")
        incident = await eventually(lambda: _incident(center, session), within=30)
        found = dict[str, list[str]]()
        async with browser.page(center, session=session, size=size, color_scheme=theme) as page:
            for path in PATHS:
                await page.goto(path.format(incident=incident))
                await page.get_by_role("heading", level=1).first.wait_for()
                await page.wait_for_load_state("load")
                if wrong := await violations(page):
                    found[path] = wrong
        assert found == {}
