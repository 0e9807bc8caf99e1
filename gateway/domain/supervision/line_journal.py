"""The latest that came over a line, and what became of it, for a technician who looks on."""

from collections import deque
from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from gateway.domain.model.conditions import ConditionChange

MOST_ENTRIES = 200
"""Entries of one line that are kept of either kind; a technician asks for them twice a second."""

_MOST_BYTES = 300


class JournalOutcome(StrEnum):
    """Kinds of an entry."""

    OPEN = "open"
    LOST = "lost"
    READ = "read"
    SENT = "sent"
    KEPT_BACK = "kept_back"
    UNDERSTOOD = "understood"
    REFUSED = "refused"


_ROUTINE = frozenset({JournalOutcome.READ, JournalOutcome.SENT, JournalOutcome.UNDERSTOOD})
"""Outcomes that are routine, unless a signal follows."""


class JournalEntry(Struct, frozen=True, kw_only=True):
    """One entry: *text* is what was understood, or the reason; *hex* are the bytes.

    *point* is the point that it became, and *kind* its kind, None where it is not configured. *changes*
    are the signals that it brought about. *quarantined* is whether its bytes are in the quarantine.
    """

    number: int
    at: int
    outcome: JournalOutcome
    text: str = ""
    hex: str = ""
    point: str | None = None
    kind: str | None = None
    changes: tuple[str, ...] = ()
    quarantined: bool = False


class LineJournal:
    """The journal of one line: its latest entries, and beside them the latest that were no routine.

    A bus is polled many times a second; what it refused, or what became a signal, stays longer.
    """

    def __init__(self) -> None:
        self._routine: deque[JournalEntry] = deque(maxlen=MOST_ENTRIES)
        self._telling: deque[JournalEntry] = deque(maxlen=MOST_ENTRIES)
        self._number = 0

    @property
    def entries(self) -> list[JournalEntry]:
        """All entries that are kept, the oldest first."""
        return sorted((*self._routine, *self._telling), key=lambda each: each.number)

    def note_bytes(self, at: int, outcome: JournalOutcome, data: bytes) -> None:
        """Note *data* that was read or sent."""
        self._add(at, outcome, data=data)

    def note_port(self, at: int, *, lost: str) -> None:
        """Note that the port was opened, or the reason for which it was *lost*."""
        self._add(at, JournalOutcome.LOST if lost else JournalOutcome.OPEN, text=lost)

    def note_refused(self, at: int, cause: str, data: bytes, *, quarantined: bool) -> None:
        """Note *data* that was damaged, or not understood."""
        self._add(at, JournalOutcome.REFUSED, text=cause, data=data, quarantined=quarantined)

    def note_understood(
        self,
        at: int,
        text: str,
        *,
        point: tuple[str, str | None] | None = None,
        changes: Iterable[ConditionChange] = (),
    ) -> None:
        """Note what was understood; *point* is the name and the kind of the point that it is about."""
        name, kind = point or (None, None)
        told = tuple(f"{each.name} {each.kind} {each.edge}: {each.reason}" for each in changes)
        self._add(at, JournalOutcome.UNDERSTOOD, text=text, name=name, kind=kind, changes=told)

    def _add(
        self,
        at: int,
        outcome: JournalOutcome,
        *,
        text: str = "",
        data: bytes = b"",
        name: str | None = None,
        kind: str | None = None,
        changes: tuple[str, ...] = (),
        quarantined: bool = False,
    ) -> None:
        self._number += 1
        entry = JournalEntry(
            number=self._number,
            at=at,
            outcome=outcome,
            text=text,
            hex=data[:_MOST_BYTES].hex(" "),
            point=name,
            kind=kind,
            changes=changes,
            quarantined=quarantined,
        )
        is_routine = outcome in _ROUTINE and not changes
        (self._routine if is_routine else self._telling).append(entry)
