"""Whoever uses a gateway's name: it never lets go a signal that the center does not hold."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerting.engine.arrivals import ArrivedSignals
from contract.messages import (
    VERSION,
    Edge,
    Kind,
    Proof,
    Receipt,
    Scope,
    Signal,
    decode_alarm,
    decode_receipt,
    encode,
    encode_alarm,
    receipts_of,
)
from contract.times import to_micros
from gateway.adapters.metrics import Metrics
from gateway.adapters.uplink.lane_sender import LaneSender
from runtime.backoff import Backoff
from runtime.clock import utc_now
from runtime.spool import open_spool
from tests.adapters.gateway.rig import during
from tests.stories.alerting.house import House, house
from tests.support.depth import examples
from tests.support.waiting import eventually

FAR = 2**53
GATEWAYS = count(1)

numbers = st.one_of(st.integers(1, 12), st.sampled_from([FAR - 1, FAR]))
picks = st.integers(0, 20)
acts = st.one_of(
    st.tuples(st.just("raise a signal")),
    st.tuples(st.just("send"), picks, picks),
    st.tuples(st.just("deliver"), picks),
    st.tuples(st.just("receive"), picks),
    st.tuples(st.just("forge message"), st.booleans(), numbers, numbers),
    st.tuples(st.just("forge receipt"), st.booleans(), st.lists(numbers, max_size=4)),
)


def signal(seq: int, name: str, at: int) -> Signal:
    return Signal(
        seq=seq,
        kind=Kind.FAULT,
        edge=Edge.RAISED,
        scope=Scope.POINT,
        name=name,
        reason="detector_fault",
        changed_at=at,
        committed_at=at,
    )


@dataclass
class World:
    """A gateway's alarm lane, a center, and a network that keeps and repeats what it likes."""

    lane: LaneSender
    center: House
    gateway: str
    sent: list[bytes] = field(default_factory=list)
    receipts: list[bytes] = field(default_factory=list)
    raised: list[Signal] = field(default_factory=list)

    async def act(self, what: str, *how: Any) -> None:
        await getattr(self, what.replace(" ", "_"))(*how)

    async def raise_a_signal(self) -> None:
        at = to_micros(utc_now()) + len(self.raised)

        def build(seq: int) -> bytes:
            self.raised.append(signal(seq, "smoke-01", at))
            return encode(self.raised[-1])

        await self.lane.store_entry(build)

    async def send(self, first: int, floor: int) -> None:
        """Some signals, as they are; the floor is the gateway's own, as of any earlier moment."""
        bodies = [encode(each) for each in self.raised[first:]]
        kept = self.lane.spool.depth.floor
        if bodies:
            self.sent.append(encode_alarm(self.lane.spool.epoch, max(1, kept - floor), bodies))

    async def deliver(self, which: int) -> None:
        if not self.sent:
            return
        alarm = decode_alarm(self.sent[which % len(self.sent)])
        now = self.center.now
        arrival = ArrivedSignals(
            "cho",
            self.gateway,
            alarm.epoch,
            alarm.floor,
            alarm.signals,
            to_micros(now),
            proofs=alarm.proofs,
        )
        committed = await self.center.engine.intake.accept_arrivals([arrival], now)
        for (_, _, epoch), proofs in committed.receipts.items():
            self.receipts += receipts_of(epoch, proofs)

    async def receive(self, which: int) -> None:
        if self.receipts:
            self.lane.apply_receipt(decode_receipt(self.receipts[which % len(self.receipts)]))

    async def forge_message(self, true_epoch: bool, seq: int, floor: int) -> None:
        epoch = self.lane.spool.epoch if true_epoch else "made-up"
        self.sent.append(encode_alarm(epoch, floor, [encode(signal(seq, "smoke-02", floor))]))
        await self.deliver(-1)

    async def forge_receipt(self, true_epoch: bool, seqs: list[int]) -> None:
        epoch = self.lane.spool.epoch if true_epoch else "made-up"
        false = Receipt(v=VERSION, epoch=epoch, stored=[Proof(seq, "0" * 16) for seq in seqs])
        self.receipts.append(encode(false))
        await self.receive(-1)

    async def calm(self) -> None:
        """Until everything that was taken for proven has been let go."""
        lane = self.lane
        await eventually(
            lambda: not lane._covered.is_set() and not lane._proven and not lane._being_deleted,
            every=0.001,
        )

    async def lost(self) -> list[Signal]:
        """Return the signals that the gateway no longer keeps and the center does not hold."""
        kept = {entry.seq for entry in await self.lane.spool.entries()}
        rows = await self.center.rows(
            f"SELECT name, edge, committed_at FROM signals WHERE gateway = '{self.gateway}'"
        )
        held = {(row["name"], row["edge"], row["committed_at"]) for row in rows}
        return [
            each
            for each in self.raised
            if each.seq not in kept and (each.name, each.edge.value, each.committed_at) not in held
        ]


@asynccontextmanager
async def world(center: House) -> AsyncIterator[World]:
    async with open_spool(None, utc_now) as spool:
        lane = LaneSender(
            "alarm",
            spool,
            compose=lambda epoch, floor, entries: b"",
            publish=nobody,
            window=3,
            resending=Backoff(1, 30),
            group=100,
            at_once=1,
            urgent=True,
            clock=utc_now,
            metrics=Metrics(),
        )
        async with during(lane.run):
            yield World(lane, center, f"g-{next(GATEWAYS)}")


async def nobody(body: bytes, *, again: bool) -> None:
    """The lane is never connected: the network here is the test's own."""


@pytest.fixture
async def center(tmp_path: Path) -> AsyncIterator[House]:
    async with house(f"sqlite:///{tmp_path / 'center.db'}") as one:
        yield one


@settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(acts, min_size=5, max_size=40))
async def test_no_forged_message_floor_epoch_or_receipt_makes_a_gateway_let_go_what_is_not_held(
    center: House, story: list[tuple[Any, ...]]
) -> None:
    async with world(center) as one:
        for what, *how in story:
            await one.act(what, *how)
        await one.calm()
        assert await one.lost() == []
        # And whatever was forged, what is sent in the end is receipted and let go.
        await one.send(0, 0)
        if one.raised:
            await one.deliver(-1)
            await one.receive(-1)
        await one.calm()
        assert await one.lost() == []
        assert one.lane.spool.depth.entries == 0
