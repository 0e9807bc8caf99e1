"""The demonstration fits the terminal that it is shown on."""

from pathlib import Path

import aiohttp
import pytest
from rich.console import Console

from contract.http.incidents import FireIncident
from contract.ids import IncidentId
from contract.incidents import FirePhase, Premises
from tests.support.texts import ENGLISH, VIETNAMESE
from tests.support.webhooks import webhook
from tocsin.demo.center import DemoCenter
from tocsin.demo.notifications import Arrival
from tocsin.demo.observer import Observer
from tocsin.demo.plan import GATEWAYS, MARKET, Plan
from tocsin.demo.screen import screen
from tocsin.demo.story import PEOPLE, PERSONS
from words.catalogue import Words


def arrival(person: str, channel: str, at: int) -> Arrival:
    point = {
        **dict.fromkeys(("gateway", "name", "kind"), "smoke-01"),
        **dict.fromkeys(("zone", "quantity", "value", "restored_at")),
        "changed_at": 0,
    }
    relay = webhook(
        event="escalated",
        reason="person_before_did_not_answer",
        at=at,
        points=[point] * 5,
        text=dict.fromkeys(("en", "vi"), "ESCALATION, nobody has taken it: " + "x" * 200),
    )
    return Arrival(at, relay, channel, person)


async def shown(width: int, height: int, words: Words = ENGLISH) -> list[str]:
    """The screen of a busy demonstration, line by line."""
    plan = Plan(Path(), 1, 2, 3, 4, {})
    console = Console(width=width, height=height, force_terminal=False)
    async with aiohttp.ClientSession() as http:
        observer = Observer(plan, DemoCenter(plan, http), words)
        for turn in range(20):
            observer.arrivals += [
                arrival(person, channel, turn) for person in PEOPLE for channel in ("webhook", "mqtt")
            ]
        del observer.arrivals[1]
        long = "A market with a very long name, indeed a very long one"
        observer.incidents = [
            FireIncident(
                id=IncidentId("i1"),
                part="",
                premises=Premises(id=MARKET, name=long, address=""),
                phase=FirePhase.ACKNOWLEDGED,
                reason="acknowledged_by_operator",
                opened_at=0,
                owner="A duty officer with a very long name",
            )
        ]
        states = [{"state": state} for state in ("normal", "alarm", "fault", "tamper", "test")]
        for each in GATEWAYS:
            observer.status[each] = {"points": states, "alarm": {"depth": 3}, "telemetry": {"depth": 4}}
        with console.capture() as captured:
            console.print(screen(observer, broker="embedded", began=0, now=1, size=console.size))
    return captured.get().splitlines()


@pytest.mark.parametrize(("width", "height"), [(80, 24), (132, 31), (200, 60)])
async def test_nothing_of_it_is_cut_off_below(width: int, height: int) -> None:
    lines = await shown(width, height)
    assert len(lines) < height
    assert all(len(line) <= width for line in lines)
    assert lines[-1].startswith("╰")


async def test_it_says_who_was_told_how_often_by_which_channel() -> None:
    text = "\n".join(await shown(80, 24))
    assert "command center 20 + 19" in text
    for person in PEOPLE:
        assert ENGLISH.name(PERSONS, person) in text


async def test_what_many_were_told_is_one_line() -> None:
    lines = [line for line in await shown(132, 31) if "the person before did not answer" in line]
    assert len(lines) == 18
    assert all("command center +8" in line for line in lines)
    assert "18 by mqtt+webhook" in lines[-1]


async def test_all_of_the_screen_is_in_the_chosen_language() -> None:
    lines = await shown(132, 31, VIETNAMESE)
    text = "\n".join(lines)
    for each in (
        "hai cơ sở giả định",
        "Đã báo cho ai",
        "Diễn biến",
        "cơ sở",
        "báo cháy",
        "đã tiếp nhận",
    ):
        assert each in text
    for each in ("premises that", "What happened", "normal", "waiting", "acknowledged"):
        assert each not in text
    assert all(len(line) <= 132 for line in lines)
