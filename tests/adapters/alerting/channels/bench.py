"""A channel and the other end of it, which does as it is told."""

import json
from abc import ABC, abstractmethod
from enum import StrEnum
from typing import Any, ClassVar

from alerting.channels.channel import Channel, ChannelContext, ChannelMessage, Publish
from alerting.outgoing import OutgoingSettings
from alerting.settings import ChannelsSettings, RelaySettings
from firmware_sim.peers.command_center import COMMAND_CENTER
from runtime.clock import utc_now
from tests.support.outgoing import ON_THIS_MACHINE

FIRE = "CHÁY! Chợ An Bình, khu A, đầu báo khói 01 (0,31 dB/m). Đường Nguyễn Huệ 12 - gọi 114 ngay."

BOUND_S = 1.0
"""Seconds that an attempt may take where silence is to be seen."""

PATIENT_S = 15.0
"""The same where an answer is, on a machine that is busy."""


class Behaviour(StrEnum):
    TAKES = "takes"
    REFUSES = "refuses"
    LATER = "later"
    SILENT = "silent"


class Bench(ABC):
    """A channel as the suite needs it; *expected* are the messages that must have arrived at the end."""

    #: What no other end of this channel can say, and why.
    cannot: ClassVar[dict[Behaviour, str]] = {}
    #: What is no address at all.
    nonsense: ClassVar[str]

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses  # of two people
        self.channel: Channel
        self.expected: list[Any] = []

    @abstractmethod
    async def become(self, behaviour: Behaviour) -> None:
        """Let the other end behave so from now on."""

    @abstractmethod
    def asked(self) -> int:
        """Return how often the other end was spoken to."""

    @abstractmethod
    def heard(self) -> list[Any]:
        """Return the messages that the other end accepted, as ``as_heard`` has them."""

    @abstractmethod
    def as_heard(self, message: ChannelMessage) -> Any:
        """Return the form of *message* at the other end."""

    async def settled(self) -> None:
        """Wait for what is still on its way to the other end; on most ways nothing is."""
        return

    def message(
        self, number: int = 1, *, to: int = 0, text: str = FIRE, address: str | None = None
    ) -> ChannelMessage:
        delivery = f"01jdr0k4tq/confirmed/0/person-{number}"
        return ChannelMessage(
            id=delivery,
            address=address or self.addresses[to],
            name="Nguyễn Thị Ánh",
            subject="Cháy đã xác nhận: Chợ An Bình",
            text=text,
            body=relay(delivery, text),
            receiver=COMMAND_CENTER,
        )

    def expect(self, *messages: ChannelMessage) -> None:
        self.expected += [self.as_heard(each) for each in messages]


async def _no_broker(topic: str, payload: bytes) -> None:
    raise AssertionError(f"published to {topic}, and nobody should: {payload!r}")


def context(
    *,
    channels: ChannelsSettings | None = None,
    relay: RelaySettings | None = None,
    publish: Publish = _no_broker,
    outgoing: OutgoingSettings = ON_THIS_MACHINE,
    trusted: frozenset[str] = frozenset(),
) -> ChannelContext:
    """Surroundings without anything that the channel does not need."""
    return ChannelContext(
        settings=channels or ChannelsSettings(),
        relay=relay or RelaySettings(timeout_s=PATIENT_S),
        clock=utc_now,
        publish=publish,
        outgoing=outgoing,
        trusted=trusted,
        secrets=() if relay is None else relay.keys(),
    )


def relay(delivery: str, text: str) -> str:
    """A relay as docs/protocol.md, 7 has it."""
    body = {
        "v": 1,
        "delivery": delivery,
        "incident": "01jdr0k4tq",
        "event": "confirmed",
        "kind": "fire",
        "stage": 0,
        "phase": "confirmed",
        "reason": "second_point_in_window",
        "premises": {"id": "cho-an-binh", "name": "Chợ An Bình", "address": "Đường Nguyễn Huệ 12"},
        "exercise": False,
        "zones": ["stalls-a"],
        "points": [],
        "opened_at": 1795464780000000,
        "at": 1795464785590000,
        "text": {"vi": text, "en": "FIRE!"},
        "call": "114",
    }
    return json.dumps(body, ensure_ascii=False)
