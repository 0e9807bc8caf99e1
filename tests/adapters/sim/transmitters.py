"""The verbs of ``tocsin sim`` that play a transmitter, run as a person runs them."""

import asyncio
import sys


async def told_by(verb: str, *arguments: str) -> tuple[int | None, str, str]:
    """Run ``tocsin sim`` *verb* until it ends; return its exit code and what it printed."""
    process = await begun(verb, *arguments)
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, out.decode(), err.decode()


async def begun(verb: str, *arguments: str) -> asyncio.subprocess.Process:
    """Return ``tocsin sim`` *verb* as a running process."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tocsin", "sim", verb, *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
