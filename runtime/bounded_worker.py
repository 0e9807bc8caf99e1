"""The process of one piece of bounded work: it limits itself before it looks at anything.

Started by ``bounded_work.py``: content on the standard input, the answer on the standard output, what is
made in the file descriptor that is named.
"""

import importlib
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

REFUSED = 3
"""The exit code with which the answer is the reason why the content was refused."""

UNLIMITED = 4
"""The exit code with which the process could not bound itself, and did nothing."""

KILLED_FIRST = "1000"
"""Highest score of oom_score_adj (proc(5)): where memory ends, the kernel ends this process alone."""

MIB = 1_048_576

LOW_PRIORITY = 10
"""Alarms have the processor first."""

Work: TypeAlias = Callable[[bytes, bytes], tuple[bytes, bytes]]
"""Returns an answer and what was made, of an order and a content; raises Unacceptable."""


class Unacceptable(Exception):
    """The content cannot be accepted; the text names it, the fault and the remedy."""


def main(arguments: list[str]) -> int:
    """Do the work that *arguments* name; return the exit code."""
    target, cpu_s, wall_s, memory_mib, result_mib, result, order = arguments
    try:
        _limit(int(cpu_s), int(wall_s), memory_mib=int(memory_mib), result_mib=int(result_mib))
    except OSError as error:  # without limits nothing is looked at
        _write(sys.stderr.fileno(), str(error).encode())
        return UNLIMITED
    try:
        answer, made = _work(target)(os.fsencode(order), sys.stdin.buffer.read())
        _write(int(result), made)
    except Unacceptable as error:
        return _refuse(str(error))
    except MemoryError:
        return _refuse(f"takes more than {memory_mib} MiB of memory; send a smaller one")
    except RecursionError:
        return _refuse("is nested too deep; save it anew with another program")
    _write(sys.stdout.fileno(), answer)
    return 0


def _limit(cpu_s: int, wall_s: int, *, memory_mib: int, result_mib: int) -> None:
    """Bound this process, and let it end with its time even if nobody looks after it any more."""
    with suppress(OSError):  # a unit may forbid both; alarms are then only as quick as others
        os.nice(LOW_PRIORITY)
        Path("/proc/self/oom_score_adj").write_text(KILLED_FIRST, encoding="ascii")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started it
    signal.alarm(wall_s)
    limits = {
        resource.RLIMIT_CPU: (cpu_s, cpu_s + 1),
        resource.RLIMIT_AS: (memory_mib * MIB, memory_mib * MIB),
        resource.RLIMIT_FSIZE: (result_mib * MIB, result_mib * MIB),
        resource.RLIMIT_CORE: (0, 0),
    }
    for kind, most in limits.items():
        _, hard = resource.getrlimit(kind)
        own = most if hard == resource.RLIM_INFINITY else (min(most[0], hard), min(most[1], hard))
        resource.setrlimit(kind, own)


def _work(target: str) -> Work:
    module, _, name = target.partition(":")
    work: Work = getattr(importlib.import_module(module), name)
    return work


def _refuse(reason: str) -> int:
    _write(sys.stdout.fileno(), reason.encode())
    return REFUSED


def _write(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


if __name__ == "__main__":
    # Its exceptions are those of the module that others import, not of a second copy of it.
    from runtime import bounded_worker

    sys.exit(bounded_worker.main(sys.argv[1:]))
