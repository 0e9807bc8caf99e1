"""Hashes and checks passwords with Argon2, in a thread of its own that alarms never wait for."""

import os
import threading
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from accounts.domain.passwords import LONGEST, composed
from runtime.own_thread import PurposeThreads

if TYPE_CHECKING:
    from collections.abc import Iterator

HASHER = PasswordHasher(time_cost=2, memory_cost=47_104, parallelism=1)
"""46 MiB and two passes, as OWASP advises at the least: 70 ms on the smallest center, one core."""

NICER = 10
"""Steps by which the priority of the thread is lower than that of the alarms (see setpriority(2))."""

WAITING = 16
"""Checks that wait for the thread at most, about a second's; those on this machine have as many more."""

T = TypeVar("T")


class Busy(Exception):
    """Too many passwords wait to be checked; try again in a second."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a password *is_right*, and whether its hash was made by older parameters."""

    is_right: bool
    is_outdated: bool = False


class PasswordHashing:
    """Hashes and checks one password after the other."""

    def __init__(self) -> None:
        self._thread = PurposeThreads("passwords")
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """Return the hash of *password*; raises Busy."""
        with self._place(WAITING * 2):
            return await self._thread.run(_politely(lambda: HASHER.hash(composed(password))))

    async def check(self, hashed: str | None, password: str, *, here: bool = False) -> Checked:
        """Check *password* against *hashed*; raises Busy, later where it is asked from *here*.

        Without a hash it takes as long, and is wrong: nobody learns which accounts there are.
        """
        text = composed(password[: LONGEST * 4])
        with self._place(WAITING * 2 if here else WAITING):
            return await self._thread.run(_politely(lambda: _check(hashed, text)))

    @contextmanager
    def _place(self, most: int) -> "Iterator[None]":
        if self._waiting >= most:
            raise Busy
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1


@cache
def _of_nobody() -> str:
    """Return a hash that no password has; made once, in the thread of passwords."""
    return HASHER.hash(os.urandom(16).hex())


def _check(hashed: str | None, password: str) -> Checked:
    nobody = _of_nobody()  # before any check, so that the first one takes as long for each account
    try:
        HASHER.verify(hashed or nobody, password)
    except (VerificationError, InvalidHashError):
        return Checked(is_right=False)
    return Checked(is_right=hashed is not None, is_outdated=HASHER.check_needs_rehash(hashed or nobody))


def _politely(work: Callable[[], T]) -> Callable[[], T]:
    """Return *work* at a lower priority than all other threads, where the machine lets it be set."""

    def run() -> T:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICER)
        return work()

    return run
