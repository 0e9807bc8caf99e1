"""A disk that refuses: nothing is acknowledged, nothing lost, and no state claims what was not told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from contract.digests import digest
from contract.messages import Signal
from contract.times import to_micros
from firmware_sim.domain.dc09 import Dialler, ReceiverAnswer, read_answers
from gateway.domain.model.moment import Moment
from receiver.adapters.account_gateway import AccountGateway, alarm_lane
from receiver.adapters.account_numbers import AccountNumbers
from receiver.adapters.change_log import ChangeLog
from receiver.adapters.frame_quarantine import FrameQuarantine
from receiver.adapters.metrics import Metrics
from receiver.adapters.peer import Peer
from receiver.adapters.reception import Reception
from receiver.adapters.shared_inbox import SharedInbox, open_inbox
from receiver.adapters.uplink_turns import AccountTurn, UplinkTurns
from receiver.domain.account_plan import AccountPlan
from receiver.domain.frame_splitter import FrameSplitter
from receiver.settings import Settings
from runtime.clock import utc_now
from runtime.quarantine import Quarantine
from tests.support.waiting import eventually

PANEL = Dialler("1234")


@dataclass
class Rig:
    inbox: SharedInbox
    account: AccountGateway
    reception: Reception
    answers: list[ReceiverAnswer] = field(default_factory=list)

    def hear(self, frame: bytes) -> None:
        peer = Peer("127.0.0.1", "tcp", lambda answer: self.answers.extend(read_answers(answer)))
        for item in FrameSplitter().split(frame):
            self.reception.accept(peer, item)

    async def fill(self) -> None:
        await self._set_pages("PRAGMA page_count")

    async def make_room(self) -> None:
        await self._set_pages("SELECT 1073741823")

    async def _set_pages(self, query: str) -> None:
        file = self.inbox._file
        (most,) = await file.run(lambda database: database.execute(query).fetchone())
        await file.run(lambda database: database.execute(f"PRAGMA max_page_count={most}").fetchall())

    async def signals(self) -> list[str]:
        rows = await self.inbox.read(2, 0, 1_000)
        told = [msgspec.json.decode(each.body, type=Signal) for each in rows]
        return [f"{each.name} {each.kind} {each.edge}" for each in told]


@asynccontextmanager
async def rig(folder: Path) -> AsyncIterator[Rig]:
    loop, metrics = asyncio.get_running_loop(), Metrics()

    def now() -> Moment:
        return Moment(to_micros(utc_now()), loop.time())

    async def publish(body: bytes, *, again: bool) -> None:
        raise AssertionError("the broker is away")

    settings = Settings(premises="r", gateway="r", data_dir=folder)
    plans = [settings.own_plan(), AccountPlan("p", "g", number=0x1234)]
    async with open_inbox(folder / "inbox.db", utc_now) as inbox:
        lanes = await inbox.open_lanes([each.name for each in plans])
        turn = AccountTurn(UplinkTurns())
        own, account = (
            AccountGateway(
                plan,
                inbox,
                lanes[plan.name],
                sender=alarm_lane(
                    lanes[plan.name], publish=publish, turn=turn, clock=utc_now, metrics=metrics
                ),
                turn=turn,
                thresholds=settings.thresholds(),
                most_unknown=10_000,
                now=now,
                change_log=ChangeLog(),
                metrics=metrics,
            )
            for plan in plans
        )
        quarantine = Quarantine(folder / "quarantine", utc_now, metrics.registry)
        set_aside = FrameQuarantine(quarantine, utc_now, metrics)
        numbers = AccountNumbers(own, [account])
        yield Rig(inbox, account, Reception(numbers, set_aside, now=now, metrics=metrics))


async def test_a_frame_that_the_disk_refuses_has_no_answer_and_is_stored_when_it_comes_again(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path) as here:
        here.hear(PANEL.sia(1, "NFA001"))
        await eventually(lambda: here.answers)
        await here.fill()
        refused = 0
        for number in range(2, 60):  # the pages that are there have some room
            here.hear(PANEL.sia(number, f"NFA{number:03}"))
            await here.inbox.settle()
            refused = number
            if here.account.has_unstored:
                break
        assert here.account.has_unstored
        assert refused not in {each.sequence for each in here.answers}
        here.hear(PANEL.sia(refused, f"NFA{refused:03}"))
        await here.inbox.settle()
        assert refused not in {each.sequence for each in here.answers}, "it is refused again"

        await here.make_room()
        here.hear(PANEL.sia(refused, f"NFA{refused:03}"))
        await eventually(lambda: refused in {each.sequence for each in here.answers})
        told = await here.signals()
        assert told.count(f"zone-{refused} fire raised") == 1
        assert len([each for each in told if "fire" in each]) == refused

    async with rig(tmp_path) as here:  # and the state agrees with what was told
        here.hear(PANEL.sia(1, f"NFH{refused:03}"))
        await eventually(lambda: here.answers)
        assert f"zone-{refused} fire restored" in await here.signals()


async def test_many_frames_share_a_commit(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        for number in range(1, 501):
            here.hear(PANEL.sia(number, f"NFA{number:03}"))
        await eventually(lambda: len(here.answers) == 500)
        assert here.inbox.commits <= 3
        assert [each.sequence for each in here.answers] == list(range(1, 501))


async def test_what_is_receipted_leaves_with_one_commit(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        for number in range(1, 51):
            here.hear(PANEL.sia(number, f"NFA{number:03}"))
        await eventually(lambda: len(here.answers) == 50)
        lane, before = here.account.sender.spool, here.inbox.commits
        kept = await lane.entries()
        proven = [{each.seq: digest(each.body)} for each in kept[1:]]
        differ = await asyncio.gather(
            lane.release_proven({kept[0].seq: "0" * 16}), *map(lane.release_proven, proven)
        )
        assert differ == [[kept[0].seq], *([[]] * len(proven))], "other bytes are no receipt"
        assert here.inbox.commits == before + 1
        assert (lane.depth.entries, lane.depth.floor) == (1, kept[0].seq)
