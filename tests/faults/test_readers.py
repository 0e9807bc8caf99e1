"""Two hundred readers follow the feed, come and go: no alarm is lost for them, and none is late."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.faults.scene import rounds, scene

ROOT = Path(__file__).parents[2]
READERS = 200


@asynccontextmanager
async def following(port: int) -> AsyncIterator[None]:
    """Let readers in a process of their own follow the feed at *port* within the block."""
    command = [sys.executable, "-m", "bench._feed_readers", str(port), str(READERS)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, cwd=ROOT)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert await process.stdout.readline() == b"ready\n"
        yield
    finally:
        process.stdin.close()
        await process.wait()


async def test_readers_of_the_feed_cost_no_alarm(tmp_path: Path) -> None:
    async with scene(tmp_path, "200 readers of the feed", 811) as here:

        async def fault() -> None:
            async with following(here.site.alerting):
                await here.pause(1.5, 2.5)

        await here.rounds(rounds(2, long=20), fault, within=60.0)
