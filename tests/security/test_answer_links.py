"""A link answers for one person about one fire: no prefetch, forgery, guess or late use does more."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from alerting.domain.answers.link_tokens import AnswerLink, sealed_token
from contract.times import SECOND, to_micros
from firmware_sim.domain.modem import SimulatedModem
from runtime.clock import utc_now
from tests.adapters.alerting.test_sms_replies import HEAD, TEAM, Answering, answering
from tests.support.servers import Server

HOUR = 3_600 * SECOND
GUESSES = 60


@dataclass
class Linked:
    """A fire whose people were told, and their links."""

    one: Answering
    incident: str
    folder: Path
    http: aiohttp.ClientSession

    def link(self, contact: str, *, expires_in: int = HOUR, secret: bytes | None = None) -> str:
        with sqlite3.connect(self.folder / "center.db") as db:
            (number,) = db.execute(
                "SELECT number FROM deliveries WHERE destination = ? AND incident = ?",
                (contact, self.incident),
            ).fetchone()
        own = (self.folder / "center-secret").read_text().strip().encode()
        link = AnswerLink(number, to_micros(utc_now()) + expires_in)
        return f"{self.one.center.api}/a/{sealed_token(link, secret or own)}"

    async def get(self, url: str, method: str = "GET") -> tuple[int, str, Any]:
        async with self.http.request(method, url) as answer:
            return answer.status, await answer.text(), answer.headers

    async def post(self, url: str, **fields: str) -> tuple[int, str]:
        """As the form of the page does in a browser that was sent there by a mail."""
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": self.one.center.api}
        async with self.http.post(url, data=fields, headers=headers) as answer:
            return answer.status, await answer.text()

    async def state(self) -> tuple[list[Any], list[Any], str]:
        shown = await self.one.center.get(f"/api/v1/incidents/{self.incident}")
        return shown["answers"], shown["seen_by"], shown["phase"]


@asynccontextmanager
async def linked(folder: Path, broker: Server) -> AsyncIterator[Linked]:
    async with answering(folder, broker, SimulatedModem()) as one:
        incident = await one.fire(broker)
        await one.told(HEAD)
        await one.told(TEAM)
        async with aiohttp.ClientSession() as http:
            yield Linked(one, incident, folder, http)


async def test_a_scanner_that_opens_the_link_changes_nothing_and_a_form_does(
    broker: Server, tmp_path: Path
) -> None:
    async with linked(tmp_path, broker) as fire:
        url, before = fire.link("head-cho"), await fire.state()
        for method in ("GET", "HEAD", "GET"):
            status, text, headers = await fire.get(url, method)
            assert status == 200
        assert await fire.state() == before
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "<script" not in text
        assert 'href="tel:114"' in text
        assert '<html lang="vi">' in text
        assert "Chợ An Bình" in text

        status, text = await fire.post(url, answer="people_inside", people="5")
        assert status == 200, "after the redirection"
        assert "Số người bên trong (5)" in text
        status, text = await fire.post(url, answer="seen")
        assert "Trung tâm đã lưu: Tôi đã thấy tin" in text
        answers, seen, phase = await fire.state()
        assert [(each["answer"], each["people"], each["way"]) for each in answers] == [
            ("people_inside", 5, "link")
        ]
        assert (seen, phase) == (["head-cho"], "confirmed")


async def test_the_head_cannot_take_it_and_the_team_can(broker: Server, tmp_path: Path) -> None:
    async with linked(tmp_path, broker) as fire:
        head, team = fire.link("head-cho"), fire.link("dan-phong")
        assert "value=taken" not in (await fire.get(head))[1]
        await fire.post(head, answer="taken")
        assert (await fire.state())[2] == "confirmed"
        await fire.post(team, answer="taken")
        assert (await fire.state())[2] == "acknowledged"
        assert "dan-phong đã tiếp nhận" in (await fire.get(head))[1]


async def test_an_expired_link_shows_what_became_and_takes_nothing(
    broker: Server, tmp_path: Path
) -> None:
    async with linked(tmp_path, broker) as fire:
        url, before = fire.link("head-cho", expires_in=-HOUR), await fire.state()
        _, text = await fire.post(url, answer="false")
        assert "Liên kết đã hết hạn" in text
        assert "<button" not in text
        assert await fire.state() == before


async def test_a_link_replayed_after_the_end_says_how_it_ended(broker: Server, tmp_path: Path) -> None:
    async with linked(tmp_path, broker) as fire:
        url = fire.link("head-cho")
        await fire.one.center.post(
            f"/api/v1/incidents/{fire.incident}/close", {"by": "Trực ban", "outcome": "false_alarm"}
        )
        _, text = await fire.post(url, answer="real")
        assert "Đã kết thúc: báo động giả, Trực ban" in text
        assert (await fire.state())[0] == []


async def test_a_forged_link_is_none_and_guessing_ends_soon(broker: Server, tmp_path: Path) -> None:
    async with linked(tmp_path, broker) as fire:
        before = await fire.state()
        good, forged = fire.link("head-cho"), fire.link("head-cho", secret=b"guess" * 8)
        statuses = [(await fire.post(forged, answer="taken"))[0] for _ in range(GUESSES)]
        assert statuses[0] == 404
        assert statuses[-1] == 429
        assert await fire.state() == before
        assert (await fire.get(good))[0] == 200, "a true link is not held up by guesses"


async def test_bodies_that_are_no_form_of_the_page_change_nothing(
    broker: Server, tmp_path: Path
) -> None:
    async with linked(tmp_path, broker) as fire:
        url, before = fire.link("head-cho"), await fire.state()
        for fields in (
            {},
            {"answer": "close"},
            {"answer": "people_inside"},
            {"answer": "people_inside", "people": "-1"},
            {"answer": "people_inside", "people": "٣"},
            {"answer": "people_inside", "people": "9" * 2_000},
        ):
            await fire.post(url, **fields)
        assert await fire.state() == before
