"""The map shows a province as it is, with what the center itself serves, and leads to each fire."""

import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import FloatRect, Page, expect

from tests.support.browser import DeskBrowser, Size, browser
from tests.support.console import MARKET, REGISTRY, DeskCenter, Gateway, desk_center
from tests.support.map_backgrounds import WATER, Colour, tile_server, write_archive
from tests.support.servers import built_pages, free_port
from tests.support.waiting import eventually

__all__ = ["browser"]

LOADED = 60_000
"""Milliseconds to wait for a map: it is drawn by the processor here, which others share."""

FORCES = """
[[units]]
id = "doi-1"
name = "Đội CC&CNCH khu vực 1"
kind = "area-team"
area = "xa-1"
lat = 9.1790
lon = 105.1500

[[means]]
id = "xe-1"
name = "Xe chữa cháy 01"
kind = "engine"
unit = "doi-1"

[[means]]
id = "ca-no"
name = "Ca nô chữa cháy"
kind = "boat"
unit = "doi-1"
lat = 9.1760
lon = 105.1560

[[water]]
id = "tru-1"
name = "Trụ nước Trần Phú"
kind = "hydrant"
lat = 9.1778
lon = 105.1524

[[water]]
id = "tru-2"
name = "Trụ nước chợ"
kind = "hydrant"
usable = false
lat = 9.1765
lon = 105.1500
"""

DESK_ALONE = """
[[policies]]
id = "desk-alone"
stages = [{ after_s = 0, notify = ["command-center"] }]
"""

SQUARE = [[105.10, 9.10], [105.22, 9.10], [105.22, 9.24], [105.10, 9.24], [105.10, 9.10]]
BOUNDARIES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
            "properties": {"id": "xa-1"},
        }
    ],
}


def many_premises(count: int) -> str:
    """Return rows of *count* premises in a grid, each with a call point."""
    return DESK_ALONE + "".join(
        f"""
[[premises]]
id = "nha-{each}"
name = "Nhà {each}"
area = "xa-1"
policy = "desk-alone"
lat = {9.10 + each // 25 * 0.007}
lon = {105.10 + each % 25 * 0.005}

[[gateways]]
id = "gw-1"
name = "Thiết bị truyền tin"
premises = "nha-{each}"

[[zones]]
id = "hall"
premises = "nha-{each}"
name = "Nhà"
rule = "type_b"

[[points]]
id = "nut-an"
premises = "nha-{each}"
zone = "hall"
gateway = "gw-1"
kind = "manual"
place = "Cửa"
"""
        for each in range(count)
    )


async def open_map(page: Page) -> None:
    await page.goto("/map")
    await expect(page.locator('.chart-canvas[data-ready="true"]')).to_be_visible(timeout=LOADED)


async def shows(page: Page, colour: Colour, *, pixels: int) -> bool:
    """Return whether so many pixels of the map have *colour*, as a person sees it.

    Of the page a part is taken, not of the element: that would wait for a page at rest, which one with
    five hundred clocks is not.
    """
    box = await page.locator(".chart-canvas").bounding_box()
    size = page.viewport_size
    assert box is not None
    assert size is not None
    clip = FloatRect(
        x=box["x"],
        y=box["y"],
        width=min(box["width"], size["width"] - box["x"]),
        height=min(box["height"], size["height"] - box["y"]),
    )
    picture = await page.screenshot(clip=clip)
    with Image.open(io.BytesIO(picture)) as opened:
        found = opened.convert("RGB").getcolors(1_000_000) or []
    return sum(count for count, each in found if _is_near(each, colour)) >= pixels


def _is_near(found: object, colour: Sequence[int]) -> bool:
    assert isinstance(found, tuple)
    return all(abs(one - other) <= 6 for one, other in zip(found, colour, strict=True))


async def colour_of(page: Page, name: str) -> Colour:
    """Return the colour *name* of the tokens, as the page has it now."""
    script = "(name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()"
    text = await page.evaluate(script, f"--{name}")
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


async def shows_soon(page: Page, colour: Colour, *, pixels: int = 60) -> None:
    await eventually(lambda: shows(page, colour, pixels=pixels), within=180, every=0.5)


async def shown_on_map(page: Page, name: str) -> None:
    """Have the map go where *name* is, by the keyboard, and wait until it is there."""
    button = page.get_by_role("button", name=name, exact=True)
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator('.chart-canvas[aria-busy="false"]')).to_be_visible()


async def test_a_fire_on_the_map_leads_to_its_incident(browser: DeskBrowser, tmp_path: Path) -> None:
    areas = tmp_path / "areas.geojson"
    areas.write_text(json.dumps(BOUNDARIES))
    console = f'[map]\nareas = "{areas}"\n'
    registry = REGISTRY + FORCES
    async with desk_center(tmp_path, registry=registry, console=console, pages=built_pages()) as center:
        session = await center.sign_in("an")
        async with browser.page(
            center, session=session, size=Size.LAPTOP, reduced_motion="reduce"
        ) as page:
            await open_map(page)
            fire = await colour_of(page, "fire")
            assert not await shows(page, fire, pixels=60), "red is for fire alone"
            await center.market.fire("nut-an")
            await shows_soon(page, fire)
            await page.screenshot(path=tmp_path / "map.png")
            await shown_on_map(page, "Xem trên bản đồ: Chợ An Bình")
            await page.screenshot(path=tmp_path / "map-near.png")
            await page.locator(".chart-canvas canvas").click()
            await expect(page).to_have_url(f"{center.url}/incidents/{await incident(center, session)}")
            await page.go_back()
            await page.get_by_role("link", name="Cháy Chợ An Bình").focus()
            await page.keyboard.press("Enter")
            await expect(page.locator("#scene-title")).to_be_visible()


async def incident(center: DeskCenter, session: str) -> str:
    """Return the id of the fire at the market."""
    listed = (await center.get("/api/v1/incidents", session))["incidents"]
    return next(str(each["id"]) for each in listed if each["premises"]["id"] == MARKET)


@pytest.mark.parametrize(("size", "language"), [(Size.DESK, "en"), (Size.PHONE, "vi")])
async def test_stations_hydrants_engines_and_boats_are_on_the_map(
    browser: DeskBrowser, tmp_path: Path, size: Size, language: str
) -> None:
    async with desk_center(tmp_path, registry=REGISTRY + FORCES, pages=built_pages()) as center:
        session = await center.sign_in("an")
        async with browser.page(
            center,
            session=session,
            size=size,
            language=language,
            color_scheme="dark",
            reduced_motion="reduce",
        ) as page:
            await open_map(page)
            # A ground without streets says why, and what to do.
            await expect(page.locator(".chart-note")).to_contain_text("map.pmtiles")
            for summary in await page.locator(".beside summary").all():
                await summary.focus()
                await page.keyboard.press("Enter")
            team = page.locator(".beside li", has_text="Đội CC&CNCH khu vực 1")
            await expect(team).to_contain_text("Xe chữa cháy 01")
            broken = page.locator(".beside li", has_text="Trụ nước chợ")
            not_usable = "NOT USABLE" if language == "en" else "KHÔNG DÙNG ĐƯỢC"
            await expect(broken).to_contain_text(not_usable)
            await expect(page.locator(".beside li", has_text="Ca nô chữa cháy ·")).to_be_visible()
            show = "Show on the map: {}" if language == "en" else "Xem trên bản đồ: {}"
            await shown_on_map(page, show.format("Trụ nước Trần Phú"))
            await shows_soon(page, await colour_of(page, "first"), pixels=40)
            await page.screenshot(path=tmp_path / "resources.png", full_page=True)
            await page.locator(".chart-canvas canvas").click()
            await expect(page.locator(".chosen-thing")).to_contain_text("Trụ nước Trần Phú")
            width = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            assert await page.evaluate(width), "nothing is scrolled sideways"


async def test_an_archive_of_tiles_is_the_background(browser: DeskBrowser, tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "province.pmtiles")
    console = f'[map]\npmtiles = "{archive}"\nattribution = "Sở Xây dựng"\n'
    async with desk_center(tmp_path, console=console, pages=built_pages()) as center:
        session = await center.sign_in("an")
        async with browser.page(center, session=session, size=Size.LAPTOP) as page:
            await open_map(page)
            await shows_soon(page, WATER, pixels=100_000)
            await expect(page.get_by_text("Sở Xây dựng")).to_be_visible()
            await expect(page.locator(".chart-note")).to_have_count(0)


async def test_a_map_whose_tiles_are_away_shows_fires_all_the_same(
    browser: DeskBrowser, tmp_path: Path
) -> None:
    port = free_port()
    async with tile_server(port) as tiles:
        console = f'[map]\ntiles_url = "{tiles.url}"\n'
        async with desk_center(tmp_path, console=console, pages=built_pages()) as center:
            session = await center.sign_in("an")
            async with browser.page(center, session=session, size=Size.LAPTOP) as page:
                await open_map(page)
                await shows_soon(page, WATER, pixels=100_000)
                assert tiles.asked, "console asks the server; the browser asks console"
    async with desk_center(tmp_path / "away", console=console, pages=built_pages()) as center:
        session = await center.sign_in("an")
        async with browser.page(center, session=session, size=Size.LAPTOP, network_fails=True) as page:
            await open_map(page)
            await expect(page.get_by_text("nền bản đồ không tải được")).to_be_visible()
            await center.market.fire("nut-an")
            await shows_soon(page, await colour_of(page, "fire"))


@pytest.mark.timeout(600)
async def test_five_hundred_premises_burn_at_once_and_none_is_hidden(
    browser: DeskBrowser, tmp_path: Path
) -> None:
    registry = REGISTRY + many_premises(500)
    async with desk_center(tmp_path, registry=registry, pages=built_pages()) as center:
        session = await center.sign_in("an")
        async with browser.page(
            center, session=session, size=Size.LAPTOP, reduced_motion="reduce"
        ) as page:
            # Without a graphics card the processor draws the map: on a busy machine that takes its time.
            page.set_default_timeout(120_000)
            await open_map(page)
            for each in range(500):
                await Gateway(f"nha-{each}", center.market.client).fire("nut-an")
            fires = page.locator(".listed-fire")
            await expect(fires).to_have_count(500, timeout=300_000)
            await shows_soon(page, await colour_of(page, "fire"), pixels=1_000)
            await page.screenshot(path=tmp_path / "storm.png")
            await fires.nth(499).get_by_role("link").focus()
            await page.keyboard.press("Enter")
            await expect(page.locator("#scene-title")).to_be_visible()
