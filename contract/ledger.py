"""What gateways sent and what is here: "0 of N lost" as an answer (docs/protocol.md, 8)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msgspec import Struct

from contract.coverage import Coverage
from contract.messages import LaneState
from contract.times import Micros

FIRST_MISSING = 20
"""Missing numbers that are named one by one."""


class Line(Struct, frozen=True, kw_only=True):
    """One epoch of one gateway; all but names, times and *state* are counts of signals, or of batches.

    *verified* is the number of the newest batch whose readings were counted in the readings store; the
    alarm lane has none. *sent* is what the gateway is known to have numbered. Of these *stored* are
    here, *aside* were set aside, *claimed* were never seen here, and receipted earlier if the gateway's
    word is true, *waiting* are kept there for a receipt, and *missing* are none of all that.
    """

    premises: str
    gateway: str
    epoch: str
    sent: int
    stored: int
    aside: int
    claimed: int
    waiting: int
    missing: int
    first_missing: list[int]
    duplicated: int
    heard_at: Micros
    state: str | None = None
    verified: int | None = None


class Summary(Struct, frozen=True, kw_only=True):
    """The sums of all lines."""

    sent: int = 0
    stored: int = 0
    aside: int = 0
    claimed: int = 0
    waiting: int = 0
    missing: int = 0
    duplicated: int = 0


class Ledger(Struct, frozen=True, kw_only=True):
    """The account of one lane at a moment."""

    lane: str
    at: Micros
    gateways: list[Line]
    summary: Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The count of one epoch; *stored* by what is stored, not by what was noted as seen."""

    coverage: Coverage
    stored: int
    aside: int
    duplicated: int
    heard_at: Micros
    verified: int | None = None


def nothing_yet(said: LaneState) -> Counted:
    """Return the count of an epoch of which nothing has arrived: its gateway keeps the rest."""
    let_go = max(0, said.last_seq - said.skipped - said.depth)
    return Counted(
        coverage=Coverage(floor=let_go + 1), stored=0, aside=0, duplicated=0, heard_at=0, verified=0
    )


def line(
    names: Sequence[str], counted: Counted, said: LaneState | None, *, state: str | None = None
) -> Line:
    """The line of premises, gateway and epoch *names*; *said* is the last word on that epoch."""
    seen = counted.coverage
    last = max(seen.highest, said.last_seq if said else 0)
    waiting = said.depth if said else 0
    # What the disk of the site refused was never sent, and comes under another number.
    not_here = seen.lacks(last) - (said.skipped if said else 0)
    vanished = max(0, seen.count(last) - counted.stored - counted.aside)
    return Line(
        premises=names[0],
        gateway=names[1],
        epoch=names[2],
        sent=last,
        stored=counted.stored,
        aside=counted.aside,
        claimed=seen.claimed(last),
        waiting=waiting,
        missing=max(0, not_here - waiting) + vanished,
        first_missing=seen.missing(last, most=FIRST_MISSING) if not_here > waiting else [],
        duplicated=counted.duplicated,
        heard_at=counted.heard_at,
        state=state,
        verified=counted.verified,
    )


def ledger(lane: str, at: Micros, lines: Iterable[Line]) -> Ledger:
    """The account of *lane*, added up."""
    all_lines = list(lines)
    names = Summary.__struct_fields__
    sums = {name: sum(getattr(each, name) for each in all_lines) for name in names}
    return Ledger(lane=lane, at=at, gateways=all_lines, summary=Summary(**sums))
