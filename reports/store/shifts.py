"""Reads the hand-overs of shifts."""

from collections.abc import Collection, Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, text

from contract.http.shifts import OpenMatter
from reports.domain.period import ReportPeriod
from reports.domain.shift_wording import ReportedHandOver, ReportedMatter, ReportedSignature

_HAND_OVERS = text(
    "SELECT id, name, at, note, areas, matters, total, received_name, received_at, received_note "
    "FROM shift_hand_overs WHERE at >= :since AND at < :until ORDER BY id"
)

Areas = Collection[str] | None
"""The areas whose shifts may be read; None for all."""

_matters = msgspec.json.Decoder(list[OpenMatter]).decode
_areas = msgspec.json.Decoder(list[str] | None).decode


def hand_overs_of(
    connection: Connection, period: ReportPeriod, *, areas: Areas
) -> Iterator[ReportedHandOver]:
    """Yield the hand-overs of *period* of shifts that watched *areas* alone, the first one first."""
    about = {"since": period.since, "until": period.until}
    for row in connection.execute(_HAND_OVERS, about):
        if _is_within(_areas(row.areas), areas):
            yield _reported(row)


def _is_within(watched: Collection[str] | None, areas: Areas) -> bool:
    """Return whether whoever may read *areas* may read all that the shift *watched*; None is all."""
    if areas is None:
        return True
    return bool(watched) and set(watched or ()) <= set(areas)


def _reported(row: Any) -> ReportedHandOver:
    received = None
    if row.received_at is not None:
        received = ReportedSignature(row.received_name, row.received_at, row.received_note)
    given = ReportedSignature(row.name, row.at, row.note)
    matters = [
        ReportedMatter(
            each.kind, each.incident, each.name or each.premises, each.owner or "", each.opened_at
        )
        for each in _matters(row.matters)
    ]
    return ReportedHandOver(row.id, given, received, row.total, matters)
