"""The command line beside a service that runs in the test's own loop."""

import asyncio

from tests.adapters.command_line.test_command_line import tocsin


async def run_command(*arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors of ``tocsin`` with *arguments*."""
    answer = await asyncio.to_thread(tocsin, *arguments)
    return answer.returncode, answer.stdout, answer.stderr
