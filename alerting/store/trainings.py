"""The open trainings, found by the part of their fires."""

from typing import NamedTuple

from sqlalchemy import bindparam, select

from alerting.domain.model.fire import Phase
from alerting.domain.model.training import TRAINING_PART
from alerting.store.tables import incidents
from contract.ids import IncidentId
from contract.times import Micros
from runtime.prepared import DriverConnection, Prepared

_OPEN = Prepared(
    select(incidents.c.id, incidents.c.part, incidents.c.opened_at).where(
        incidents.c.phase != Phase.CLOSED.value,
        incidents.c.kind == bindparam("kind_"),
        incidents.c.part.startswith(TRAINING_PART),
    )
)


class OpenTraining(NamedTuple):
    """A training that was opened at a moment; its *part* names who trains."""

    id: IncidentId
    part: str
    opened_at: Micros


def open_trainings(db: DriverConnection) -> list[OpenTraining]:
    """Return the trainings that are open."""
    rows = db.execute(_OPEN, {"kind_": "fire"})
    return [OpenTraining(IncidentId(row.id), row.part, row.opened_at) for row in rows]
