"""A flood of one gateway costs that gateway alone, and nothing of it is lost."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from alerting.settings import IntakeLimits
from contract.messages import Edge, Heartbeat, Kind, LaneState, Signal, encode, encode_alarm
from contract.times import to_micros
from gateway.domain.uplink.send_window import SendWindow
from runtime.backoff import Backoff
from runtime.clock import utc_now
from tests.adapters.alerting.center import Center, Gateway
from tests.adapters.alerting.center import center as running_center
from tests.adapters.alerting.center import gateway as gateway_at
from tests.stories.alerting.house import signal
from tests.support.receipts import numbers_in
from tests.support.servers import Server
from tests.support.waiting import eventually

SMALL = IntakeLimits(
    signals_burst=20,
    signals_per_s=10,
    lent_per_s=0.01,
    lent_burst=1,
    new_points_burst=5,
    new_points_per_s=0.01,
    epochs_burst=3,
)


@dataclass
class Outbox:
    """The alarm lane of a real gateway: what has no receipt is sent again, what is new at once."""

    gateway: Gateway
    window: SendWindow = field(default_factory=lambda: SendWindow(10_000, Backoff(0.5, 2.0)))
    seen: int = 0

    def store(self, name: str, kind: Kind = Kind.FAULT, edge: Edge = Edge.RAISED) -> int:
        """Store a signal to be sent; its number."""
        seq = self.gateway.next()
        one = signal(seq, name, utc_now(), kind=kind, edge=edge, quantity="smoke")
        self.window.force_entry(seq, encode(one))
        return seq

    async def run(self) -> None:
        """Send and resend until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            self._apply_receipts(loop.time())
            if due := self.window.due_entries(loop.time(), 50):
                bodies = [body for _, body in due]
                await self.gateway.raw(encode_alarm(self.gateway.epoch, 1, bodies))
            await asyncio.sleep(0.01)

    def _apply_receipts(self, now: float) -> None:
        new = self.gateway.receipts[self.seen :]
        self.seen += len(new)
        for receipt in new:
            self.window.remove_entries(proof.seq for proof in receipt.stored)
            self.window.retry_now(now)


@asynccontextmanager
async def sending(gateway: Gateway) -> AsyncIterator[Outbox]:
    outbox = Outbox(gateway)
    task = asyncio.create_task(outbox.run())
    try:
        yield outbox
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def limited(broker: Server, tmp_path: Path) -> AsyncIterator[Center]:
    """A center with small budgets."""
    async with running_center(tmp_path, broker_port=broker.port) as one:
        await one.stop()
        one.settings = one.settings.model_copy(update={"intake": SMALL})
        await one.start()
        yield one


def told(center: Center, event: str) -> list[str]:
    """The premises of which *event* was told, in its order."""
    return [each.body.premises.id for each in center.received.relays if each.body.event.value == event]


async def floods(center: Center, edge: str = "raised") -> bool:
    """Return whether a flood became a fault, or with another *edge* ended."""
    signals = (await center.get("/api/v1/signals?limit=1000"))["signals"]
    return any(each["reason"] == "signal_flood" and each["edge"] == edge for each in signals)


async def test_a_flood_is_stored_later_and_every_first_fire_is_told_meanwhile(
    limited: Center, broker: Server, gateway: Gateway
) -> None:
    async with sending(gateway) as flooding:
        for number in range(150):
            flooding.store("smoke-11", edge=list(Edge)[number % 2])
        fire = flooding.store("button-01", Kind.FIRE)
        async with gateway_at(broker.port, premises="nha-pho") as other:
            await other.fire("smoke-01", quantity="manual")
            await other.receipted(1)
        await gateway.receipted(fire)
        assert len(flooding.window), "the rest of the flood waits in the outbox"
        await eventually(lambda: {"cho", "nha-pho"} <= set(told(limited, "confirmed")))
        await eventually(lambda: floods(limited))

        await eventually(lambda: not len(flooding.window), within=60)
    assert numbers_in(gateway.receipts) == set(range(1, 152))
    assert (await limited.get("/api/v1/ledger"))["summary"]["missing"] == 0
    assert await limited.metric("tocsin_alerting_limited_signals_total")


async def test_a_flood_that_ended_is_no_fault_any_more_long_before_its_gateway_counts_as_silent(
    limited: Center, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerting.domain.watch.gateways.FLOOD_S", 2.0)
    await gateway.send(*(_signal(seq) for seq in range(1, 40)))

    await eventually(lambda: floods(limited))
    await eventually(lambda: floods(limited, edge="restored"))


async def test_a_long_message_is_stored_in_short_transactions(center: Center, gateway: Gateway) -> None:
    many = [signal(seq, "smoke-11", utc_now(), kind=Kind.FAULT) for seq in range(1, 401)]
    await gateway.send(*many)

    await eventually(lambda: numbers_in(gateway.receipts) == set(range(1, 401)))
    short = await center.metric('tocsin_alerting_transaction_signals_bucket{le="50.0"}')
    assert short == await center.metric("tocsin_alerting_transaction_signals_count")
    assert short >= 8


async def test_of_made_up_points_few_become_part_of_the_incident(
    limited: Center, gateway: Gateway
) -> None:
    made_up = [signal(seq, f"made-up-{seq}", utc_now(), quantity="manual") for seq in range(1, 16)]
    await gateway.send(*made_up)
    await gateway.fire("button-01", quantity="manual", seq=16)

    await gateway.receipted(16)
    await eventually(lambda: told(limited, "confirmed") == ["cho"])
    assert numbers_in(gateway.receipts) == {*range(1, 6), 16}
    await eventually(lambda: floods(limited))


async def test_a_gateway_that_makes_an_epoch_with_each_message_is_limited(
    limited: Center, gateway: Gateway
) -> None:
    for number in range(10):
        await gateway.raw(encode_alarm(f"made-up-{number}", 1, [_fault(1)]))
    gateway.epoch = "made-up-0"
    await gateway.send(_signal(2))

    await eventually(lambda: numbers_in(gateway.receipts, "made-up-0") == {1, 2})
    rows = (await limited.get("/api/v1/ledger"))["gateways"]
    assert {each["epoch"] for each in rows} == {"made-up-0", "made-up-1", "made-up-2"}


def _signal(seq: int) -> Signal:
    return signal(seq, "smoke-11", utc_now(), kind=Kind.FAULT)


def _fault(seq: int) -> bytes:
    return encode(_signal(seq))


async def test_of_a_flood_of_heartbeats_the_latest_counts(center: Center, gateway: Gateway) -> None:
    lane = LaneState(epoch="e1", depth=3, oldest_age_s=1.0, last_seq=3)
    for _ in range(300):
        beat = Heartbeat(v=1, at=to_micros(utc_now()), alarm=lane, telemetry=lane)
        await gateway.raw(encode(beat), leaf="heartbeat")
    await gateway.fire("button-01", quantity="manual")

    await gateway.receipted(1)
    assert await eventually(lambda: center.metric("tocsin_alerting_limited_status_total"))
    assert len(gateway.receipts) < 150, "requests to send again are no flood themselves"


async def test_of_a_flood_of_garbage_some_is_kept_all_is_counted_and_no_fire_waits(
    center: Center, gateway: Gateway
) -> None:
    for number in range(300):
        await gateway.raw(b"{%d" % number)
    await gateway.fire("button-01", quantity="manual")

    await gateway.receipted(1)
    await eventually(lambda: told(center, "confirmed") == ["cho"])
    assert await eventually(lambda: _all_counted(center))
    assert 100 <= len(center.quarantined()) < 200


async def _all_counted(center: Center) -> bool:
    return await center.metric("tocsin_quarantined_total") == 300


async def test_a_fire_in_a_long_bad_signal_is_told_though_it_has_no_receipt(
    center: Center, gateway: Gateway
) -> None:
    long = {"seq": 1, "kind": "fire", "name": "button-01", "quantity": "manual", "pad": ["fire"] * 5_000}
    sound = encode(signal(2, "smoke-11", utc_now(), kind=Kind.FAULT))
    await gateway.raw(encode_alarm("e1", 1, [json.dumps(long).encode(), sound]))

    await gateway.receipted(2)
    await eventually(lambda: told(center, "confirmed") == ["cho"])
    assert numbers_in(gateway.receipts) == {2}
    await eventually(lambda: center.quarantined() == ["bad_signal"])


async def test_no_malformed_fire_beyond_the_budget_has_a_receipt_before_it_is_stored(
    limited: Center, gateway: Gateway
) -> None:
    made_up = [signal(seq, f"made-up-{seq}", utc_now(), quantity="manual") for seq in range(1, 16)]
    bad = [json.dumps({**json.loads(encode(each)), "value": "x"}).encode() for each in made_up]
    await gateway.raw(encode_alarm("e1", 1, bad))
    await gateway.fire("button-01", quantity="manual", seq=16)

    await gateway.receipted(16)
    stored = (await limited.get("/api/v1/signals?limit=1000"))["signals"]
    fires = {each["seq"] for each in stored if each["kind"] == "fire"}
    assert numbers_in(gateway.receipts) == fires
    assert len(fires) < 16
