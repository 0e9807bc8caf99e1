"""Selects and orders the incidents of a list, so that an open fire is never behind what weighs less."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from alerting.domain.model.events import DRILL_PART
from alerting.domain.model.fire import Phase
from alerting.domain.model.incident import Incident, IncidentKind
from alerting.store.tables import incidents
from contract.ids import IncidentId
from contract.times import Micros

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


def first_of(which: str, kinds: Collection[str], limit: int) -> Select[Any]:
    """Select up to *limit* incidents of *kinds*: open before closed, fires first, newest first."""
    query = select(*COLUMNS, incidents.c.state, incidents.c.revision).where(*_selected(which, kinds))
    return query.order_by(*_ORDER).limit(limit)


def number_of(which: str, kinds: Collection[str]) -> Select[Any]:
    """Count the incidents of *kinds*; *which* is ``open``, ``closed`` or ``all``."""
    return select(func.count()).select_from(incidents).where(*_selected(which, kinds))


def _selected(which: str, kinds: Collection[str]) -> list[ColumnElement[bool]]:
    phases = {"all": [], "open": [~_CLOSED], "closed": [_CLOSED]}
    return [incidents.c.kind.in_([str(each) for each in kinds]), *phases[which]]
