"""Selects the fires of a premises just before and after one: it may be the same fire, burning again."""

from typing import Any

from sqlalchemy import ColumnElement, Select, select

from alerting.domain.model.events import DRILL_PART
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import IncidentKind
from alerting.store.listing import COLUMNS
from alerting.store.store import CenterStore
from alerting.store.tables import incidents
from contract.times import SECOND, Micros

NEAR: Micros = 3_600 * SECOND
"""Time from the end of one fire to the beginning of the next in which they are taken for one matter."""

_DRILL = incidents.c.part.startswith(DRILL_PART, autoescape=True)


def fire_before(store: CenterStore, fire: FireIncident) -> FireIncident | None:
    """Return the fire of the same premises that was closed last in the hour before *fire* began."""
    was_near = incidents.c.closed_at.between(fire.opened_at - NEAR, fire.opened_at)
    began_before = incidents.c.opened_at <= fire.opened_at
    others = _others(fire, was_near, began_before)
    return _first(store, others.order_by(incidents.c.closed_at.desc(), incidents.c.id.desc()))


def fire_after(store: CenterStore, fire: FireIncident) -> FireIncident | None:
    """Return the first fire of the same premises that began in the hour after *fire* was closed."""
    if fire.closed_at is None:
        return None
    is_near = incidents.c.opened_at.between(fire.closed_at, fire.closed_at + NEAR)
    return _first(store, _others(fire, is_near).order_by(incidents.c.opened_at, incidents.c.id))


def _others(fire: FireIncident, *wanted: ColumnElement[bool]) -> Select[Any]:
    """Select the other fires of the premises: an exercise is never the neighbour of a real fire."""
    return select(*COLUMNS, incidents.c.state, incidents.c.revision).where(
        incidents.c.premises == fire.site.id,
        incidents.c.kind == IncidentKind.FIRE.value,
        incidents.c.id != fire.id,
        ~_DRILL if fire.exercise is None else _DRILL,
        *wanted,
    )


def _first(store: CenterStore, query: Select[Any]) -> FireIncident | None:
    found = store.incidents.read(store.connection.execute(query.limit(1)).all())
    return next((each for each in found if isinstance(each, FireIncident)), None)
