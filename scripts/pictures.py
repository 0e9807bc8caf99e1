"""Take the pictures of the duty desk in docs/pictures, from real services and a simulated fire."""

import asyncio
import math
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page

from contract.times import SECOND, to_micros
from runtime.clock import utc_now
from tests.support.browser import DeskBrowser, Size, chromium
from tests.support.burning_market import known_market
from tests.support.console import MARKET, DeskCenter, desk_center

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
SETTLED_MS = 2_500
"""Milliseconds in which a page draws what it asked for."""

Steps = Callable[[Page, DeskCenter], Awaitable[None]]


async def _nothing(page: Page, center: DeskCenter) -> None:
    """Show the page as it is."""


async def _lose_the_center(page: Page, center: DeskCenter) -> None:
    await center.kill("alerting")
    await page.get_by_role("alertdialog").wait_for()


async def _go_to_the_fire(page: Page, center: DeskCenter) -> None:
    await page.get_by_role("button", name="Xem trên bản đồ").click()
    await page.wait_for_timeout(3 * SETTLED_MS)


@dataclass(frozen=True)
class Picture:
    """A picture of *path* as *person* sees it after some *steps*."""

    name: str
    path: str
    person: str = "an"
    size: Size = Size.LAPTOP
    language: str = "vi"
    dark: bool = False
    steps: Steps = _nothing


BEFORE = (Picture("calm", "/"), Picture("registry", f"/registry/premises/{MARKET}"))
AFTER = (
    Picture("queue", "/", size=Size.DESK),
    Picture("incident", "/incidents/{incident}", size=Size.DESK),
    Picture("incident-en-dark", "/incidents/{incident}", size=Size.DESK, language="en", dark=True),
    Picture("phone", "/mine", person="chu-cho", size=Size.PHONE),
    Picture("map", "/map", steps=_go_to_the_fire),
    Picture("health", "/health"),
    Picture("matters", "/matters"),
    Picture("blind", "/", steps=_lose_the_center),
)
"""The last one ends alerting."""


async def _take(
    one: Picture, browser: DeskBrowser, center: DeskCenter, sessions: dict[str, str]
) -> None:
    if one.person not in sessions:
        sessions[one.person] = await center.sign_in(one.person)
    fires = (await center.get("/api/v1/incidents", sessions["an"]))["incidents"]
    path = one.path.format(incident=fires[0]["id"] if fires else "")
    async with browser.page(
        center,
        size=one.size,
        language=one.language,
        session=sessions[one.person],
        network_fails=True,
        color_scheme="dark" if one.dark else "light",
    ) as page:
        await page.add_init_script(f'localStorage.setItem("tocsin.language", "{one.language}")')
        await page.goto(path)
        await page.wait_for_timeout(SETTLED_MS)
        await one.steps(page, center)
        await page.screenshot(path=FOLDER / f"{one.name}.png")
        print(f"{one.name}.png", flush=True)


async def _measured(center: DeskCenter) -> None:
    """Let detectors of the market have measured for half an hour, smoke and heat rising at its end."""
    now = to_micros(utc_now())
    rising = {
        at: math.exp((at - now) / (60 * SECOND)) for at in range(now - 1800 * SECOND, now, 10 * SECOND)
    }
    for point in ("khoi-1", "khoi-2", "khoi-3"):
        await center.market.readings(
            point, "smoke", {at: 0.02 + 0.4 * each for at, each in rising.items()}
        )
    await center.market.readings(
        "nhiet-1", "temperature", {at: 31 + 40 * each for at, each in rising.items()}
    )


async def _burn(center: DeskCenter) -> None:
    """Let the market burn, one stall after the other."""
    for point in ("khoi-1", "khoi-2", "khoi-3"):
        await center.market.fire(point)
        await asyncio.sleep(4)


async def main() -> None:
    """Burn the market, and take all pictures."""
    FOLDER.mkdir(exist_ok=True)
    sessions: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        registry = await known_market(folder)
        async with chromium() as browser, desk_center(folder, registry=registry) as center:
            await _measured(center)
            for each in BEFORE:
                await _take(each, browser, center, sessions)
            await _burn(center)
            for each in AFTER:
                await _take(each, browser, center, sessions)


if __name__ == "__main__":
    asyncio.run(main())
