"""Observes both ends of the demonstration while it runs, and plays the people who answer."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from contract.http.incidents import Incident
from contract.http.signals import SignalRecord
from contract.incidents import IncidentKind
from contract.times import to_micros
from contract.webhook import decode
from firmware_sim.peers.command_center import LoggedArrival
from runtime.clock import utc_now
from tocsin.demo.center import DemoCenter
from tocsin.demo.notifications import Arrival, PersonAnswer
from tocsin.demo.plan import GATEWAYS, Plan
from tocsin.demo.story import Line, answer_line, in_order, relay_lines, signal_line
from words.catalogue import Words

ANSWERING = "doi-truong-co-so"
"""The leader of the fire team marks the message as seen; the head of the market, before, does not."""

LAST_NOTIFIED = "phong-canh-sat"
"""The recipient of the last stage; then the duty officer of the command center acknowledges the fire."""

OFFICER = "Trực ban Nguyễn Văn An"
READING_S, THINKING_S = 1.5, 3.0
"""Seconds until the leader has read the message, and until the officer has acknowledged."""

POLL_S = 0.2


@dataclass
class Observer:
    """Everything observed so far; *answers* has the people who marked the fire as seen."""

    plan: Plan
    center: DemoCenter
    words: Words
    signals: list[SignalRecord] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    answers: dict[str, PersonAnswer] = field(default_factory=dict)
    status: dict[str, dict[str, Any]] = field(default_factory=dict)
    incidents: list[Incident] = field(default_factory=list)
    stored: dict[str, int] = field(default_factory=dict)

    @property
    def lines(self) -> list[Line]:
        """The lines of the story so far, in order."""
        lines = [signal_line(each, self.words) for each in self.signals]
        lines += relay_lines(self.arrivals, self.words)
        lines += [
            answer_line(person, answer.known_at, self.words) for person, answer in self.answers.items()
        ]
        return in_order(lines)

    async def watch(self) -> None:
        """Poll both ends until cancelled."""
        while True:
            await self.poll()
            await asyncio.sleep(POLL_S)

    async def poll(self) -> None:
        """Ask every part once for its state."""
        after = self.signals[-1].id if self.signals else 0
        self.signals += await self.center.signals(after)
        self.arrivals = read_arrivals(self.plan.relays)
        self.incidents = await self.center.incidents()
        for premises in GATEWAYS:
            self.status[premises] = await self.center.status(premises)
            self.stored[premises] = sum((await self.center.counts(premises)).values())

    async def mark_seen(self) -> None:
        """Mark the fire as seen once the leader of the fire team is notified."""
        incident = await self._fire_notified_to(ANSWERING)
        await asyncio.sleep(READING_S)
        sent_at = to_micros(utc_now())
        await self.center.seen(incident, ANSWERING)
        self.answers[ANSWERING] = PersonAnswer(sent_at, to_micros(utc_now()))

    async def acknowledge_fire(self) -> None:
        """Acknowledge the fire, a while after the last stage of its escalation."""
        incident = await self._fire_notified_to(LAST_NOTIFIED)
        await asyncio.sleep(THINKING_S)
        await self.center.acknowledge(incident, OFFICER)

    def incident_of(self, premises: str) -> Incident | None:
        """Return the latest incident of *premises*."""
        for each in self.incidents:
            if each.premises.id == premises:
                return each
        return None

    async def _fire_notified_to(self, person: str) -> str:
        """Wait until *person* is notified of a fire, and return its incident."""
        while True:
            for each in self.arrivals:
                if each.person == person and each.relay.kind is IncidentKind.FIRE:
                    return each.relay.incident
            await asyncio.sleep(POLL_S)


def read_arrivals(log: Path) -> list[Arrival]:
    """Return the relays that people received so far, without a line that is still being written."""
    if not log.exists():
        return []
    return [_arrival(line) for line in log.read_bytes().split(b"\n")[:-1]]


def _arrival(line: bytes) -> Arrival:
    came = msgspec.json.decode(line, type=LoggedArrival)
    return Arrival(came.arrived_at, decode(line), came.channel, came.address.rpartition("/")[2])
