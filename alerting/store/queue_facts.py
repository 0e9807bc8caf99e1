"""Reads what the rows of a queue need of many incidents at once: deadlines, and who was reached."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import BindParameter, bindparam, select

from alerting.store.statements import DELIVERED, chunks
from alerting.store.tables import deadlines, deliveries, timeline
from contract.ids import IncidentId
from contract.incidents import IncidentKind
from contract.timeline import Entry, TimelineEvent
from contract.times import Micros
from runtime.prepared import DriverConnection, Prepared

_AT_ONCE = 500
_of_some: BindParameter[Any] = bindparam("incidents_", expanding=True)
_DEADLINES = Prepared(
    select(deadlines.c.incident, deadlines.c.key, deadlines.c.due_at).where(
        deadlines.c.incident.in_(_of_some)
    )
)
_TOLD = Prepared(
    select(deliveries.c.incident, deliveries.c.destination, deliveries.c.state)
    .where(deliveries.c.incident.in_(_of_some))
    .distinct()
)
_SAID = Prepared(
    select(
        timeline.c.id,
        timeline.c.at,
        timeline.c.premises,
        timeline.c.incident,
        timeline.c.event,
        timeline.c.reason,
        timeline.c.data,
    )
    .where(timeline.c.incident.in_(_of_some), timeline.c.event.in_(bindparam("events_", expanding=True)))
    .order_by(timeline.c.id)
)
_OF_PEOPLE = [
    each.value for each in (TimelineEvent.SEEN, TimelineEvent.ACKNOWLEDGED, TimelineEvent.ANSWERED)
]


@dataclass(slots=True)
class QueueFacts:
    """The deadlines of an incident, the contacts that were *notified* and *delivered* to, and the
    entries of what people *said* of it.
    """

    deadlines: list[tuple[str, Micros]] = field(default_factory=list)
    notified: set[str] = field(default_factory=set)
    delivered: set[str] = field(default_factory=set)
    said: list[Entry] = field(default_factory=list)


def queue_facts(db: DriverConnection, incidents: Collection[IncidentId]) -> dict[str, QueueFacts]:
    """Return the facts of each of *incidents*: three statements for 500 of them."""
    found: dict[str, QueueFacts] = defaultdict(QueueFacts)
    for some in chunks(list(incidents), _AT_ONCE):
        for row in db.execute(_DEADLINES, {"incidents_": some}):
            found[row.incident].deadlines.append((row.key, row.due_at))
        for row in db.execute(_TOLD, {"incidents_": some}):
            facts = found[row.incident]
            facts.notified.add(row.destination)
            if row.state == DELIVERED:
                facts.delivered.add(row.destination)
        for row in db.execute(_SAID, {"incidents_": some, "events_": _OF_PEOPLE}):
            found[row.incident].said.append(_entry(row))
    return found


def _entry(row: Any) -> Entry:
    return Entry(
        id=row.id,
        at=row.at,
        premises=row.premises,
        incident=row.incident,
        kind=IncidentKind.FIRE,
        event=row.event,
        reason=row.reason,
        data=msgspec.Raw(row.data.encode()),
    )
