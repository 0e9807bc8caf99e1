"""Reads what proves points and drills from the timeline: some entries at a time, for a job."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from alerting.domain.model.effects import TimelineEvent
from alerting.domain.model.events import DRILL_PART
from alerting.domain.model.incident import IncidentKind
from alerting.domain.model.override import Override
from alerting.domain.model.training import TRAINING_PART
from alerting.store.tables import incident_items, incidents, timeline
from contract.ids import IncidentId
from contract.messages import Edge, Kind, Scope
from contract.times import Micros

ENTRIES = 2_000
"""Entries of the timeline that are looked at at once: some milliseconds."""

_EVENTS = (TimelineEvent.SIGNAL.value, TimelineEvent.CLOSED.value)
_KINDS = (IncidentKind.TEST.value, IncidentKind.DRILL.value, IncidentKind.FIRE.value)


@dataclass(frozen=True, slots=True)
class ProvenPoint:
    """The fire of a *point* of *premises* on test or in a drill, *incident*, reached the center *at*."""

    premises: str
    point: str
    incident: IncidentId
    at: Micros


@dataclass(frozen=True, slots=True)
class FinishedDrill:
    """A *drill* that was closed *at* a moment.

    Of the *fires* that it led to, *taken* were acknowledged; *points* raised them.
    """

    drill: Override
    at: Micros
    fires: int
    taken: int
    points: int


@dataclass(frozen=True, slots=True)
class Proofs:
    """The proofs in the entries up to *reached*; *more* says that others follow."""

    reached: int
    more: bool
    points: tuple[ProvenPoint, ...] = ()
    drills: tuple[FinishedDrill, ...] = ()


class _SignalEntry(msgspec.Struct, frozen=True):
    """The fields of a signal's entry that matter here."""

    kind: str = ""
    edge: str = ""
    scope: str = ""
    name: str = ""


_signal = msgspec.json.Decoder(_SignalEntry).decode


def proofs_after(connection: Connection, after: int) -> Proofs:
    """Return what the next ENTRIES of the timeline *after* an entry prove."""
    newest = connection.scalar(select(func.max(timeline.c.id))) or 0
    reached = min(newest, after + ENTRIES)
    rows = _entries(connection, after, reached)
    raised = [(row, name) for row in rows if (name := _point_in_fire(row)) is not None]
    exercises = _exercises(connection, {row.incident for row, _ in raised if _is_of_fire(row)})
    points = [
        ProvenPoint(row.premises, name, row.incident, row.at)
        for row, name in raised
        if not _is_of_fire(row) or row.incident in exercises
    ]
    drills = [_drill(connection, row) for row in rows if _is_end_of_drill(row)]
    found = tuple(each for each in drills if each is not None)
    return Proofs(reached, reached < newest, tuple(points), found)


def _entries(connection: Connection, after: int, reached: int) -> Sequence[Any]:
    columns = timeline.c.at, timeline.c.premises, timeline.c.incident, timeline.c.event, timeline.c.data
    query = (
        select(*columns, incidents.c.kind)
        .join(incidents, incidents.c.id == timeline.c.incident)
        .where(timeline.c.id > after, timeline.c.id <= reached)
        .where(timeline.c.event.in_(_EVENTS), incidents.c.kind.in_(_KINDS))
    )
    return connection.execute(query.order_by(timeline.c.id)).all()


def _point_in_fire(row: Any) -> str | None:
    """Return the point whose fire the entry in *row* is about; None where it is about another thing."""
    if row.event != TimelineEvent.SIGNAL or row.kind == IncidentKind.DRILL:
        return None
    said = _signal(row.data)
    is_fire = (said.kind, said.edge, said.scope) == (Kind.FIRE, Edge.RAISED, Scope.POINT)
    return said.name if is_fire else None


def _is_of_fire(row: Any) -> bool:
    return bool(row.kind == IncidentKind.FIRE)


def _is_end_of_drill(row: Any) -> bool:
    return bool(row.event == TimelineEvent.CLOSED and row.kind == IncidentKind.DRILL)


def _exercises(connection: Connection, fires: Iterable[str]) -> set[str]:
    """Return those of *fires* that belong to a drill."""
    query = select(incidents.c.id, incidents.c.state).where(incidents.c.id.in_(sorted(fires)))
    return {row.id for row in connection.execute(query) if _is_of_drill(_exercise(row.state).exercise)}


def _is_of_drill(exercise: str | None) -> bool:
    """Return whether *exercise* is a drill; a training proves no point."""
    return exercise is not None and not f"{DRILL_PART}{exercise}".startswith(TRAINING_PART)


class _ExerciseState(msgspec.Struct, frozen=True):
    """The fields of a fire's state that matter here."""

    exercise: str | None = None
    acknowledgements: int = 0


_exercise = msgspec.json.Decoder(_ExerciseState).decode


def _drill(connection: Connection, entry: Any) -> FinishedDrill | None:
    """Return the drill that ended with *entry*; None where it never was in force."""
    state = connection.scalar(select(incidents.c.state).where(incidents.c.id == entry.incident))
    drill = msgspec.json.decode(state or "", type=Override)
    if drill.never_held:
        return None
    points = (
        select(func.count())
        .select_from(incident_items)
        .where(incident_items.c.incident == incidents.c.id)
        .scalar_subquery()
    )
    query = (
        select(incidents.c.state, points.label("points"))
        .where(incidents.c.premises == entry.premises, incidents.c.kind == IncidentKind.FIRE.value)
        .where(incidents.c.opened_at >= drill.begins)
    )
    fires = [(_exercise(row.state), row.points) for row in connection.execute(query)]
    own = [(fire, count) for fire, count in fires if fire.exercise == drill.id]
    taken = sum(fire.acknowledgements > 0 for fire, _ in own)
    return FinishedDrill(drill, entry.at, len(own), taken, sum(count for _, count in own))
