"""The throttle of attempts to sign in: by account and by address, slower with each failure."""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from contract.times import SECOND, Micros

FREE = 5
"""Failures without a wait: people mistype."""

FORGET = 24 * 3_600 * SECOND
"""Microseconds without a failure after which all are forgotten."""

LONGEST = 900 * SECOND
"""The longest wait of an account or an address, in microseconds."""

LONGEST_KNOWN = 60 * SECOND
"""The longest wait at an address from which the account signed in before."""

LONGEST_HERE = 5 * SECOND
"""The longest wait on this machine: whoever attacks from elsewhere adds nothing to it."""

MOST = 10_000
"""Subjects that are remembered; those with the fewest failures are forgotten first."""


@dataclass(frozen=True, slots=True)
class Subject:
    """An account or an address whose failures are counted, with its *longest* wait."""

    key: str
    longest: Micros = LONGEST


@dataclass(frozen=True, slots=True)
class Failures:
    """The *count* of failures of a subject, and the moments of the last one and of that before it."""

    count: int
    last_at: Micros
    before_at: Micros = 0


NONE = Failures(0, 0)


def network_of(address: str) -> str:
    """Return the network that *address* counts as: itself, or its /64 where it is one of IPv6."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(ipaddress.ip_network((parsed, 64), strict=False))
        parsed = parsed.ipv4_mapped
    return str(parsed)


def is_this_machine(address: str) -> bool:
    """Return whether *address* is that of a program on this machine."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (mapped or parsed).is_loopback


def subjects_of(account: str, address: str, known: Iterable[str]) -> tuple[Subject, ...]:
    """Return the subjects of an attempt to sign in to *account* from *address*.

    Attempts on this machine, and from the *known* networks of the account, are counted apart: failures
    from elsewhere never keep out the person, and so never the last administrator.
    """
    network = network_of(address)
    if is_this_machine(address):
        return (Subject(f"here {account}", LONGEST_HERE),)
    if network in known:
        return (Subject(f"known {account} {network}", LONGEST_KNOWN),)
    return Subject(f"account {account}"), Subject(f"address {network}")


def wait_of(failures: Failures, longest: Micros, now: Micros) -> Micros:
    """Return the microseconds until the next attempt is allowed; at most *longest*."""
    if failures.count < FREE or now - failures.last_at >= FORGET:
        return 0
    delay = min(longest, SECOND << min(failures.count - FREE, 30))
    return max(0, min(delay, failures.last_at + delay - now))


class Throttle:
    """Counts failures of the subjects that it remembers, of which there are at most *most*."""

    def __init__(self, failures: Mapping[str, Failures] | None = None, *, most: int = MOST) -> None:
        self._failures = dict(failures or {})
        self._most = most

    def __len__(self) -> int:
        return len(self._failures)

    def failures(self, subject: Subject) -> Failures:
        """Return the failures of *subject* that are remembered."""
        return self._failures.get(subject.key, NONE)

    def wait(self, subjects: Sequence[Subject], now: Micros) -> Micros:
        """Return the microseconds until an attempt of *subjects* is allowed; 0 allows it now."""
        waits = (wait_of(self.failures(each), each.longest, now) for each in subjects)
        return max(waits, default=0)

    def begin_attempt(self, subjects: Sequence[Subject], now: Micros) -> None:
        """Count an attempt of *subjects* as failed, until it turns out otherwise.

        So that many attempts at once are no way around.
        """
        for each in subjects:
            before = self.failures(each)
            count = 0 if now - before.last_at >= FORGET else before.count
            self._failures[each.key] = Failures(count + 1, now, before.last_at)
        self._forget_some()

    def take_back(self, subjects: Sequence[Subject]) -> None:
        """Uncount an attempt of *subjects* that was no failure."""
        for each in subjects:
            before = self.failures(each)
            self._set(each.key, Failures(before.count - 1, before.before_at))

    def clear(self, subject: Subject) -> None:
        """Forget the failures of *subject*: its person was there."""
        self._failures.pop(subject.key, None)

    def _set(self, key: str, failures: Failures) -> None:
        if failures.count <= 0:
            self._failures.pop(key, None)
        else:
            self._failures[key] = failures

    def _forget_some(self) -> None:
        """Forget the half that failed least, the longest ago, where there are too many."""
        if len(self._failures) > self._most:
            order = sorted(self._failures, key=lambda key: _weight(self._failures[key]))
            for key in order[: len(order) - self._most // 2]:
                del self._failures[key]


def _weight(failures: Failures) -> tuple[int, Micros]:
    return failures.count, failures.last_at
