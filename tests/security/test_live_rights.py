"""A screen shows what alerting itself shows to the same session: nothing hidden, nothing leaked."""

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from contract.http.request_header import SESSION_COOKIE
from contract.messages import Kind
from tests.support.communes import BLUE, LOCAL_TOKEN, LOST, RED, Province, of_area, province
from tests.support.console import LiveStream
from tests.support.desk_service import DeskService, desk_service
from tests.support.waiting import eventually

COMMUNES = (RED, BLUE, LOST)
EVENTS = ("fire", "fault", "override", "close")

events = st.lists(st.tuples(st.sampled_from(EVENTS), st.sampled_from(COMMUNES)), min_size=1, max_size=8)


def people(one: Province) -> dict[str, str]:
    """Return sessions of people who may see everything, one commune, or one premises, by name."""
    head = Grant(role=Role.HEAD_OF_PREMISES, premises=f"cho-{BLUE}")
    grants = {
        "officer": Grant(role=Role.DUTY_OFFICER),
        "red": of_area(Role.COMMUNE, RED),
        "team": of_area(Role.AREA_TEAM, BLUE),
        "head": head,
    }
    return {name: one.accounts.add(name, grant) for name, grant in grants.items()}


class Follower:
    """A page, and the feed of alerting, of one session from the same moment on."""

    def __init__(self, one: Province, desk: DeskService, session: str) -> None:
        self.one, self.desk, self.session = one, desk, session
        self.page, self.fed = LiveStream(), list[Any]()

    async def follow(self, url: str, note: Any) -> None:
        """Hand *note* the events that come at *url*."""
        headers = {"Cookie": f"{SESSION_COOKIE}={self.session}"}
        async with self.one.http.get(url, headers=headers) as answer:
            name, rest = "", b""
            async for part in answer.content.iter_any():
                *lines, rest = (rest + part).split(b"\n")
                for line in lines:
                    if line.startswith(b"event: "):
                        name = line[7:].decode()
                    elif line.startswith(b"data: "):
                        note(name, json.loads(line[6:]))

    async def shows_what_alerting_shows(self) -> bool:
        """Return whether the page has the rows and entries that alerting has for the session."""
        path = "/api/v1/incidents?state=open&kind=all&limit=500"
        listed = await self.desk.ask(self.session, path, url=self.one.url)
        rows = {each["id"]: each for each in (listed.said or {"incidents": []})["incidents"]}
        return self.page.rows == rows and self.page.entries == self.fed


@given(happened=events)
@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@pytest.mark.timeout(300)
def test_every_screen_shows_what_alerting_shows_to_its_person(
    tmp_path_factory: pytest.TempPathFactory, happened: list[tuple[str, str]]
) -> None:
    asyncio.run(_follow_all(tmp_path_factory.mktemp("center"), happened))


async def _follow_all(folder: Path, happened: list[tuple[str, str]]) -> None:
    async with (
        province(f"sqlite:///{folder}/center.db", communes=COMMUNES) as one,
        desk_service(one) as desk,
        AsyncExitStack() as stack,
    ):
        followers = [Follower(one, desk, session) for session in people(one).values()]
        tasks = [task for each in followers for task in _begin(each)]
        stack.push_async_callback(_end, tasks)
        await eventually(lambda: all(each.page.tick for each in followers))
        for what, commune in happened:
            await _happen(one, what, commune)
        for each in followers:
            await eventually(each.shows_what_alerting_shows, every=0.2)
        # There was something to see, and something to hide.
        officer, red, *_ = followers
        assert len(officer.page.rows) > len(red.page.rows)


def _begin(one: Follower) -> list["asyncio.Task[None]"]:
    page = one.follow(f"{one.desk.url}/live", one.page.note)
    feed = one.follow(f"{one.one.url}/api/v1/feed", lambda _, entry: one.fed.append(entry))
    return [asyncio.create_task(page), asyncio.create_task(feed)]


async def _end(tasks: list["asyncio.Task[None]"]) -> None:
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _happen(one: Province, what: str, commune: str) -> None:
    match what:
        case "fire":
            await one.burn(commune, point=2)
        case "fault":
            await one.burn(commune, kind=Kind.FAULT, point=3)
        case "override":
            await one.order(commune, note="gọi 0912345678")
        case _:
            path = f"/api/v1/incidents/{one.ids[commune]}/close"
            body = {"outcome": "false_alarm", "by": "Lan"}
            await one.ask(LOCAL_TOKEN, path, method="POST", body=body)
