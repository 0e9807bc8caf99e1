"""Measures acknowledgements of the DC-09 receiver, each after the sync of the disk, at an even pace.

``python -m bench.transmitters [--signals-s N] [--seconds N] [--accounts N] [--away]``: the receiver runs
as a process of its own, with a real broker and a small center in this process that receipts every
signal; with ``--away`` it finds no broker, and the acknowledgement alone is measured. As many
transmitters as accounts, each with a connection and one frame under way, tell in turns that a zone burns
and that it does not: every frame is a signal. The time is from the moment at which a frame was due to
its ACK, so that a stall counts with each frame that it held up. The processor time of the receiver
alone, until the center has everything, says what it can do on a machine that does other things too.
Beside it stands pysiaalarm, which stores nothing, where it is installed: ``null`` where it is not.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import aiomqtt

from contract.messages import VERSION, Receipt, decode_alarm, encode
from firmware_sim.domain.dc09 import Dialler
from tests.support.servers import free_port, mosquitto
from tests.support.waiting import eventually

_OTHER = """
import asyncio, sys
from pysiaalarm.aio import SIAAccount, SIAClient
async def ignore(event): pass
async def main():
    accounts = [SIAAccount(f"{number:04X}") for number in range(1, int(sys.argv[2]) + 1)]
    async with SIAClient("127.0.0.1", int(sys.argv[1]), accounts, function=ignore):
        await asyncio.Event().wait()
asyncio.run(main())
"""
"""The other receiver, which answers before it does anything."""


async def told(port: int, *, accounts: int, signals_s: float, seconds: float) -> dict[str, Any]:
    """Have *accounts* transmitters tell *signals_s* in all; return the times of the answers."""
    every_s = accounts / signals_s
    begin = time.perf_counter() + 0.5
    taken: list[float] = []

    async def transmit(number: int) -> None:
        dialler = Dialler(f"{number:04X}")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for turn in range(int(seconds / every_s)):
            due = begin + (turn + number / accounts) * every_s
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            code = "FH" if turn % 2 else "FA"
            writer.write(dialler.sia(1 + turn % 9_999, f"Nri1/{code}001"))
            answer = await reader.readuntil(b"\r")
            assert b'"ACK"' in answer, answer
            taken.append(time.perf_counter() - due)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(transmit(number) for number in range(1, accounts + 1)))
    cuts = statistics.quantiles(taken, n=1_000, method="inclusive")
    return {
        "acknowledged": len(taken),
        "per_s": round(len(taken) / (time.perf_counter() - began - 0.5)),
        "p50_ms": round(cuts[499] * 1e3, 2),
        "p99_ms": round(cuts[989] * 1e3, 2),
        "longest_ms": round(max(taken) * 1e3, 2),
    }


def settings(folder: Path, *, broker: int, port: int, accounts: int) -> Path:
    """Write the settings of a receiver with so many *accounts*; return their file."""
    own = "".join(
        f'[[accounts]]\naccount = "{number:04X}"\npremises = "p"\ngateway = "g{number}"\npoll_s = 0\n'
        for number in range(1, accounts + 1)
    )
    file = folder / "receiver.toml"
    file.write_text(
        f'premises = "p"\ngateway = "receiver"\ndata_dir = "{folder}/data"\nlog_level = "WARNING"\n'
        f"[broker]\nport = {broker}\n[web]\nopen = true\nport = {free_port()}\n"
        f'[dc09]\nhost = "127.0.0.1"\nport = {port}\nconnections_by_address = 30000\n'
        f"frames_s = 1000000\nframes_at_once = 1000000\n{own}"
    )
    return file


@contextmanager
def process(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run *command* within the block."""
    running = subprocess.Popen(command)
    try:
        yield running
    finally:
        running.terminate()
        running.wait()


@asynccontextmanager
async def center(broker: int) -> AsyncIterator[list[int]]:
    """Receipt every signal within the block; yield a list with how many there were."""
    count = [0]
    async with aiomqtt.Client("127.0.0.1", broker, identifier="center") as client:
        await client.subscribe("tocsin/v1/+/+/alarm", qos=1)

        async def receipt() -> None:
            async for message in client.messages:
                alarm = decode_alarm(bytes(message.payload))
                count[0] += len(alarm.signals)
                body = encode(Receipt(v=VERSION, epoch=alarm.epoch, stored=list(alarm.proofs)))
                topic = message.topic.value.removesuffix("alarm") + "receipt/alarm"
                await client.publish(topic, body, qos=1)

        task = asyncio.create_task(receipt())
        try:
            yield count
        finally:
            task.cancel()


async def listens(port: int) -> bool:
    """Return whether somebody listens at *port*."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def ours(folder: Path, wanted: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of the receiver."""
    port = free_port()
    with mosquitto(folder / "broker") as broker:
        at = free_port() if wanted.away else broker.port
        file = settings(folder, broker=at, port=port, accounts=wanted.accounts)
        command = (sys.executable, "-m", "tocsin", "receiver", "--config", str(file))
        with process(*command) as running:
            await eventually(lambda: listens(port), within=60)
            async with center(broker.port) as count:
                before = processor_s(running.pid)
                times = await told(
                    port,
                    accounts=wanted.accounts,
                    signals_s=wanted.signals_s,
                    seconds=wanted.seconds,
                )
                if not wanted.away:
                    await eventually(lambda: count[0] >= times["acknowledged"], within=60)
                used = processor_s(running.pid) - before
            return times | cost_of(running.pid, used, times["acknowledged"])


def cost_of(process_id: int, used_s: float, signals: int) -> dict[str, float]:
    """Return the memory of a process, and the processor time that it used for so many *signals*.

    All its threads are counted; the thread that decides everything can use one core.
    """
    memory = Path(f"/proc/{process_id}/status").read_text().partition("VmRSS:")[2].split()[0]
    return {
        "memory_mb": round(int(memory) / 1_024),
        "processor_us_per_signal": round(used_s * 1e6 / signals),
        "per_s_of_one_core": round(signals / used_s) if used_s else 0,
    }


def processor_s(process_id: int) -> float:
    """Return the processor time of a process so far."""
    used = Path(f"/proc/{process_id}/stat").read_text().rpartition(") ")[2].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


async def other(wanted: argparse.Namespace) -> dict[str, Any] | None:
    """Return the figures of pysiaalarm; None where it is not installed."""
    if find_spec("pysiaalarm") is None:
        return None
    port = free_port()
    with process(sys.executable, "-c", _OTHER, str(port), str(wanted.accounts)) as running:
        await eventually(lambda: listens(port), within=60)
        before = processor_s(running.pid)
        times = await told(
            port, accounts=wanted.accounts, signals_s=wanted.signals_s, seconds=wanted.seconds
        )
        used = processor_s(running.pid) - before
        return times | cost_of(running.pid, used, times["acknowledged"])


def main() -> int:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signals-s", type=float, default=2_000.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--accounts", type=int, default=200)
    parser.add_argument("--away", action="store_true", help="the receiver finds no broker")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=".") as folder:
        found = asyncio.run(ours(Path(folder).absolute(), wanted))
    beside = asyncio.run(other(wanted))
    print(json.dumps({"receiver": found, "pysiaalarm_without_disk": beside}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
