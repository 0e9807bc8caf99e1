"""A browser for stories: Debian's Chromium, driven by Playwright, which must stay within the center.

``browser`` is a fixture of a test; a page fails its test by an error in the console of the browser, by
an exception in the page, and by any request that leaves the origin.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urlsplit

import pytest
from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    async_playwright,
    expect,
)

from contract.http.request_header import SESSION_COOKIE
from tests.support.console import DeskCenter
from tests.support.servers import program


class Size(Enum):
    """The sizes at which pages must work: a desk, a laptop, a phone."""

    DESK = (1920, 1080)
    LAPTOP = (1280, 800)
    PHONE = (390, 844)


SIZES = tuple(Size)
LANGUAGES: Mapping[str, str] = {"vi": "vi-VN", "en": "en-GB"}
"""The languages of pages, and the locale by which a browser asks for each."""

PATIENCE_MS = 20_000
"""Milliseconds for which a page is waited for: a busy machine draws late, and what never comes fails."""

OWN_SCHEMES = frozenset({"data", "blob", "about"})

EXPECTED = ("net::ERR_", "the server responded with a status of")
"""Beginnings of what Chromium itself writes about requests that a story makes fail on purpose."""


@dataclass
class Faults:
    """The faults that must not happen in a page; a story that provokes a fault takes it out."""

    origin: str
    console: list[str] = field(default_factory=list)
    exceptions: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    network: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Note the faults of *page* from now on."""
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.exceptions.append(str(error)))
        page.on("request", self._on_request)

    def check(self, *, network: bool) -> None:
        """Fail where something happened; failed requests count unless the story cut the *network*."""
        assert self.left == [], "requests left the origin"
        assert self.exceptions == [], "the page threw"
        assert self.console == [], "the page wrote errors"
        assert network or self.network == [], "requests failed"

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "assert"}:
            of_network = any(each in message.text for each in EXPECTED)
            (self.network if of_network else self.console).append(message.text)

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        is_own = f"{parts.scheme}://{parts.netloc}" == self.origin or parts.scheme in OWN_SCHEMES
        if not is_own:
            self.left.append(request.url)


@dataclass
class DeskBrowser:
    """A running browser."""

    browser: Browser

    @asynccontextmanager
    async def page(
        self,
        center: DeskCenter,
        *,
        size: Size = Size.DESK,
        language: str = "vi",
        session: str | None = None,
        network_fails: bool = False,
        **options: object,
    ) -> AsyncIterator[Page]:
        """Open a page of *center*, signed in where a *session* is given; check it at the end.

        Pass *network_fails* where the story cuts the network or ends a server: failed requests are then
        expected. *options* are those of a context of Playwright.
        """
        width, height = size.value
        context = await self.browser.new_context(
            base_url=center.url,
            viewport={"width": width, "height": height},
            locale=LANGUAGES[language],
            timezone_id="Asia/Ho_Chi_Minh",
            has_touch=size is Size.PHONE,
            is_mobile=size is Size.PHONE,
            **options,  # type: ignore[arg-type]  # those that a story names
        )
        context.set_default_timeout(PATIENCE_MS)
        # Pages speak Vietnamese until somebody chooses.
        if language != "vi":
            await context.add_init_script(f"localStorage.setItem('tocsin.language', '{language}')")
        if session is not None:
            await context.add_cookies(
                [
                    {
                        "name": SESSION_COOKIE,
                        "value": session,
                        "url": center.url.replace("http://", "https://"),
                        "secure": True,
                        "httpOnly": True,
                        "sameSite": "Strict",
                    }
                ]
            )
        faults = Faults(center.url)
        page = await context.new_page()
        faults.watch(page)
        try:
            yield page
            faults.check(network=network_fails)
        finally:
            await context.close()


@asynccontextmanager
async def chromium() -> AsyncIterator[DeskBrowser]:
    """Run Chromium within the block; skip the test where it is not installed."""
    executable = program("chromium")
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(
            executable_path=executable,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--mute-audio"],
        )
        try:
            yield DeskBrowser(running)
        finally:
            await running.close()


@pytest.fixture
async def browser() -> AsyncIterator[DeskBrowser]:
    """A browser of the test's own."""
    async with chromium() as running:
        yield running
