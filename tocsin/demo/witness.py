"""Looks at both ends of the demonstration while it runs, and plays those who answer."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contract.times import Micros, to_micros
from runtime.clock import utc_now
from tocsin.demo.center import Center
from tocsin.demo.people import Arrival
from tocsin.demo.plan import GATEWAYS, Plan
from tocsin.demo.story import Language, Line, answer_line, in_order, relay_lines, signal_line

ANSWERING = "doi-truong-co-so"
"""The leader of the fire team looks at the message; the head of the market, called before, does not."""

TAKING = "phong-canh-sat"
"""Whom the last stage tells; then the duty officer of the command center takes it."""

OFFICER = "Trực ban Nguyễn Văn An"
LOOKING_S, THINKING_S = 1.5, 3.0
"""How long it takes until one has looked, and until the other has taken it."""

LOOK_EVERY_S = 0.2


@dataclass
class Witness:
    """Everything seen so far; *answers* says when each person said that they have seen it."""

    plan: Plan
    center: Center
    language: Language
    signals: list[dict[str, Any]] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    answers: dict[str, Micros] = field(default_factory=dict)
    status: dict[str, dict[str, Any]] = field(default_factory=dict)
    incidents: list[dict[str, Any]] = field(default_factory=list)
    stored: dict[str, int] = field(default_factory=dict)

    @property
    def lines(self) -> list[Line]:
        """What happened, in order."""
        told = [signal_line(each, self.language) for each in self.signals]
        told += relay_lines(self.arrivals, self.language)
        told += [answer_line(person, at, self.language) for person, at in self.answers.items()]
        return in_order(told)

    async def watch(self) -> None:
        """Keep looking until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Look once at every end."""
        after = self.signals[-1]["id"] if self.signals else 0
        self.signals += await self.center.signals(after)
        self.arrivals = read_arrivals(self.plan.relays)
        self.incidents = await self.center.incidents()
        for premises in GATEWAYS:
            self.status[premises] = await self.center.status(premises)
            self.stored[premises] = sum((await self.center.counts(premises)).values())

    async def answer(self) -> None:
        """Say that the fire was seen when the leader of the fire team is called."""
        incident = await self._told_of_a_fire(ANSWERING)
        await asyncio.sleep(LOOKING_S)
        await self.center.seen(incident, ANSWERING)
        self.answers[ANSWERING] = to_micros(utc_now())

    async def take(self) -> None:
        """Take the fire, a while after the last stage of its escalation."""
        incident = await self._told_of_a_fire(TAKING)
        await asyncio.sleep(THINKING_S)
        await self.center.acknowledge(incident, OFFICER)

    def incident_of(self, premises: str) -> Mapping[str, Any] | None:
        """The latest incident of *premises*."""
        for each in self.incidents:
            if each["premises"]["id"] == premises:
                return each
        return None

    async def _told_of_a_fire(self, person: str) -> str:
        """The fire of which *person* is told first, once that is so."""
        while True:
            for each in self.arrivals:
                if each.person == person and each.relay.get("kind") == "fire":
                    return str(each.relay["incident"])
            await asyncio.sleep(LOOK_EVERY_S)


def read_arrivals(log: Path) -> list[Arrival]:
    """The relays that people received so far; a line that is still being written is left out."""
    if not log.exists():
        return []
    return [_arrival(json.loads(line)) for line in log.read_text().split("\n")[:-1]]


def _arrival(line: Mapping[str, Any]) -> Arrival:
    person = line["address"].rpartition("/")[2]
    return Arrival(line["arrived_at"], line, line["channel"], person)
