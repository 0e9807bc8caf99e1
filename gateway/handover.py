"""Replace the process that read the settings by the steady one, which is half as large."""

import os
import sys
from typing import NoReturn

from gateway.plan import GatewayPlan, decode_plan, encode_plan

LEAN_MEMORY = {"MALLOC_ARENA_MAX": "1"}
"""One heap for all threads: of its own, each would keep what it needed once (mallopt(3))."""


def become_steady(plan: GatewayPlan) -> NoReturn:
    """Run *plan* in this process, without what reading it took: same id, new program.

    The plan holds secrets: it goes over in memory, never by the command line or a file.
    """
    descriptor = os.memfd_create("tocsin-plan", 0)  # without MFD_CLOEXEC: it outlives this program
    with os.fdopen(descriptor, "wb", closefd=False) as file:
        file.write(encode_plan(plan))
    os.lseek(descriptor, 0, os.SEEK_SET)
    sys.stdout.flush()
    sys.stderr.flush()
    # -P: a folder named like a package, where the gateway was started, must not be taken for it.
    command = [sys.executable, "-P", "-m", "gateway", str(descriptor)]
    os.execve(sys.executable, command, LEAN_MEMORY | os.environ)  # noqa: S606 (this very program)


def read_plan(descriptor: int) -> GatewayPlan:
    """Return the plan that was handed over in *descriptor*, and close it."""
    with os.fdopen(descriptor, "rb") as file:
        return decode_plan(file.read())
