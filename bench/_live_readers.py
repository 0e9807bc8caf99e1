"""Readers of the desk's live stream as a process of their own: ``PORT SESSIONS_FILE``.

Each line of the input begins a phase of that name. When the input ends, the ticks that the readers got
in each phase are printed as JSON.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from contract.http.request_header import SESSION_COOKIE

TICK = b"event: tick\n"

BLIND_S = 5.0
"""Seconds without a tick after which a page is blind."""


@dataclass
class Phase:
    """The seconds between two ticks that readers of one phase had to wait."""

    name: str
    gaps: list[float] = field(default_factory=list)
    lost: int = 0

    def figures(self) -> dict[str, float]:
        """Return what is printed of it."""
        return {
            "ticks": len(self.gaps),
            "missed": sum(max(0, round(each) - 1) for each in self.gaps),
            "longest_gap_s": round(max(self.gaps, default=0.0), 2),
            "blind": sum(each > BLIND_S for each in self.gaps),
            "streams_lost": self.lost,
        }


@dataclass
class Readers:
    """All readers, and the phase of now."""

    phases: list[Phase] = field(default_factory=lambda: [Phase("connecting")])

    @property
    def phase(self) -> Phase:
        """The phase of now."""
        return self.phases[-1]

    async def read(
        self, http: aiohttp.ClientSession, url: str, session: str, ready: asyncio.Event
    ) -> None:
        """Follow the stream of *session*; *ready* is set with its first tick."""
        headers = {"Cookie": f"{SESSION_COOKIE}={session}"}
        async with http.get(url, headers=headers) as answer:
            if answer.status != 200:
                raise SystemExit(f"{url} refused a reader: {await answer.text()}")
            ticked_at, rest = 0.0, b""
            async for part in answer.content.iter_any():
                text = rest + part
                rest = text[-len(TICK) + 1 :]
                if TICK not in text:
                    continue
                now = time.monotonic()
                if ticked_at:
                    self.phase.gaps.append(now - ticked_at)
                ticked_at = now
                ready.set()
        self.phase.lost += 1

    def figures(self) -> dict[str, dict[str, float]]:
        """Return the figures of all phases that were named."""
        return {each.name: each.figures() for each in self.phases[1:]}


async def follow(port: int, sessions: list[str]) -> dict[str, dict[str, float]]:
    """Read until the input ends; return the figures."""
    url, readers = f"http://127.0.0.1:{port}/live", Readers()
    timeout, connector = aiohttp.ClientTimeout(total=None), aiohttp.TCPConnector(limit=0)
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(timeout=timeout, connector=connector, cookie_jar=jar) as http:
        each_ready = [asyncio.Event() for _ in sessions]
        tasks = [
            asyncio.create_task(readers.read(http, url, session, ready))
            for session, ready in zip(sessions, each_ready, strict=True)
        ]
        await asyncio.gather(*(each.wait() for each in each_ready))
        print("ready", flush=True)
        while name := await asyncio.to_thread(sys.stdin.readline):
            readers.phases.append(Phase(name.strip()))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return readers.figures()


def main() -> int:
    """Read until the input ends."""
    found = asyncio.run(follow(int(sys.argv[1]), Path(sys.argv[2]).read_text().split()))
    print(json.dumps(found), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
