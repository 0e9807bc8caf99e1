"""The clock of alerting's machine is set back or forward while a fire waits for its next stage."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from registry.model.registry import Registry
from runtime.clock import utc_now
from tests.adapters.alerting.center import Center, Gateway, center, gateway
from tests.stories.alerting.house import MARKET
from tests.support.servers import Server
from tests.support.waiting import eventually

HOUR = timedelta(hours=1)


def quick() -> Registry:
    """The market, with a stage every four seconds."""
    document = MARKET.model_dump(mode="json")
    stages = [{"after_s": 4 * number, "notify": ["command-center"]} for number in range(6)]
    document["policies"][0] |= {"stages": stages, "repeat_s": 10, "repeats": 20}
    return Registry.model_validate(document)


class Machine:
    """Its clock can be set."""

    by = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() + self.by


@pytest.fixture
async def one(broker: Server, tmp_path: Path) -> AsyncIterator[Center]:
    async with center(tmp_path, broker_port=broker.port, content=quick()) as running:
        await running.stop()
        running.wall = Machine()
        await running.start()
        yield running


def machine(one: Center) -> Machine:
    assert isinstance(one.wall, Machine)
    return one.wall


def count_notified(one: Center, event: str) -> int:
    return sum(relay.body.event == event for relay in one.received.relays)


def faults(one: Center) -> list[str]:
    return [relay.body.reason for relay in one.received.relays if relay.body.event == "fault"]


async def burn(gw: Gateway, one: Center) -> None:
    await gw.fire("button-01", quantity="manual")
    await eventually(lambda: count_notified(one, "confirmed") == 1)


async def test_a_clock_that_is_set_back_delays_no_stage_and_is_a_fault(
    one: Center, broker: Server
) -> None:
    async with gateway(broker.port) as gw:
        await burn(gw, one)
        machine(one).by = -HOUR
        await eventually(lambda: count_notified(one, "escalated") >= 2, within=60.0)
        await eventually(lambda: "center_clock_jumped" in faults(one), within=30.0)
        assert await one.answers(503)
        assert "behind the time that has passed" in (await one.get("/healthz"))["clock"]
        assert await one.metric("tocsin_alerting_clock_ahead_seconds") > 3_000
        machine(one).by = timedelta(0)
        await eventually(lambda: one.answers(200))


async def test_a_clock_that_is_set_back_while_nothing_runs_delays_no_stage(
    one: Center, broker: Server
) -> None:
    async with gateway(broker.port) as gw:
        await burn(gw, one)
        await one.stop()
        before = count_notified(one, "escalated")
        machine(one).by = -HOUR
        await one.start(status=503)
        await eventually(lambda: count_notified(one, "escalated") >= before + 2, within=60.0)
        await eventually(lambda: "center_clock_jumped" in faults(one), within=30.0)


async def test_a_clock_that_is_set_forward_loses_no_stage_and_is_a_fault(
    one: Center, broker: Server
) -> None:
    async with gateway(broker.port) as gw:
        await burn(gw, one)
        machine(one).by = HOUR
        await eventually(lambda: count_notified(one, "escalated") >= 2, within=60.0)
        await eventually(lambda: "center_clock_jumped" in faults(one), within=30.0)
        assert await one.answers(200)


async def test_a_clock_that_was_ahead_is_believed_again_by_a_start_while_nothing_waits(
    one: Center, broker: Server
) -> None:
    async with gateway(broker.port) as gw:
        machine(one).by = HOUR
        await burn(gw, one)
        (incident,) = (await one.get("/api/v1/incidents"))["incidents"]
        path = f"/api/v1/incidents/{incident['id']}/close"
        assert (await one.post(path, {"by": "test", "outcome": "test"}))[0] == 200
        await eventually(lambda: count_notified(one, "closed") == 1)
        await one.stop()
        machine(one).by = timedelta(0)
        await one.start()
