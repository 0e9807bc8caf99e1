"""Accounts at the broker: a few in each round of the event loop, and those with a fire go first."""

import asyncio
from pathlib import Path

from gateway.adapters.uplink.lane_sender import LaneSender
from receiver.adapters.account_gateway import alarm_lane
from receiver.adapters.metrics import Metrics
from receiver.adapters.shared_inbox import open_inbox
from receiver.adapters.uplink_turns import AccountTurn, UplinkTurns
from runtime.clock import utc_now
from tests.support.waiting import eventually


async def test_a_few_have_their_turn_in_each_round_and_a_fire_goes_first() -> None:
    turns, order = UplinkTurns(), list[int]()
    accounts = [AccountTurn(turns) for _ in range(30)]

    async def take(number: int) -> None:
        await accounts[number]()
        order.append(number)

    taking = [asyncio.create_task(take(number)) for number in range(30)]
    await asyncio.sleep(0)
    assert order == list(range(8)), "the others wait"
    taking[9].cancel()
    accounts[29].hurry()
    await asyncio.gather(*taking, return_exceptions=True)
    assert order == [*range(8), 29, 8, *range(10, 29)]
    assert not accounts[29].is_first, "its next message may be no fire"
    await take(9)


class _Held(AccountTurn):
    """A turn that comes when the test says so."""

    def __init__(self) -> None:
        super().__init__(UplinkTurns())
        self.comes = asyncio.Event()

    async def __call__(self) -> None:
        await self.comes.wait()


async def test_what_comes_while_an_account_waits_shares_its_message(tmp_path: Path) -> None:
    sent, turn = list[bytes](), _Held()

    async def publish(body: bytes, *, again: bool) -> None:
        sent.append(body)

    async with open_inbox(tmp_path / "inbox.db", utc_now) as inbox:
        lane = (await inbox.open_lanes(["p/g"]))["p/g"]
        sender = alarm_lane(lane, publish=publish, turn=turn, clock=utc_now, metrics=Metrics())
        running = asyncio.create_task(sender.run())
        sender.set_connected(up=True)
        await _tell(sender, 3)
        turn.comes.set()
        await eventually(lambda: sent)
        assert [body.count(b"signal-") for body in sent] == [3]
        sender.set_connected(up=False)
        await _tell(sender, 1)
        assert len(sent) == 1, "there is no connection"
        running.cancel()
        await asyncio.wait({running})


async def _tell(sender: LaneSender, count: int) -> None:
    for _ in range(count):
        await sender.store_entry(lambda seq: b'"signal-%d"' % seq)
        await asyncio.sleep(0)
