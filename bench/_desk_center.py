"""Alerting of a tree between a broker and a receiver of webhooks, for one alarm at a time."""

import asyncio
import random
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench._probe import Desk, Publisher, Sign, desk, echoed_by_broker, tell, unsigned
from bench._tree import Center, center
from contract.gateway_signing import SigningKey
from contract.ids import GatewayKey
from contract.topics import DEFAULT_ROOT, parse_topic
from tests.support.gateway_keys import enroll_all
from tests.support.servers import mosquitto

PAUSE_S = 0.02, 0.12
"""The least and most seconds between two alarms: random, so that they meet everything periodic."""


ENROLLED_S = 3.0
"""Seconds after which the center uses a new key: it looks once a second."""


@dataclass(frozen=True)
class DeskCenter:
    """A running alerting, who publishes to it, the receiver of its webhooks, and the broker's port."""

    center: Center
    desk: Desk
    publisher: Publisher
    broker: int

    def through_broker(self, alarms: int) -> list[float]:
        """Return the milliseconds that so many alarms take through the broker alone, one at a time."""
        return echoed_by_broker(self.broker, alarms, pause=lambda: random.uniform(*PAUSE_S))

    def tell_all(self, premises: Iterable[str], *, sign: Sign = unsigned) -> list[float]:
        """Press the call point of each of *premises*; return the milliseconds until its webhook."""
        return [tell(self.desk, self.publisher, each, sign=sign) for each in paced(self.desk, premises)]

    def enroll(self, gateways: Iterable[GatewayKey]) -> Sign:
        """Give each of *gateways* one key; return the signing with it once the center knows it."""
        key = SigningKey.from_seed(bytes(range(32)))
        database = self.center.config.parent / "data" / "center.db"
        asyncio.run(enroll_all(f"sqlite:///{database}", key, gateways))
        answer_for(self.desk, ENROLLED_S)
        return lambda topic, payload: key.sign(parse_topic(topic, DEFAULT_ROOT), payload)


def paced(at: Desk, names: Iterable[str]) -> Iterator[str]:
    """Yield *names* at random moments; meanwhile other webhooks are answered."""
    for name in names:
        answer_for(at, random.uniform(*PAUSE_S))
        yield name


def answer_for(at: Desk, seconds: float) -> None:
    """Answer webhooks for so many seconds."""
    until = time.perf_counter() + seconds
    while (left := until - time.perf_counter()) > 0:
        at.receive(left)


@contextmanager
def desk_center(folder: Path, *, tree: Path, registry: str, extra: str = "") -> Iterator[DeskCenter]:
    """Run a broker and the alerting of *tree* over a *registry* within the block."""
    with (
        mosquitto(folder / "broker") as broker,
        desk() as at,
        center(
            folder / "center",
            tree=tree,
            broker=broker.port,
            webhook=at.url,
            registry=registry,
            extra=extra,
        ) as one,
    ):
        publisher = Publisher(broker.port)
        yield DeskCenter(one, at, publisher, broker.port)
        publisher.close()
