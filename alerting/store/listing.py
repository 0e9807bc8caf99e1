"""Selects and orders the incidents of a list, so that an open fire is never behind what weighs less."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Select, and_, case, func, or_, select

from alerting.domain.model.events import DRILL_PART
from alerting.domain.model.fire import Phase
from alerting.domain.model.incident import Incident, IncidentKind
from alerting.domain.model.override import OVERRIDES
from alerting.store.tables import incidents
from contract.ids import IncidentId
from contract.times import Micros
from runtime.among import among

_CLOSED = incidents.c.phase == Phase.CLOSED.value
_FIRE = incidents.c.kind == IncidentKind.FIRE.value
_DRILL = incidents.c.part.startswith(DRILL_PART, autoescape=True)
_UNOWNED = incidents.c.phase.in_([Phase.SUSPECTED.value, Phase.CONFIRMED.value])

# Fires that nobody took, fires, fires of a drill, faults, supervisory signals, what people ordered.
_GRAVITY = case(
    (and_(_FIRE, ~_DRILL, _UNOWNED), 0),
    (and_(_FIRE, ~_DRILL), 1),
    (_FIRE, 2),
    (incidents.c.kind == IncidentKind.FAULT.value, 3),
    (incidents.c.kind == IncidentKind.SUPERVISORY.value, 4),
    else_=5,
)

_ORDER = case((_CLOSED, 1), else_=0), _GRAVITY, incidents.c.opened_at.desc(), incidents.c.id.desc()

COLUMNS = tuple(incidents.c[name] for name in ("id", "kind", "premises", "part", "phase", "opened_at"))


@dataclass(frozen=True, slots=True)
class DamagedIncident:
    """An incident whose stored state cannot be read: all that its row says of it."""

    id: IncidentId
    kind: str
    premises: str
    part: str
    phase: str
    opened_at: Micros


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """The first incidents of a list, and how many the whole list has."""

    incidents: list[Incident | DamagedIncident]
    total: int


@dataclass(frozen=True, slots=True)
class Listed:
    """The incidents of *kinds*, *which* is ``open``, ``closed`` or ``all``, *within* premises.

    Without premises named the list is of all of them, and without *ids* of all incidents. It goes on
    *after* an id in the order of ids, where that is not None.
    """

    which: str
    kinds: Collection[str]
    within: Collection[str] | None = None
    ids: Collection[IncidentId] | None = None
    after: str | None = None


def first_of(listed: Listed, limit: int, dialect: Dialect) -> Select[Any]:
    """Select up to *limit* incidents: open before closed, fires first, newest first."""
    query = select(*COLUMNS, incidents.c.state, incidents.c.revision).where(*_selected(listed, dialect))
    order = _ORDER if listed.after is None else (incidents.c.id,)
    return query.order_by(*order).limit(limit)


def overrides_since(premises: str, since: Micros) -> Select[Any]:
    """Select the overrides of *premises* that are open, or ended after *since*."""
    of_premises = incidents.c.premises == premises, incidents.c.kind.in_(sorted(OVERRIDES))
    counts = or_(~_CLOSED, incidents.c.closed_at > since)
    return select(*COLUMNS, incidents.c.state, incidents.c.revision).where(*of_premises, counts)


def number_of(listed: Listed, dialect: Dialect) -> Select[Any]:
    """Count the incidents of a list."""
    return select(func.count()).select_from(incidents).where(*_selected(listed, dialect))


def _selected(listed: Listed, dialect: Dialect) -> list[ColumnElement[bool]]:
    phases = {"all": [], "open": [~_CLOSED], "closed": [_CLOSED]}
    named = [] if listed.ids is None else [incidents.c.id.in_(sorted(listed.ids))]
    behind = [incidents.c.id > listed.after] if listed.after else []
    return [
        *named,
        *behind,
        incidents.c.kind.in_([str(each) for each in listed.kinds]),
        among(incidents.c.premises, listed.within, dialect),
        *phases[listed.which],
    ]
