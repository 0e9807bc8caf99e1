"""Reads incidents, by statements that share nothing with those of alerting (docs/adr/0062)."""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import BindParameter, Connection, bindparam, text

from contract.incidents import IncidentKind
from contract.times import Micros
from reports.domain.incident_fact import NOT_NAMED, IncidentFact, PointName, reported_outcome
from reports.domain.response import STEP_EVENTS, ResponseStep, StepEntry, StepReader

ROWS_AT_ONCE = 500
"""Incidents in memory at a time: about a megabyte."""

DRILL_PART = "~"
"""The beginning of the part of a fire in a drill (docs/protocol.md, 8); two of them begin that of a
training, which no figure counts.
"""

_OPENED = text(
    "SELECT id, premises, kind, part, phase, opened_at, closed_at, state FROM incidents "
    "WHERE opened_at >= :since AND opened_at < :until AND part NOT LIKE '~~%'"
)
_REACHING = text(
    "SELECT id, premises, kind, part, phase, opened_at, closed_at, state FROM incidents "
    "WHERE opened_at < :since AND kind = 'fire' AND (closed_at IS NULL OR closed_at >= :since) "
    "AND part NOT LIKE '~~%'"
)
_IDS: BindParameter[Any] = bindparam("incidents", expanding=True)
_FIRST_POINTS = text(
    "SELECT incident, state FROM incident_items WHERE incident IN :incidents ORDER BY incident, place"
).bindparams(_IDS)
_STEPS = text(
    "SELECT incident, event, at, reason, CASE WHEN event IN ('signal', 'clock') THEN data END AS data "
    "FROM timeline WHERE incident IN :incidents AND event IN :events ORDER BY incident, id"
).bindparams(_IDS, bindparam("events", expanding=True))


class StoredOutcome(Struct, frozen=True):
    """The part of an incident's stored state that figures need."""

    outcome: str | None = None
    cause: str | None = None
    exercise: str | None = None


class StoredPoint(Struct, frozen=True):
    """The part of a stored point in fire that figures need."""

    gateway: str = ""
    name: str = ""
    carried: bool = False


_state = msgspec.json.Decoder(StoredOutcome).decode
_point = msgspec.json.Decoder(StoredPoint).decode

Within = Collection[str] | None
"""The premises that may be read; None for all."""


def incidents_of(
    connection: Connection, since: Micros, until: Micros, *, within: Within
) -> Iterator[IncidentFact]:
    """Yield the incidents that were opened from *since* on and before *until*, and older fires that
    were open at *since*, of premises *within*.
    """
    about = {"since": since, "until": until}
    streamed = connection.execution_options(yield_per=ROWS_AT_ONCE)
    for query in (_REACHING, _OPENED):
        found = (
            row for row in streamed.execute(query, about) if within is None or row.premises in within
        )
        while rows := list(islice(found, ROWS_AT_ONCE)):
            points = _points_of(connection, [row.id for row in rows if row.kind == IncidentKind.FIRE])
            yield from (_fact(row, points.get(row.id)) for row in rows)


def steps_of(connection: Connection, fires: Collection[str]) -> dict[str, dict[ResponseStep, Micros]]:
    """Return when each step of each of *fires* was reached."""
    readers = {each: StepReader() for each in fires}
    about = {"incidents": sorted(fires), "events": sorted(STEP_EVENTS)}
    for row in connection.execution_options(yield_per=ROWS_AT_ONCE).execute(_STEPS, about):
        data = {} if row.data is None else msgspec.json.decode(row.data, type=dict[str, Any])
        readers[row.incident].add(StepEntry(row.event, row.at, row.reason, data))
    return {name: reader.steps() for name, reader in readers.items()}


def _points_of(connection: Connection, fires: Collection[str]) -> dict[str, PointName]:
    """Return the point that raised each of *fires* first; points of an earlier fire did not."""
    found = dict[str, PointName]()
    if not fires:
        return found
    for row in connection.execute(_FIRST_POINTS, {"incidents": sorted(fires)}):
        if row.incident not in found and (point := _readable_point(row.state)) is not None:
            found[row.incident] = point
    return found


def _readable_point(stored: str) -> PointName | None:
    try:
        point = _point(stored)
    except msgspec.MsgspecError:
        return None
    return None if point.carried else PointName(point.gateway, point.name)


def _fact(row: Any, point: PointName | None) -> IncidentFact:
    try:
        state = _state(row.state)
    except msgspec.MsgspecError:  # spoiled by hand: the row still counts
        state = StoredOutcome()
    return IncidentFact(
        id=row.id,
        premises=row.premises,
        kind=IncidentKind(row.kind),
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        outcome=reported_outcome(state.outcome, is_closed=row.closed_at is not None),
        cause=state.cause or NOT_NAMED,
        is_exercise=row.part.startswith(DRILL_PART),
        point=point,
    )
