"""A disk that is full, really: signals are stored and sent, readings are thinned, and it passes."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.gateway.rig import PtyLine, center, gateway, settings_for
from tests.adapters.gateway.test_path import on_line, stored
from tests.support.servers import Server
from tests.support.waiting import eventually

FIRE = "call-1 fire raised: manual_call"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 MiB, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here; run the tests as root: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(file: Path) -> None:
    """Take every byte that is free."""
    with file.open("ab", buffering=0) as out:
        for size in (65_536, 4_096, 1):
            try:
                while out.write(bytes(size)) == size:
                    pass
            except OSError:
                continue


def free(folder: Path) -> int:
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def test_a_full_disk_is_full(small_disk: Path) -> None:
    fill(small_disk / "filler")
    assert free(small_disk) == 0
    with pytest.raises(OSError, match="No space left"):
        (small_disk / "more").write_bytes(b"x")


async def test_a_signal_is_stored_and_sent_while_readings_are_thinned_and_all_is_well_again_afterwards(
    broker: Server, line: PtyLine, small_disk: Path
) -> None:
    settings = settings_for(
        small_disk,
        broker,
        **on_line(line, "call-1", "call-2"),
        alarm={"reserve_mib": 3},
        telemetry={"batch_s": 0.05, "resend_first_s": 0.5, "keep_free_mib": 4},
    )
    async with center(broker) as rct, gateway(settings):
        await eventually(lambda: rct.sees_lines)
        rct.receipts.update(alarm=False, telemetry=False)
        fill(small_disk / "filler")
        assert free(small_disk) == 0
        said = 0

        def thinned() -> bool:
            nonlocal said
            for _ in range(20):
                said += 1
                line.say("co-1", "co", float(said))
            return rct.heartbeats[-1].telemetry.thinned > 0

        line.say("call-1", "manual", 1.0)
        await eventually(lambda: FIRE in rct.story)
        await eventually(thinned, within=20, every=0.1)
        await eventually(lambda: len(stored(small_disk)) >= 1, within=20)
        # Where not even the reserve is left, the next one is sent all the same.
        fill(small_disk / "filler")
        line.say("call-2", "manual", 1.0)
        await eventually(lambda: "call-2 fire raised: manual_call" in rct.story)

        (small_disk / "filler").unlink()
        rct.receipts.update(alarm=True, telemetry=True)
        rct.heartbeats.clear()
        await eventually(
            lambda: (
                rct.heartbeats
                and rct.heartbeats[-1].alarm.depth == rct.heartbeats[-1].telemetry.depth == 0
            ),
            within=30,
        )
        await eventually(lambda: "g fault restored: outbox_write_failed" in rct.story, within=20)
        assert (small_disk / "data" / "reserve").exists()
        line.say("co-1", "co", 1e6)
        await eventually(lambda: 1e6 in rct.readings("co-1"))
        # The highest and the lowest were kept, and every reading that is missing was counted.
        values = {value for value in rct.readings("co-1") if value < 1e6}
        assert {1.0, float(said)} <= values
        assert said - len(values) <= rct.heartbeats[-1].telemetry.thinned
