"""The dispatcher and a desk over HTTP: how many webhooks at once, in which order, and again."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from alerting.channels.channel import ChannelContext
from alerting.channels.dispatcher import Dispatcher, channel_message
from alerting.channels.webhook import open_webhook
from alerting.engine.engine import open_engine
from alerting.engine.under_way import AttemptLimits
from alerting.metrics import Metrics
from alerting.settings import ChannelsSettings, Confirmation, RelaySettings
from alerting.store.deliveries import DeliveryAttempt
from alerting.store.retry import DatabaseRetry
from contract.ids import DeliveryId, IncidentId
from registry.model.contacts import Contact
from registry.model.policies import COMMAND_CENTER
from runtime.clock import utc_now
from runtime.web import serve
from tests.stories.alerting.house import House
from tests.support.outgoing import ON_THIS_MACHINE
from tests.support.waiting import eventually

AT_ONCE = 4

RELAY = RelaySettings(timeout_s=30, backoff_s=0.05, longest_backoff_s=0.2)


@dataclass
class Desk:
    """Takes webhooks while its *gate* is open; *under_way* are the incidents of those that wait."""

    url: str = ""
    status: int = 200
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    under_way: list[str] = field(default_factory=list)
    most: int = 0
    overlapped: bool = False
    taken: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    async def receive(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        incident = body["incident"]
        self.overlapped |= incident in self.under_way
        self.under_way.append(incident)
        self.most = max(self.most, len(self.under_way))
        await self.gate.wait()
        self.under_way.remove(incident)
        if self.status == 200 and body["event"] not in self.taken[incident]:
            self.taken[incident].append(body["event"])
        return web.Response(status=self.status)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    one, app = Desk(), web.Application()
    app.add_routes([web.post("/relay", one.receive)])
    async with serve(app, "127.0.0.1", 0) as port:
        one.url = f"http://127.0.0.1:{port}/relay"
        yield one
        one.gate.set()


@asynccontextmanager
async def dispatching(folder: Path, desk: Desk, **limits: Any) -> AsyncIterator[House]:
    """A center without a registry whose dispatcher tells *desk*; at the end its process dies."""
    url, metrics = f"sqlite:///{folder / 'center.db'}", Metrics(CollectorRegistry())
    center = Contact(id=COMMAND_CENTER, name="desk", webhook=desk.url)
    async with AsyncExitStack() as stack:
        attempts = AttemptLimits({"webhook": AT_ONCE}, **limits)
        engine = await stack.enter_async_context(
            open_engine(url, Confirmation(), metrics, command_center=center, limits=attempts)
        )
        dispatcher = Dispatcher(
            engine.outbox,
            engine.registry,
            settings=RELAY,
            command_center=center,
            clock=utc_now,
            metrics=metrics,
            database_retry=DatabaseRetry(metrics),
        )
        engine.transactions.listeners.append(dispatcher.on_commit)
        await engine.upkeep.resume(utc_now())
        context = ChannelContext(ChannelsSettings(), RELAY, utc_now, _nowhere, outgoing=ON_THIS_MACHINE)
        webhook = await stack.enter_async_context(open_webhook(context))
        running = asyncio.create_task(dispatcher.run({"webhook": webhook}))
        try:
            yield House(url, engine, metrics, stack, now=utc_now())
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def _nowhere(_topic: str, _payload: bytes) -> None:
    raise AssertionError("nobody publishes here")


async def burn(house: House, count: int, *, first: int = 0) -> None:
    for number in range(first, first + count):
        house.premises, house.seq, house.now = f"house-{number}", 0, utc_now()
        await house.fire("button-01", quantity="manual")


def told(desk: Desk) -> int:
    return sum(map(len, desk.taken.values()))


async def test_a_desk_gets_as_many_fires_at_once_as_the_setting_says_and_then_all_others(
    tmp_path: Path, desk: Desk
) -> None:
    async with dispatching(tmp_path, desk) as house:
        await burn(house, 3 * AT_ONCE)
        await eventually(lambda: len(desk.under_way) == AT_ONCE)
        desk.gate.set()
        await eventually(lambda: told(desk) == 3 * AT_ONCE)
        assert desk.most == AT_ONCE


async def test_what_follows_in_an_incident_waits_for_its_answer_and_another_fire_does_not(
    tmp_path: Path, desk: Desk
) -> None:
    async with dispatching(tmp_path, desk) as house:
        await burn(house, 1)
        await eventually(lambda: len(desk.under_way) == 1)
        await house.acknowledge("Trực ban 1")
        incident = (await house.incident()).id
        await burn(house, 1, first=1)
        await eventually(lambda: len(desk.under_way) == 2)
        desk.gate.set()
        await eventually(lambda: told(desk) == 3)
        assert desk.taken[incident] == ["confirmed", "acknowledged"]
        assert not desk.overlapped


async def test_all_attempts_together_keep_to_the_overall_limit(tmp_path: Path, desk: Desk) -> None:
    async with dispatching(tmp_path, desk, overall=2) as house:
        await burn(house, 6)
        await eventually(lambda: len(desk.under_way) == 2)
        desk.gate.set()
        await eventually(lambda: told(desk) == 6)
        assert desk.most == 2


async def test_a_desk_that_could_take_nothing_gets_everything_once_it_can(
    tmp_path: Path, desk: Desk
) -> None:
    desk.status = 503
    desk.gate.set()
    async with dispatching(tmp_path, desk) as house:
        await burn(house, 3 * AT_ONCE)
        rows = "SELECT delivery FROM attempts WHERE ended_at IS NOT NULL AND attempt > 1"
        await eventually(lambda: house.rows(rows))
        desk.status = 200
        await eventually(lambda: sum(len(each) > 0 for each in desk.taken.values()) >= 3 * AT_ONCE)


async def test_a_process_that_ends_in_the_middle_is_followed_by_one_that_tells_the_rest(
    tmp_path: Path, desk: Desk
) -> None:
    async with dispatching(tmp_path, desk) as house:
        await burn(house, 3 * AT_ONCE)
        await eventually(lambda: len(desk.under_way) == AT_ONCE)
    desk.gate.set()
    async with dispatching(tmp_path, desk) as house:
        waiting = "SELECT id FROM deliveries WHERE state = 'waiting'"

        async def all_told() -> bool:
            return not await house.rows(waiting)

        await eventually(all_told)
        assert told(desk) == 3 * AT_ONCE


@pytest.mark.parametrize(("channel", "text"), [("webhook", ""), ("mqtt", ""), ("email", "CHÁY")])
def test_a_program_is_sent_the_body_alone_and_a_person_a_text(channel: str, text: str) -> None:
    waiting = DeliveryAttempt(
        id=DeliveryId("fire/confirmed/0/desk"),
        incident=IncidentId("fire"),
        destination="desk",
        channel=channel,
        event="confirmed",
        attempt=1,
        body='{"text":{"vi":"CHÁY"}}',
    )
    message = channel_message(waiting, Contact(id="desk", name="desk"), "address", None)
    assert (message.text, message.body) == (text, waiting.body)
