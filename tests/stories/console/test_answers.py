"""People answer where they were told, by a link in a mail and by a short message; the desk sees both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, Request, expect

from firmware_sim.domain.short_messages import time_stamp
from runtime.clock import utc_now
from tests.stories.console.test_accessibility import violations
from tests.support.browser import DeskBrowser, browser
from tests.support.console import MARKET, REGISTRY, DeskCenter, desk_center
from tests.support.mail_server import MailServer, mail_server
from tests.support.phone_company import PhoneCompany, phone_company
from tests.support.servers import built_pages
from tests.support.waiting import eventually

__all__ = ["browser"]

PUBLIC = "http://localhost:8443"
GUARD = "+84912345679"

CONTENT = (
    REGISTRY.replace(
        'phone = "0912345678"\nwebhook = "WEBHOOK/truong-ban"\ntopic = "truong-ban"',
        'email = "hai@cho-an-binh.example"',
    )
    .replace(
        'phone = "0912345679"\nwebhook = "WEBHOOK/bao-ve"\ntopic = "bao-ve"',
        f'phone = "{GUARD}"\ntopic = "bao-ve"',
    )
    .replace(
        'notify = ["command-center", "premises"]', 'notify = ["command-center", "premises", "bao-ve"]'
    )
)
"""The head of the market has mail alone, the guard a telephone alone; both are told at once."""


@dataclass
class Told:
    """A center whose people were told of a fire: the head by *link*, the guard by the telephones."""

    center: DeskCenter
    phones: PhoneCompany
    link: str


@asynccontextmanager
async def told(folder: Path) -> AsyncIterator[Told]:
    async with mail_server(MailServer()) as mails, phone_company() as phones:
        channels = (
            f'[channels.email]\nhost = "127.0.0.1"\nport = {mails.port}\ntls = "none"\n'
            f'sender = "tocsin@bao-chay.example"\n[channels.sms]\nport = "{phones.port}"\n'
            f'[answers]\naddress = "{PUBLIC}"\n'
        )
        async with desk_center(
            folder, pages=built_pages(), registry=CONTENT, alerting=channels, gateways=[MARKET]
        ) as center:
            await center.market.fire("khoi-1", "khoi-2")
            text = await eventually(lambda: _text(mails), within=60)
            path = next(urlsplit(each).path for each in text.split() if each.startswith(PUBLIC))
            await phones.expects(GUARD, "Chợ An Bình", within=60)
            link = f"http://127.0.0.1:{center.ports['alerting']}{path}"
            yield Told(center, phones, link)


@dataclass
class Asked:
    """The paths that a page asked for."""

    paths: set[str] = field(default_factory=set)

    def note(self, request: Request) -> None:
        self.paths.add(urlsplit(request.url).path)


def _text(mails: MailServer) -> str | None:
    return mails.mails[0].get_content() if mails.mails else None


@asynccontextmanager
async def telephone(browser: DeskBrowser, **options: object) -> AsyncIterator[Page]:
    """A page of a small telephone, which has no account."""
    size = {"width": 360, "height": 740}
    context = await browser.browser.new_context(viewport=size, locale="vi-VN", **options)  # type: ignore[arg-type]  # options of a context
    try:
        yield await context.new_page()
    finally:
        await context.close()


@pytest.mark.timeout(300)
async def test_the_head_answers_by_the_link_and_the_guard_by_a_short_message(
    tmp_path: Path, browser: DeskBrowser
) -> None:
    async with told(tmp_path) as one:
        center, officer = one.center, await one.center.sign_in("an")
        (fire,) = (await center.get("/api/v1/incidents", officer))["incidents"]
        path = f"/api/v1/incidents/{fire['id']}"

        for method in ("HEAD", "GET", "GET"):
            async with center.http.request(method, one.link) as answer:
                assert answer.status == 200
        before = await center.get(path, officer)
        assert (before["answers"], before["seen_by"]) == ([], [])

        async with telephone(browser, java_script_enabled=False) as page:
            await page.goto(one.link)
            await expect(page.locator("h1")).to_contain_text("Chợ An Bình")
            await page.get_by_role("button", name="Tôi đã thấy tin").click()
            await expect(page.get_by_text("Trung tâm đã lưu: Tôi đã thấy tin")).to_be_visible()
            await page.get_by_role("button", name="Đang kiểm tra").click()
            await page.get_by_label("Số người bên trong").fill("3")
            await page.get_by_role("button", name="Gửi").click()
            await expect(page.get_by_text("Trung tâm đã lưu:")).to_contain_text("(3)")

        one.phones.served.receive(GUARD, "cháy thật", time=time_stamp(utc_now()))

        async with browser.page(center, session=officer) as page:
            await page.goto(f"/incidents/{fire['id']}")
            people = page.locator(".told > li")
            head = people.filter(has_text="Ông Nguyễn Văn Hai")
            guard = people.filter(has_text="Anh Lê Văn Ba")
            await expect(head).to_contain_text("Đang kiểm tra", timeout=30_000)
            await expect(guard).to_contain_text("Cháy thật", timeout=60_000)
            for each in (head, guard):
                await expect(each.locator(".state-done")).to_have_count(4, timeout=60_000)

        after = await center.get(path, officer)
        said = {(each["answer"], each["way"], each["weight"]) for each in after["answers"]}
        assert said == {
            ("checking", "link", "head"),
            ("people_inside", "link", "head"),
            ("real", "sms", "premises"),
        }
        assert after["phase"] == "confirmed", "no answer of theirs is an end"

        await center.act(f"{path}/close", officer, {"outcome": "false_alarm", "by": None})
        one.phones.unread.clear()


@pytest.mark.timeout(300)
async def test_the_page_of_a_link_is_one_that_everybody_can_use(
    tmp_path: Path, browser: DeskBrowser
) -> None:
    async with told(tmp_path) as one:
        for theme in ("light", "dark"):
            async with telephone(browser, color_scheme=theme) as page:
                asked = Asked()
                page.on("request", asked.note)
                await page.goto(one.link)
                assert await violations(page) == []
                assert await page.evaluate("document.documentElement.scrollWidth") <= 360
                assert asked.paths == {urlsplit(one.link).path}
        async with telephone(browser) as page:
            await page.goto(one.link[:-2] + "xx")
            await expect(page.get_by_role("alert")).to_be_visible()
            assert await violations(page) == []
        one.phones.unread.clear()
