"""The center of a duty desk in a storm: its registry, sessions of officers, readers of /live."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from accounts.domain.actor import Evidence
from accounts.domain.sessions import Session
from accounts.secret_texts import hash_of, new_secret
from accounts.store.sessions import add_session
from bench._tree import HERE, POINTS
from contract.times import to_micros
from runtime.clock import utc_now
from runtime.database import open_database

AREA = '[[areas]]\nid = "tinh"\nname = "Tỉnh"\n'

PREMISES = """
[[premises]]
id = "{name}"
name = "Chợ Phường {number}"
address = "{number} Trần Hưng Đạo"
area = "tinh"

[[gateways]]
id = "gw"
name = "Thiết bị truyền tin"
premises = "{name}"

[[zones]]
id = "all"
premises = "{name}"
name = "Nhà lồng"
"""

POINT = """
[[points]]
id = "smoke-{number}"
premises = "{name}"
zone = "all"
gateway = "gw"
kind = "smoke"
place = "Quầy {number}"
"""


def storm_registry(premises: int) -> str:
    """Return a registry of so many *premises* with smoke detectors in one zone each, as TOML."""
    return AREA + "".join(
        PREMISES.format(name=f"p-{number}", number=number)
        + "".join(POINT.format(name=f"p-{number}", number=each) for each in range(POINTS))
        for number in range(premises)
    )


async def add_sessions(folder: Path, account: str, count: int) -> list[str]:
    """Sign *account* in at so many screens of the center in *folder*; return the cookies."""
    tokens, at = [new_secret() for _ in range(count)], to_micros(utc_now())

    def add(connection: Connection) -> None:
        for each in tokens:
            session = Session(
                id=0,
                account=account,
                evidence=Evidence.PASSWORD_AND_CODE,
                second_factor=True,
                address="127.0.0.1",
                began_at=at,
                renewed_at=at,
                seen_at=at,
            )
            add_session(connection, hash_of(each), session)

    async with open_database(f"sqlite:///{folder}/alerting/center.db") as database:
        await database.write(add)
    return tokens


@dataclass
class LiveReaders:
    """A running process of readers; *figures* are known by phase once it has ended."""

    process: asyncio.subprocess.Process
    figures: dict[str, Any]

    def begin(self, phase: str) -> None:
        """Count the ticks from now on for *phase*."""
        if self.process.stdin is not None:
            self.process.stdin.write(f"{phase}\n".encode())


@asynccontextmanager
async def live_readers(port: int, file: Path) -> AsyncIterator[LiveReaders]:
    """Have each of the sessions in *file* follow the desk at *port* within the block."""
    command = [sys.executable, "-m", "bench._live_readers", str(port), str(file)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=HERE, stdin=pipe, stdout=pipe)
    if process.stdout is None or (await process.stdout.readline()).strip() != b"ready":
        raise RuntimeError(f"the readers ended with code {await process.wait()}")
    readers = LiveReaders(process, {})
    try:
        yield readers
    finally:
        if process.stdin is not None:
            process.stdin.close()  # communicate alone would leave it open, and the readers reading
        said, _ = await process.communicate()
        readers.figures = json.loads(said or b"{}")
