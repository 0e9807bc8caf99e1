"""Alerting as a process of its own, over a database in which incidents are open before it begins."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp
from sqlalchemy import create_engine, literal, select

from alerting.settings import CommandCenterSettings, Settings
from alerting.store.tables import attempts, deadlines, deliveries
from contract.times import to_micros
from runtime.settings import Broker, Web
from tests.support.servers import free_port
from tests.support.waiting import eventually

HERE = Path(__file__).parent.parent

PROGRAM = """
import asyncio, sys, structlog
from alerting.app import run
from alerting.settings import Settings
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
asyncio.run(run(Settings.model_validate_json(sys.argv[1])))
"""


@dataclass
class Alerting:
    """A running process of alerting."""

    settings: Settings
    process: asyncio.subprocess.Process

    async def healthy(self) -> bool:
        """Return whether the center is connected and accepts signals."""
        url = f"http://127.0.0.1:{self.settings.web.port}/healthz"
        try:
            async with aiohttp.ClientSession() as http, http.get(url) as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def counted(self, metric: str) -> int:
        """Return the sum of all counters called *metric*."""
        url = f"http://127.0.0.1:{self.settings.web.port}/metrics"
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            lines = (await answer.text()).splitlines()
        return round(sum(float(each.rsplit(" ", 1)[1]) for each in lines if each.startswith(metric)))

    def cpu_s(self) -> float:
        """The processor time that it took, in seconds."""
        user, system = (
            Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
        )
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def peak_memory_mb(self) -> int:
        """The most memory that it had at once."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        return round(int(found.group(1)) / 1_024) if found else 0


def make_settings(folder: Path, *, broker: int, webhook: str, database: str | None = None) -> Settings:
    """Return the settings of a center in *folder*."""
    return Settings(
        broker=Broker(port=broker),
        web=Web(port=free_port()),
        data_dir=folder,
        database=database,
        command_center=CommandCenterSettings(webhook=webhook),
    )


@asynccontextmanager
async def alerting(settings: Settings, tree: Path = HERE) -> AsyncIterator[Alerting]:
    """Run the alerting of *tree* within the block."""
    python = str(tree / ".venv" / "bin" / "python") if tree != HERE else sys.executable
    # Another tree may not have every setting that this one has.
    command = [python, "-c", PROGRAM, settings.model_dump_json(exclude_defaults=True)]
    process = await asyncio.create_subprocess_exec(*command, cwd=tree, stdout=sys.stderr)
    one = Alerting(settings, process)
    try:
        yield one
    finally:
        process.terminate()
        await process.wait()


def settle(url: str, *, due: datetime) -> None:
    """All that waits in the database at *url* was told at once, and every deadline comes at *due*."""
    engine = create_engine(url)
    waited = deliveries.c.id.not_in(select(attempts.c.delivery))
    at_once = select(deliveries.c.id, literal(1), deliveries.c.created_at).where(waited)
    with engine.begin() as connection:
        # A step of which no attempt began is late for the auditor.
        connection.execute(attempts.insert().from_select(["delivery", "attempt", "began_at"], at_once))
        connection.execute(deliveries.update().values(state="delivered"))
        connection.execute(deadlines.update().values(due_at=to_micros(due)))
    engine.dispose()


async def until_healthy(one: Alerting) -> None:
    """Wait until it takes signals."""
    await eventually(one.healthy, within=60)
