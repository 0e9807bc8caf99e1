"""Bad bytes are read within a bound on the event loop, and the rest on another thread."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from alerting.metrics import Metrics
from alerting.mqtt.rejected_messages import MOST_UNREAD, READ_AT_ONCE, RejectedMessages
from alerting.mqtt.waiting_message import PART_BYTES, WaitingMessage
from contract.ids import GatewayKey
from contract.messages import BadSignal
from runtime.clock import utc_now
from runtime.quarantine import Quarantine
from tests.support.waiting import eventually
from tests.support.work import steps_of
from tests.unit.contract.test_bounded_reading import SHAPES

FIRE = b'{"seq":1,"kind":"fire","name":"smoke-01","value":"x"}'


class Reading:
    """The messages rejected at one time of one gateway, and the *fires* that are found later."""

    def __init__(self, folder: Path) -> None:
        metrics = CollectorRegistry()
        self.fires: list[WaitingMessage] = []
        self.rejected = RejectedMessages(
            Quarantine(folder, utc_now, metrics),
            metrics=Metrics(metrics),
            now=lambda: 1.0,
            on_fires=self.fires.append,
        )

    def names_at_once(self, raw: bytes) -> list[str | None] | None:
        bad = BadSignal(1, raw, "bad")
        fires = self.rejected.recover_in_signal(message(raw), bad)
        return None if fires is None else [fire.name for fire in fires]


def message(payload: bytes) -> WaitingMessage:
    return WaitingMessage(GatewayKey("cho", "gw-1"), "t", payload, 1)


@pytest.fixture
async def reading(tmp_path: Path) -> AsyncIterator[Reading]:
    one = Reading(tmp_path)
    task = asyncio.create_task(one.rejected.run())
    yield one
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_long_bad_signal_costs_the_event_loop_few_steps(reading: Reading, shape: str) -> None:
    assert steps_of(lambda: reading.names_at_once(SHAPES[shape])) < 200


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_short_bad_signal_costs_fewer_steps_than_it_has_bytes(
    reading: Reading, shape: str
) -> None:
    raw = SHAPES[shape][:READ_AT_ONCE]
    assert steps_of(lambda: reading.names_at_once(raw)) < READ_AT_ONCE


async def test_a_fire_in_a_long_bad_signal_is_found_on_the_other_thread(reading: Reading) -> None:
    long = FIRE[:-1] + b',"pad":"' + b"x" * READ_AT_ONCE + b'"}'
    assert reading.names_at_once(FIRE) == ["smoke-01"]
    assert reading.names_at_once(long) is None

    [found] = await eventually(lambda: reading.fires)
    assert [(fire.name, fire.seq) for fire in found.fires or ()] == [("smoke-01", None)]


async def test_short_bad_signals_beyond_the_quota_are_read_on_the_other_thread_a_bounded_number(
    reading: Reading,
) -> None:
    padded = FIRE[:-1] + b',"pad":"' + b"x" * (READ_AT_ONCE - 100) + b'"}'
    at_once = [reading.names_at_once(padded) for _ in range(300)].count(["smoke-01"])
    assert 60 <= at_once <= 70

    await eventually(lambda: len(reading.fires) == MOST_UNREAD)


def test_a_part_of_a_message_has_a_bounded_number_of_bytes_and_no_signal_is_left_out() -> None:
    signals = [b'{"x":"%b"}' % (b"y" * size) for size in (10, 9_000, 9_000, 20_000, 5, 5)]
    whole = b'{"v":1,"epoch":"e","floor":1,"signals":[' + b",".join(signals) + b"]}"
    waiting: WaitingMessage | None = message(whole)
    parts: list[tuple[bytes, ...]] = []
    while waiting is not None:
        opened = waiting.open()
        part = waiting.next_part(opened, 50)
        parts.append(opened.signals[part])
        waiting = waiting.rest_from(part.stop, opened)

    assert [raw for part in parts for raw in part] == signals
    assert all(len(part) == 1 or sum(map(len, part)) <= PART_BYTES for part in parts)
