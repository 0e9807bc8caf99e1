"""Tells destinations, each by a task of its own, again and again until they have been told."""

import asyncio
import json
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog

from alerting.adapters.channels.port import Answer, Channel, Message, Result
from alerting.adapters.deliveries import Waiting
from alerting.adapters.engine import Engine
from alerting.adapters.metrics import Metrics
from alerting.adapters.patience import Patience
from alerting.adapters.work import Committed
from alerting.domain.routing import Line
from alerting.domain.templates import words
from alerting.settings import RelaySettings
from contract.times import Micros, to_micros
from registry.people import Channel as Kind
from registry.people import Contact
from runtime.clock import Clock

log = structlog.get_logger(__name__)

_COUNTED_AS = {
    Result.DELIVERED: "delivered",
    Result.REFUSED: "refused",
    Result.TRY_LATER: "refused",
    Result.NO_ANSWER: "away",
}
"""The label of an attempt in the metrics, by how it ended."""


SWEEP_S = 30.0
"""Seconds between two looks for what waits and nobody tells."""


class Relay:
    """Works off the deliveries that wait in the database of *engine*.

    One destination that is slow or broken delays no other. A new delivery is tried at once, even to a
    destination that did not answer a moment ago.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        settings: RelaySettings,
        command_center: Contact,
        clock: Clock,
        metrics: Metrics,
        patience: Patience,
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._command_center = command_center
        self._clock = clock
        self._metrics = metrics
        self._patience = patience
        self._channels: Mapping[str, Channel] = {}
        self._wake: dict[Line, asyncio.Event] = {}
        self._new: set[Line] = set()
        self._news = asyncio.Event()

    def hear(self, committed: Committed) -> None:
        """Something waits on the lines named in *committed*."""
        for line in committed.lines:
            if line in self._wake:
                self._wake[line].set()
            else:
                self._new.add(line)
                self._news.set()

    async def run(self, channels: Mapping[str, Channel]) -> None:
        """Tell over *channels* until cancelled."""
        self._channels = channels
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._sweep(), name="relay what nobody tells")
            while True:
                await self._news.wait()
                self._news.clear()
                for line in self._new:
                    wake = self._wake[line] = asyncio.Event()
                    tasks.create_task(self._serve(line, wake), name=f"relay to {line[0]} by {line[1]}")
                self._new.clear()

    async def _sweep(self) -> None:
        """Take over what waits and nobody tells: that of a process which died, and left it to others."""
        while True:
            await asyncio.sleep(SWEEP_S)
            now = to_micros(self._clock())
            lines = await self._patience.until_stored(partial(self._overdue, now))
            self.hear(Committed(lines=set(lines)))

    async def _overdue(self, now: Micros) -> list[Line]:
        return await self._engine.read(lambda store: store.deliveries.overdue_lines(now))

    async def _serve(self, line: Line, wake: asyncio.Event) -> None:
        while True:
            wake.clear()
            while (waiting := await self._begin(line)) is not None:
                await self._attempt(waiting)
            due = await self._patience.until_stored(lambda: self._engine.next_attempt(line))
            await self._sleep(due, wake)

    async def _begin(self, line: Line) -> Waiting | None:
        return await self._patience.until_stored(lambda: self._engine.begin_attempt(line, self._clock()))

    async def _sleep(self, due: datetime | None, wake: asyncio.Event) -> None:
        wait = None if due is None else max(0.0, (due - self._clock()).total_seconds())
        try:
            async with asyncio.timeout(wait):
                await wake.wait()
        except TimeoutError:
            return

    async def _attempt(self, waiting: Waiting) -> None:
        where = log.bind(delivery=waiting.id, channel=waiting.channel, attempt=waiting.attempt)
        answer = await self._tell(waiting)
        self._metrics.attempts.labels(
            waiting.destination, waiting.channel, _COUNTED_AS[answer.result]
        ).inc()
        if answer.result is not Result.DELIVERED:
            where.warning("destination not told", reason=answer.reason)
            await self._failed(waiting, answer)
            return
        where.info("destination told")
        await self._patience.until_stored(lambda: self._engine.delivered(waiting, self._clock()))

    async def _tell(self, waiting: Waiting) -> Answer:
        channel = self._channels.get(waiting.channel)
        if channel is None:
            name = waiting.channel
            return Answer(Result.REFUSED, f"{name} is not set up here; add [channels.{name}]")
        contact = self._engine.contact(waiting.destination)
        address = self._address(contact, Kind(waiting.channel))
        if address is None:
            return Answer(Result.REFUSED, f"{waiting.destination} has no {waiting.channel} any more")
        template = self._engine.index.template(waiting.event, contact.language)
        return await channel.tell(message(waiting, contact, address, template))

    def _address(self, contact: Contact, kind: Kind) -> str | None:
        """Where *contact* is told; where the command center is, if the registry has lost that."""
        return contact.addresses.get(kind) or self._command_center.addresses.get(kind)

    async def _failed(self, waiting: Waiting, answer: Answer) -> None:
        now = self._clock()
        until = now + timedelta(seconds=self._backoff(waiting.attempt))
        await self._patience.until_stored(
            lambda: self._engine.not_delivered(waiting, answer, until=until, now=now)
        )

    def _backoff(self, attempt: int) -> float:
        """Seconds until the next attempt: doubled each time, and never the same for all."""
        doubled = self._settings.backoff_s * 2.0 ** min(attempt - 1, 30)
        return min(doubled, self._settings.longest_backoff_s) * random.uniform(0.5, 1.0)


def message(waiting: Waiting, contact: Contact, address: str, template: str | None) -> Message:
    """What *contact* is told by *waiting*: in their own language, by the *template* if there is one."""
    text = words(json.loads(waiting.body), contact.language.value, template)
    return Message(
        id=waiting.id,
        address=address,
        name=contact.name,
        subject=text.partition(":")[0],
        text=text,
        body=waiting.body,
    )
