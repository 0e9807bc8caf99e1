"""Requests and answers about duties of fire prevention (docs/duties.md, docs/protocol.md, 8)."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from contract.duties import DutyKind, DutyOutcome, DutyState
from contract.http.common import Actor, Note
from contract.names import Name
from contract.times import Micros

FileHash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""The SHA-256 of a stored file in hexadecimal."""

Position = Annotated[str, Meta(pattern=r"^[0-9]{1,7}\.[a-z0-9-]{1,63}\.[a-z0-9-]{1,63}\Z")]
"""The place after which a page begins: *next* of the page before."""


class DutiesQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The duties to list: of one *area* with all below it, of *premises*, of a *kind*, in a *state*.

    As of *day*, today if absent; *after* is *next* of the page before.
    """

    area: Name | None = None
    premises: Name | None = None
    kind: DutyKind | None = None
    state: DutyState | None = None
    day: date | None = None
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100
    after: Position | None = None


class DutyOfPremises(Struct, frozen=True, kw_only=True):
    """A *duty* of *premises*, and how it stands on the day that was asked for.

    *reason* says why it is in this *state*. *due_on* is null where nothing is due any more; *days_left*
    is negative once it is over. *missing* names the facts of the premises without which nobody can tell
    whether they have the duty.
    """

    premises: str
    premises_name: str
    duty: str
    name: str
    kind: DutyKind
    rule: str
    source: str
    state: DutyState
    reason: str
    due_on: date | None = None
    days_left: int | None = None
    done_on: date | None = None
    outcome: DutyOutcome | None = None
    missing: list[str] = []


class DutyCount(Struct, frozen=True, kw_only=True):
    """The number of duties in one state."""

    state: DutyState
    count: int


class Duties(Struct, frozen=True, kw_only=True):
    """A page of duties as of *day*, those that are due first before the others.

    *counts* are of all that the filter selects; *next* begins the next page, null after the last.
    """

    day: date
    duties: list[DutyOfPremises]
    counts: list[DutyCount]
    next: str | None


class DutyEventRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An act for *duty* of *premises* on *done_on*, today if absent, and its *outcome*.

    *by* names who did it, who asks if absent. *file* is the SHA-256 of a stored file that proves it. It
    counts until *good_until*, such as the end of an insurance, or the interval of the rule. *corrects*
    is the number of an event that was wrong: it stays in the history, and counts no more.
    """

    premises: Name
    duty: Name
    outcome: DutyOutcome = DutyOutcome.PASSED
    done_on: date | None = None
    by: Actor | None = None
    note: Note = ""
    file: FileHash | None = None
    good_until: date | None = None
    corrects: Annotated[int, Meta(ge=1, le=2**53)] | None = None


class DutyRecord(Struct, frozen=True, kw_only=True):
    """An act for a duty, recorded under *id* by *account* in its *role*.

    *source* is by-hand, drill, live-data or registry, and *source_id* what of it. *corrected_by* is the
    event that took its place.
    """

    id: int
    premises: str
    duty: str
    done_on: date
    outcome: DutyOutcome
    by: str
    account: str
    role: str
    note: str
    file: str | None
    source: str
    source_id: str | None
    good_until: date | None
    corrects: int | None
    corrected_by: int | None
    recorded_at: Micros


class RecordedDuty(Struct, frozen=True, kw_only=True):
    """An *event* as it was recorded, and how its *duty* stands now."""

    event: DutyRecord
    duty: DutyOfPremises


class DutyEventsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The history of *premises*, or of one *duty* of theirs."""

    premises: Name
    duty: Name | None = None


class DutyEvents(Struct, frozen=True, kw_only=True):
    """All that was recorded for *premises*, in the order in which it was."""

    premises: str
    events: list[DutyRecord]


class PointTest(Struct, frozen=True, kw_only=True):
    """A *point* and the day of its last test: by hand, or by live data; null for never."""

    point: str
    place: str
    tested_on: date | None


class PremisesDutiesQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As of *day*, today if absent: only what was done by then counts."""

    day: date | None = None


class PremisesDuties(Struct, frozen=True, kw_only=True):
    """All duties of *premises* as of *day*, those that they do not have with the reason.

    *completeness* is the part of their duties that is not overdue, null without any. *late_to_test* are
    points that were not tested in the interval of the rule, out of *points*.
    """

    premises: str
    name: str
    day: date
    duties: list[DutyOfPremises]
    completeness: float | None
    points: int
    late_to_test: list[PointTest]


class BoardQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As of *day*, today if absent; of one *area* with all below it."""

    day: date | None = None
    area: Name | None = None


class BoardState(StrEnum):
    """The progress of premises that have to be connected."""

    CONNECTED = "connected"
    DECLARED = "declared"
    NEITHER = "neither"


class BoardPremises(Struct, frozen=True, kw_only=True):
    """Premises that have to be connected *by* a day, and how far they are; *live* if heard now."""

    premises: str
    name: str
    state: BoardState
    live: bool
    by: date | None
    days_left: int | None
    connected_on: date | None
    declared_on: date | None


class BoardArea(Struct, frozen=True, kw_only=True):
    """The premises of one *area*, null for those in none, that have to be connected.

    *unknown* are those of which a fact is missing that would decide. *percent* are connected.
    """

    area: str | None
    name: str
    owed: int
    connected: int
    declared: int
    neither: int
    unknown: int
    percent: float | None
    premises: list[BoardPremises]


class Board(Struct, frozen=True, kw_only=True):
    """The deadline board as of *day*: each area, and all of them together.

    *by* is the earliest day by which premises have to be connected, *days_left* the days until then.
    """

    day: date
    by: date | None
    days_left: int | None
    owed: int
    connected: int
    declared: int
    neither: int
    unknown: int
    percent: float | None
    areas: list[BoardArea]


class DutyRuleRow(Struct, frozen=True, kw_only=True):
    """A rule of the registry; *group* and *every* in words of the registry, as JSON text has them."""

    id: str
    duty: str
    name: str
    name_en: str
    kind: DutyKind
    group: dict[str, str | bool | list[str]]
    every: dict[str, int] | None
    once_by: date | None
    valid_from: date
    valid_to: date | None
    done_by: str
    remind_before_days: list[int]
    share: float
    source: str


class DutyRuleList(Struct, frozen=True, kw_only=True):
    """All rules of duties in the registry in use."""

    version: int
    rules: list[DutyRuleRow]
