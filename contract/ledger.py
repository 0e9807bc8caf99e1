"""The ledger: entries that gateways sent, and those that the center holds (docs/protocol.md, 8)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msgspec import Struct

from contract.coverage import Coverage
from contract.messages import LaneState
from contract.times import Micros

FIRST_MISSING = 20
"""Number of missing entries that are listed one by one."""


class LedgerLine(Struct, frozen=True, kw_only=True):
    """The account of one epoch of one gateway, in counts of signals or of batches.

    *sent* is the highest number that the gateway is known to have given. Of these, *stored* are at the
    center, *quarantined* are in its quarantine, *claimed* were receipted earlier by the gateway's own
    account, *waiting* are in the gateway's outbox, and *missing* are in none of these places. *verified*
    is the number of the newest batch that was counted in the readings store; the alarm lane has none.
    """

    premises: str
    gateway: str
    epoch: str
    sent: int
    stored: int
    quarantined: int
    claimed: int
    waiting: int
    missing: int
    first_missing: list[int]
    duplicated: int
    heard_at: Micros
    state: str | None = None
    verified: int | None = None


class LedgerSummary(Struct, frozen=True, kw_only=True):
    """The sums of all lines."""

    sent: int = 0
    stored: int = 0
    quarantined: int = 0
    claimed: int = 0
    waiting: int = 0
    missing: int = 0
    duplicated: int = 0


class Ledger(Struct, frozen=True, kw_only=True):
    """The account of one lane at one time."""

    lane: str
    at: Micros
    gateways: list[LedgerLine]
    summary: LedgerSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochCount:
    """The counts of one epoch. *stored* counts rows in the database, not numbers that were seen."""

    coverage: Coverage
    stored: int
    quarantined: int
    duplicated: int
    heard_at: Micros
    verified: int | None = None


def count_of_unheard_epoch(said: LaneState) -> EpochCount:
    """Return the count of an epoch of which nothing has arrived: its gateway keeps the rest."""
    let_go = max(0, said.last_seq - said.skipped - said.depth)
    return EpochCount(
        coverage=Coverage(floor=let_go + 1),
        stored=0,
        quarantined=0,
        duplicated=0,
        heard_at=0,
        verified=0,
    )


def ledger_line(
    names: Sequence[str], counted: EpochCount, said: LaneState | None, *, state: str | None = None
) -> LedgerLine:
    """Return the account of *names* (premises, gateway, epoch); *said* is its latest lane state."""
    seen = counted.coverage
    last = max(seen.highest, said.last_seq if said else 0)
    waiting = said.depth if said else 0
    # An entry that the disk of the site refused was never sent under this number.
    not_at_center = seen.count_missing(last) - (said.skipped if said else 0)
    vanished = max(0, seen.count_seen(last) - counted.stored - counted.quarantined)
    return LedgerLine(
        premises=names[0],
        gateway=names[1],
        epoch=names[2],
        sent=last,
        stored=counted.stored,
        quarantined=counted.quarantined,
        claimed=seen.count_claimed(last),
        waiting=waiting,
        missing=max(0, not_at_center - waiting) + vanished,
        first_missing=seen.missing(last, most=FIRST_MISSING) if not_at_center > waiting else [],
        duplicated=counted.duplicated,
        heard_at=counted.heard_at,
        state=state,
        verified=counted.verified,
    )


def lane_ledger(lane: str, at: Micros, lines: Iterable[LedgerLine]) -> Ledger:
    """Return the ledger of *lane* with its sums."""
    all_lines = list(lines)
    names = LedgerSummary.__struct_fields__
    sums = {name: sum(getattr(each, name) for each in all_lines) for name in names}
    return Ledger(lane=lane, at=at, gateways=all_lines, summary=LedgerSummary(**sums))
