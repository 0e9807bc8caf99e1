"""A reader of the feed tells fires from faults, and gets what it asks for and nothing else."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from contract.messages import Kind
from contract.webhook import decode
from runtime.clock import utc_now
from tests.adapters.alerting.center import Center, Gateway
from tests.stories.alerting.house import signal
from tests.support.waiting import eventually


async def read_events(center: Center, *, until: str, **query: str) -> list[dict[str, Any]]:
    """The entries from the first on, up to one of the event *until*."""
    entries: list[dict[str, Any]] = []
    async with (
        asyncio.timeout(10),
        aiohttp.ClientSession() as http,
        http.get(f"{center.api}/api/v1/feed", params={"after": "0", **query}) as answer,
    ):
        assert answer.status == 200, await answer.text()
        async for line in answer.content:
            if line.startswith(b"data: "):
                entries.append(json.loads(line.removeprefix(b"data: ")))
                if entries[-1]["event"] == until:
                    break
    return entries


async def a_fault_and_a_fire(center: Center, gateway: Gateway) -> None:
    fault = signal(gateway.next(), "smoke-02", utc_now(), kind=Kind.FAULT)
    await gateway.send(fault)
    await gateway.fire("button-01", quantity="manual")
    await gateway.receipted(2)
    await eventually(lambda: "confirmed" in center.received.events())


async def test_each_entry_names_the_kind_of_its_incident(center: Center, gateway: Gateway) -> None:
    await a_fault_and_a_fire(center, gateway)
    entries = await read_events(center, until="delivered")
    assert {each["kind"] for each in entries if each["incident"] is not None} == {"fault", "fire"}
    assert {each["kind"] for each in entries if each["incident"] is None} <= {None}
    assert {each["kind"] for each in entries if each["event"] == "confirmed"} == {"fire"}
    assert {each["kind"] for each in entries if each["event"] == "trouble"} == {"fault"}


async def test_a_kind_leaves_out_all_others(center: Center, gateway: Gateway) -> None:
    await a_fault_and_a_fire(center, gateway)
    entries = await read_events(center, until="delivered", kind="fire")
    assert {each["kind"] for each in entries} == {"fire"}


async def test_a_premises_leaves_out_all_others(center: Center, gateway: Gateway) -> None:
    await gateway.fire("button-01", quantity="manual")
    gateway.premises, gateway.epoch, gateway.seq = "nha-pho", "e2", 0
    gateway.sent.clear()
    await gateway.fire("smoke-01")
    entries = await read_events(center, until="suspected", premises="nha-pho")
    assert {each["premises"] for each in entries} == {"nha-pho"}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("room=kitchen", "query 'room' is unknown; leave it out (the names are after, premises, kind)"),
        ("kind=smoke", "give one of fire, fault"),
        ("premises=", "give 1 to 63 of a-z"),
        ("after=x", "query 'after' 'x' cannot be used"),
        ("kind=fire&kind=fault", "query 'kind' is given 2 times"),
    ],
)
async def test_a_filter_that_cannot_be_honoured_is_refused(
    center: Center, query: str, said: str
) -> None:
    assert said in (await center.get(f"/api/v1/feed?{query}"))["error"]


async def test_a_number_that_no_event_had_is_refused(center: Center) -> None:
    async with (
        aiohttp.ClientSession(headers={"Last-Event-ID": "abc"}) as http,
        http.get(f"{center.api}/api/v1/feed") as answer,
    ):
        assert answer.status == 400
        assert "send the id of the last event" in (await answer.json())["error"]


async def test_what_is_relayed_is_read_by_the_contract_with_its_letters(
    center: Center, gateway: Gateway
) -> None:
    await gateway.fire("button-01", quantity="manual")
    await eventually(lambda: center.received.relays)
    line = (center.settings.data_dir / "relays.jsonl").read_bytes().splitlines()[0]
    assert "Chợ An Bình".encode() in line
    assert decode(line) == center.received.relays[0].body
