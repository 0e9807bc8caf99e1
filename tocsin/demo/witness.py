"""Looks at both ends of the demonstration while it runs, and plays the duty officer who answers."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tocsin.demo.center import Center
from tocsin.demo.plan import GATEWAYS, Plan
from tocsin.demo.report import Arrival
from tocsin.demo.story import Language, Line, in_order, relay_line, signal_line

RECEIVERS = ("command-center", "civil-defence")
OFFICER = "Trực ban Nguyễn Văn An"
THINKING_S = 3.0
"""How long the duty officer takes to answer once a stage has escalated."""

LOOK_EVERY_S = 0.2


@dataclass
class Witness:
    """Everything seen so far."""

    plan: Plan
    center: Center
    language: Language
    signals: list[dict[str, Any]] = field(default_factory=list)
    arrivals: dict[str, list[Arrival]] = field(default_factory=lambda: {name: [] for name in RECEIVERS})
    status: dict[str, dict[str, Any]] = field(default_factory=dict)
    incidents: list[dict[str, Any]] = field(default_factory=list)
    stored: dict[str, int] = field(default_factory=dict)

    @property
    def lines(self) -> list[Line]:
        """What happened, in order."""
        told = [signal_line(each, self.language) for each in self.signals]
        for receiver, arrivals in self.arrivals.items():
            told += [relay_line(receiver, each, self.language) for each in arrivals]
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
        for name in RECEIVERS:
            self.arrivals[name] = read_arrivals(self.plan.relays(name))
        self.incidents = await self.center.incidents()
        for premises in GATEWAYS:
            self.status[premises] = await self.center.status(premises)
            self.stored[premises] = sum((await self.center.counts(premises)).values())

    async def answer(self) -> None:
        """Take each incident, a while after a stage of its escalation has passed without an answer."""
        taken: set[str] = set()
        while True:
            for each in self.arrivals["command-center"]:
                incident = each.relay["incident"]
                if each.relay["event"] == "escalated" and incident not in taken:
                    taken.add(incident)
                    await asyncio.sleep(THINKING_S)
                    await self.center.acknowledge(incident, OFFICER)
            await asyncio.sleep(LOOK_EVERY_S)

    def incident_of(self, premises: str) -> Mapping[str, Any] | None:
        """The latest incident of *premises*."""
        for each in self.incidents:
            if each["premises"]["id"] == premises:
                return each
        return None


def read_arrivals(log: Path) -> list[Arrival]:
    """The relays that a receiver wrote down so far; a line that is still being written is left out."""
    if not log.exists():
        return []
    whole = log.read_text().split("\n")[:-1]
    return [Arrival(each["arrived_at"], each) for each in map(json.loads, whole)]
