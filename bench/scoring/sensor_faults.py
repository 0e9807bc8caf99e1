"""Faulty sensors, each with one kind of fault, made from the rows of sound ones; always alike."""

import random
from collections.abc import Callable

from contract.recordings import RecordedReading

Rows = list[RecordedReading]

_BEGINS = 0.25
"""The share of a recording after which the fault begins."""


def with_fault(fault: str, rows: Rows, *, seed: str = "") -> Rows:
    """Return *rows* as a sensor with *fault* would have sent them."""
    source = random.Random(f"{fault}/{seed or rows[0].point}")
    begins = int(len(rows) * _BEGINS)
    return [*rows[:begins], *FAULTS[fault](rows[begins:], source)]


def _with(row: RecordedReading, value: float) -> RecordedReading:
    return RecordedReading(row.t, row.point, row.quantity, value)


def _railed(rows: Rows, source: random.Random) -> Rows:
    """Its converter stands at the end of its scale."""
    return [_with(row, 2_047.0) for row in rows]


def _jumping(rows: Rows, source: random.Random) -> Rows:
    """Two samples in three are 46 K or a multiple of it too high: bits of the converter stick."""
    return [_with(row, row.value + 46.3 * source.choice((0, 0, 1, 1, 2, 3))) for row in rows]


def _noisy(rows: Rows, source: random.Random) -> Rows:
    """A broken shield: white noise of 8 K."""
    return [_with(row, row.value + source.gauss(0.0, 8.0)) for row in rows]


def _spikes(rows: Rows, source: random.Random) -> Rows:
    """One sample in forty is up to 400 degC: nothing to find, and no alarm."""
    return [
        _with(row, source.uniform(60, 400) if n % 40 == 20 else row.value) for n, row in enumerate(rows)
    ]


def _dead(rows: Rows, source: random.Random) -> Rows:
    """It sends nothing any more, but for its last row."""
    return rows[-1:]


FAULTS: dict[str, Callable[[Rows, random.Random], Rows]] = {
    "railed": _railed,
    "jumping": _jumping,
    "noisy": _noisy,
    "spikes": _spikes,
    "dead": _dead,
}

EXPECTED: dict[str, frozenset[str]] = {
    "railed": frozenset({"out_of_range"}),
    "jumping": frozenset({"jumping", "noisy"}),
    "noisy": frozenset({"noisy", "jumping"}),
    "spikes": frozenset(),
    "dead": frozenset({"silent"}),
}
"""The reasons by which each fault is found; none where there is nothing to be found."""
