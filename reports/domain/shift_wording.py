"""Makes the report on shifts: who handed over to whom, what was open, and the fires of the period."""

from collections.abc import Sequence
from dataclasses import dataclass

from contract.incidents import IncidentKind
from contract.times import Micros
from reports.domain.document import ReportDocument, ReportTable, Value, ValueKind
from reports.domain.keys import ColumnName, TableName
from reports.domain.wording import ReportHead
from words.catalogue import family

KINDS = family("case", IncidentKind)

C, K = ColumnName, ValueKind


@dataclass(frozen=True, slots=True)
class ReportedMatter:
    """An incident that was open at a hand-over."""

    kind: IncidentKind
    incident: str
    name: str
    owner: str
    opened_at: Micros


@dataclass(frozen=True, slots=True)
class ReportedSignature:
    """The signature of a person, and the note of it."""

    by: str
    at: Micros
    note: str


@dataclass(frozen=True, slots=True)
class ReportedHandOver:
    """A hand-over; *received* is None until the person who takes the shift has signed."""

    number: int
    given: ReportedSignature
    received: ReportedSignature | None
    total: int
    matters: Sequence[ReportedMatter]


def shifts_table(head: ReportHead, hand_overs: Sequence[ReportedHandOver]) -> ReportTable:
    """Return the table of hand-overs, each with both signatures."""
    columns = [
        (C.NUMBER, K.COUNT),
        (C.GIVEN_BY, K.TEXT),
        (C.GIVEN_AT, K.MOMENT),
        (C.GIVEN_NOTE, K.TEXT),
        (C.RECEIVED_BY, K.TEXT),
        (C.RECEIVED_AT, K.MOMENT),
        (C.RECEIVED_NOTE, K.TEXT),
        (C.OPEN_MATTERS, K.COUNT),
    ]
    rows = [
        (
            each.number,
            *_signature(head, each.given),
            *_signature(head, each.received),
            each.total,
        )
        for each in hand_overs
    ]
    return head.table(TableName.HAND_OVERS, columns, rows)


def _signature(head: ReportHead, signature: ReportedSignature | None) -> tuple[Value, Value, Value]:
    if signature is None:
        return head.words.text("report.not_signed"), None, ""
    return signature.by, head.period.local(signature.at), signature.note


def matters_table(head: ReportHead, hand_overs: Sequence[ReportedHandOver]) -> ReportTable:
    """Return the table of what was open at each of *hand_overs*."""
    columns = [
        (C.NUMBER, K.COUNT),
        (C.KIND, K.TEXT),
        (C.INCIDENT, K.TEXT),
        (C.NAME, K.TEXT),
        (C.OPENED_AT, K.MOMENT),
        (C.OWNER, K.TEXT),
    ]
    rows = [
        (
            each.number,
            head.words.name(KINDS, matter.kind),
            matter.incident,
            matter.name,
            head.period.local(matter.opened_at),
            matter.owner,
        )
        for each in hand_overs
        for matter in each.matters
    ]
    return head.table(TableName.MATTERS, columns, rows)


def shifts_document(
    head: ReportHead, hand_overs: Sequence[ReportedHandOver], fires: ReportTable
) -> ReportDocument:
    """Return the report on shifts, with the table of *fires*."""
    return head.document(shifts_table(head, hand_overs), fires, matters_table(head, hand_overs))
