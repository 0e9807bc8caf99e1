"""Premises whose people are told by one GSM modem that takes seconds for each part of a message."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from alerting.channels.dispatcher import channel_message
from alerting.domain.gsm.pdu import split_text
from contract.times import from_micros
from registry.model.registry import Registry
from tests.stories.alerting.house import House

PART_S = 3.0
"""Seconds for a part: what docs/operating.md says of GSM modems."""

PREMISES = ("cho", "benh-vien", "khach-san")
NAMES = {
    "cho": ("Chợ An Bình", "12 Trần Phú, Phường 1"),
    "benh-vien": ("Bệnh viện tỉnh", "3 Nguyễn Huệ, Phường 1"),
    "khach-san": ("Khách sạn Hòa Bình", "8 Lê Lợi, Phường 1"),
}


def district(**of_each: Any) -> Registry:
    """Three premises by the policy of deploy/samples; *of_each* is what all contacts have besides."""
    people = [f"{role}-{where}" for where in PREMISES for role in ("head", "deputy", "guard")]
    contacts = [*people, "dan-phong", "ubnd", "police"]
    return Registry.model_validate(
        {
            "areas": [{"id": "phuong-1", "name": "Phường 1", "team": ["dan-phong", "ubnd"]}],
            "contacts": [
                {"id": name, "name": name, "phone": f"+8490100{number:04}", **of_each}
                for number, name in enumerate(contacts)
            ],
            "premises": [
                {
                    "id": each,
                    "name": NAMES[each][0],
                    "address": NAMES[each][1],
                    "area": "phuong-1",
                    "policy": "standard",
                    "people": [f"{role}-{each}" for role in ("head", "deputy", "guard")],
                }
                for each in PREMISES
            ],
            "gateways": [{"id": "gw-1", "premises": each, "name": "Tủ"} for each in PREMISES],
            "zones": [
                {"id": zone, "premises": each, "name": f"Tầng {zone[-1]}"}
                for each in PREMISES
                for zone in ("floor-1", "floor-2")
            ],
            "points": [
                {
                    "id": f"{kind}-{number}",
                    "premises": each,
                    "zone": f"floor-{1 if number < 5 else 2}",
                    "gateway": "gw-1",
                    "kind": kind,
                    "place": f"Phòng {number}",
                }
                for each in PREMISES
                for kind, numbers in (("smoke", range(1, 8)), ("manual", range(1, 2)))
                for number in numbers
            ],
            "policies": [
                {
                    "id": "standard",
                    "stages": [
                        {"after_s": 0, "notify": ["command-center", "premises", "area"]},
                        {"after_s": 60, "notify": ["police"]},
                    ],
                }
            ],
        }
    )


@dataclass(frozen=True)
class Shown:
    """A message as a telephone showed it, *at* seconds after the beginning."""

    at: float
    to: str
    event: str
    premises: str
    text: str
    parts: int


Act = Callable[[House], Awaitable[object]]


@dataclass
class OneModem:
    """Sends what waits, one part after the other; *acts* happen at their seconds meanwhile."""

    house: House
    acts: list[tuple[float, Act]]
    shown: list[Shown] = field(default_factory=list)
    takes: bool = True

    def __post_init__(self) -> None:
        self.began = self.house.now

    async def run(self, seconds: float) -> list[Shown]:
        """Let so many *seconds* pass from the beginning; what telephones showed."""
        end = self.began + timedelta(seconds=seconds)
        while self.house.now < end:
            await self._until(self.house.now)
            if not self.takes or not await self._send():
                await self._until(min(end, await self._next(end)))
        return self.shown

    async def _send(self) -> bool:
        engine = self.house.engine
        waiting = await engine.outbox.begin_attempt_in_turn("sms", busy=(), now=self.house.now)
        if waiting is None:
            return False
        contact = engine.registry.current.directory.contact(waiting.destination)
        told = channel_message(waiting, contact, contact.phone or "", None)
        parts = len(split_text(told.text))
        await self._until(self.house.now + timedelta(seconds=PART_S * parts))
        await engine.outbox.record_delivered(waiting, self.house.now)
        premises = json.loads(waiting.body)["premises"]["id"]
        at = (self.house.now - self.began).total_seconds()
        self.shown.append(Shown(at, waiting.destination, waiting.event, premises, told.text, parts))
        return True

    async def _until(self, moment: datetime) -> None:
        """Let time pass to *moment*, with all that is due and all acts in between."""
        while self.acts and self._moment_of(self.acts[0][0]) <= moment:
            at, act = self.acts.pop(0)
            await self._pass(self._moment_of(at))
            await act(self.house)
        await self._pass(moment)

    async def _pass(self, moment: datetime) -> None:
        await self.house.wait(seconds=(moment - self.house.now).total_seconds())
        await self.house.answers("command-center")

    async def _next(self, end: datetime) -> datetime:
        tries = await self.house.engine.outbox.next_attempt_in_turn("sms", busy=())
        due = await self.house.engine.deadlines.next_deadline()
        acts = [self._moment_of(at) for at, _ in self.acts[:1]]
        coming = [each for each in (due, *acts, tries if self.takes else None) if each is not None]
        return max(min(coming, default=end), self.house.now + timedelta(milliseconds=1))

    def _moment_of(self, seconds: float) -> datetime:
        return self.began + timedelta(seconds=seconds)


def burns(premises: str, name: str, *, quantity: str = "smoke") -> Act:
    """A point of *premises* raises fire."""

    async def act(house: House) -> None:
        house.premises = premises
        await house.fire(name, quantity=quantity)

    return act


def at_desk(premises: str, do: Callable[[House], Awaitable[object]]) -> Act:
    """The desk acts on the fire of *premises*."""

    async def act(house: House) -> None:
        house.premises = premises
        await do(house)

    return act


def confirmed_at(rows: Sequence[dict[str, Any]], began: datetime) -> dict[str, float]:
    """Seconds from *began* to the confirmation at each premises, by the timeline's *rows*."""
    return {
        row["premises"]: (from_micros(row["at"]) - began).total_seconds()
        for row in rows
        if row["event"] == "confirmed"
    }
