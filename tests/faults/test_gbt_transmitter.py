"""Transmitters of GB/T 26875.3 on bad lines, and a receiver that is killed: nothing told is lost.

The receiver is a process of its own and is ended as by a power cut; the center is a small one that
receipts what it gets.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from firmware_sim.domain.gbt26875 import CONFIRM, DENY, CenterFrame, GbtTransmitter, read_center
from firmware_sim.peers.gbt_transmitter import DatagramLine, SimulatedGbtTransmitter
from firmware_sim.peers.transmitter_faults import TransmitterFaults
from tests.adapters.gateway.rig import Center, center
from tests.faults.scene import TABLE, Row
from tests.support.fault_proxy import Mode, fault_proxy
from tests.support.house import PROGRAM
from tests.support.servers import Server, free_port
from tests.support.waiting import eventually
from tests.support.warm_start import warm_child

pytestmark = pytest.mark.timeout(600)

PANEL = GbtTransmitter("379")
FIRE, NORMAL = 0b10, 0b01


@dataclass
class Ground:
    """A receiver as a process, whose transmitter 379 is the gateway p/g."""

    folder: Path
    broker: int
    stack: AsyncExitStack
    port: int = field(default_factory=free_port)
    lives: int = 0

    async def start(self) -> None:
        """Begin the receiver, and wait until it hears transmitters."""
        text = (
            f'premises = "r"\ngateway = "r"\ndata_dir = "{self.folder}/data"\nheartbeat_s = 0.2\n'
            f"[broker]\nport = {self.broker}\n[web]\nopen = true\nport = {free_port()}\n"
            f'[dc09]\ntcp = false\nudp = false\n[gbt]\nhost = "127.0.0.1"\nport = {self.port}\n'
            '[[gbt.transmitters]]\naddress = "379"\npremises = "p"\ngateway = "g"\nheartbeat_s = 0\n'
            '[[gbt.transmitters.points]]\nname = "kho"\ncomponent = "10.2"\n'
        )
        config = self.folder / "receiver.toml"
        config.write_text(text)
        self.lives += 1
        command = [*PROGRAM, "receiver", "--config", str(config)]
        running = warm_child(f"receiver-{self.lives}", command, self.folder)
        self.process = (await self.stack.enter_async_context(running)).process
        await eventually(self.listens, within=150)

    async def listens(self) -> bool:
        assert self.process.returncode is None, "the receiver ended"
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True

    async def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        await self.process.wait()

    def has_stored(self, frames: int) -> bool:
        """Return whether so many frames are on disk."""
        return self.stored("frames") == frames

    def stored(self, table: str) -> int:
        """Return the number of rows of *table* that are on disk."""
        with closing(sqlite3.connect(f"file:{self.folder}/data/inbox.db?mode=ro", uri=True)) as inbox:
            return int(inbox.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


@asynccontextmanager
async def ground(folder: Path, broker: Server) -> AsyncIterator[Ground]:
    async with AsyncExitStack() as stack:
        here = Ground(folder, broker.port, stack)
        await here.start()
        yield here


def fires(rct: Center) -> list[tuple[int, str, str]]:
    """Return each fire signal once, by its number."""
    found = {each.seq: each for each in rct.signals if each.kind == "fire"}
    return [(seq, each.name, each.edge.value) for seq, each in sorted(found.items())]


def enter(fault: str, rct: Center, *, told: int, since: float) -> None:
    """Enter a round in the table: *told* is the number of fires and ends that were told."""
    found = fires(rct)
    row = Row(f"GB/T 26875.3: {fault}", rounds=1, signals=told)
    row.lost = max(0, told - len(found))
    row.repeated = max(0, len(found) - told)
    row.readings = sum(len(each.v) for batch in rct.batches for each in batch.series)
    row.recovery_s = round(time.monotonic() - since, 2)
    TABLE.append(row)
    assert len(found) == told, found


async def unheard(here: Ground, frame: bytes, *, udp: bool) -> None:
    """Send *frame* as a transmitter that hears no answer."""
    if udp:
        line = await DatagramLine.opened("127.0.0.1", here.port, "127.0.0.1")
        await line.write(frame)
        line.close()
        return
    _, writer = await asyncio.open_connection("127.0.0.1", here.port)
    writer.write(frame)
    await writer.drain()
    writer.close()


async def answered(here: Ground, frame: bytes, *, udp: bool) -> CenterFrame:
    """Send *frame* until it is answered; return the answer."""
    if udp:
        line = await DatagramLine.opened("127.0.0.1", here.port, "127.0.0.1")
        while True:
            await line.write(frame)
            try:
                async with asyncio.timeout(5):
                    while not (answers := _confirmations(await line.read())):
                        pass
            except TimeoutError:
                continue
            line.close()
            return answers[0]
    reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
    writer.write(frame)
    async with asyncio.timeout(60):
        while not (answers := _confirmations(await reader.read(1_024))):
            pass
    writer.close()
    return answers[0]


def _confirmations(data: bytes) -> list[CenterFrame]:
    """Return the confirmations and denials in *data*: a clock that is off is told the time besides."""
    return [each for each in read_center(data) if each.command in {CONFIRM, DENY}]


@pytest.mark.parametrize("udp", [False, True], ids=["tcp", "udp"])
async def test_a_receiver_killed_between_store_and_confirmation_stores_once_and_confirms(
    broker: Server, tmp_path: Path, udp: bool
) -> None:
    now = time.time()
    fire = PANEL.frame(1, PANEL.component(FIRE, "10.2", at=now), at=now)
    values = PANEL.frame(2, PANEL.analogs([("10.2", 3, 235)], at=now), at=now)
    async with ground(tmp_path, broker) as here:
        for frame, rows in ((fire, 1), (values, 2)):
            await unheard(here, frame, udp=udp)
            await eventually(partial(here.has_stored, rows))
        since = time.monotonic()
        await here.kill()
        await here.start()
        for frame in (fire, values):
            assert (await answered(here, frame, udp=udp)).command == CONFIRM
        async with center(broker) as rct:
            await eventually(lambda: rct.signals and rct.batches, within=60)
            await eventually(lambda: here.stored("entries") == 0, within=60)
            assert rct.readings("kho") == [23.5]
            how = "UDP" if udp else "TCP"
            enter(f"killed between store and confirmation ({how})", rct, told=1, since=since)


async def test_a_reset_ends_alarms_from_before_a_kill(broker: Server, tmp_path: Path) -> None:
    async with center(broker) as rct, ground(tmp_path, broker) as here:
        panel = SimulatedGbtTransmitter(PANEL, "127.0.0.1", here.port)
        await panel.component(FIRE, "10.2")
        await panel.component(FIRE, "11.3")
        for _ in range(2):  # what was not heard of since is remembered over a second one, too
            await here.kill()
            await here.start()
        since = time.monotonic()
        assert (await panel.tell(PANEL.panel_reset(at=time.time()))).command == CONFIRM
        await eventually(lambda: len(fires(rct)) == 4, within=60)
        assert {name for _, name, edge in fires(rct) if edge == "restored"} == {
            "kho",
            "system-1-1-component-11-3",
        }
        panel.hang_up()
        enter("reset of the panel after a kill", rct, told=4, since=since)


async def test_a_cut_line_loses_and_doubles_nothing(broker: Server, tmp_path: Path) -> None:
    async with (
        center(broker) as rct,
        ground(tmp_path, broker) as here,
        fault_proxy(here.port) as line,
    ):
        halves = TransmitterFaults(split_s=0.2)
        panel = SimulatedGbtTransmitter(PANEL, "127.0.0.1", line.port, answer_s=1.5, faults=halves)
        since = time.monotonic()

        async def cut() -> None:
            for mode in (Mode.RESET, Mode.THROUGH, Mode.SWALLOW, Mode.REFUSE, Mode.THROUGH):
                await asyncio.sleep(0.4)
                await line.set(mode)
                line.cut()

        cutting = asyncio.create_task(cut())
        for number in range(1, 6):
            assert (await panel.component(FIRE, f"12.{number}")).command == CONFIRM
        await cutting
        for number in range(1, 6):
            assert (await panel.component(NORMAL, f"12.{number}")).command == CONFIRM
        panel.hang_up()
        await eventually(lambda: len(fires(rct)) >= 10, within=60)
        enter("cut line", rct, told=10, since=since)


@pytest.mark.parametrize("udp", [False, True], ids=["tcp", "udp"])
async def test_a_transmitter_that_hears_no_answer_is_stored_once_beside_silent_peers(
    broker: Server, tmp_path: Path, udp: bool
) -> None:
    async with center(broker) as rct, ground(tmp_path, broker) as here:
        frame = PANEL.frame(9, PANEL.component(FIRE, "10.2", at=time.time()), at=time.time())
        silent = [await asyncio.open_connection("127.0.0.1", here.port) for _ in range(20)]
        for _, writer in silent[:10]:
            writer.write(frame[:30])
        deaf = TransmitterFaults(deaf=3)
        panel = SimulatedGbtTransmitter(
            PANEL, "127.0.0.1", here.port, answer_s=2.0, faults=deaf, udp=udp
        )
        since = time.monotonic()
        assert (await panel.component(FIRE, "10.2")).command == CONFIRM
        await eventually(lambda: fires(rct), within=60)
        for _, writer in silent:
            writer.close()
        panel.hang_up()
        how = "UDP" if udp else "TCP"
        enter(f"no answer heard, beside silent peers ({how})", rct, told=1, since=since)


async def test_a_replayed_fire_is_confirmed_and_is_no_fire(broker: Server, tmp_path: Path) -> None:
    now = time.time()
    fire = PANEL.frame(1, PANEL.component(FIRE, "10.2", at=now), at=now)
    over = PANEL.frame(2, PANEL.component(NORMAL, "10.2", at=now), at=now)
    async with center(broker) as rct, ground(tmp_path, broker) as here:
        since = time.monotonic()
        for frame in (fire, over):
            assert (await answered(here, frame, udp=False)).command == CONFIRM
        await eventually(lambda: len(fires(rct)) == 2, within=60)
        assert (await answered(here, fire, udp=True)).command == CONFIRM
        await here.kill()
        await here.start()
        assert (await answered(here, fire, udp=False)).command == CONFIRM
        beats = len(rct.heartbeats)
        await eventually(lambda: len(rct.heartbeats) > beats + 2, within=60)
        assert rct.heartbeats[-1].alarm.last_seq == 2
        enter("replay, also after a kill", rct, told=2, since=since)
