"""The forces that are out at open fires, read without points: one small part of each state."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy import bindparam, select

from alerting.domain.model.fire import Phase
from alerting.domain.model.force import Forces, SentForce
from alerting.domain.model.incident import IncidentKind
from alerting.domain.model.training import TRAINING_PART
from alerting.store.tables import incidents
from contract.http.acts import ForceKind
from runtime.prepared import DriverConnection, Prepared

log = structlog.get_logger(__name__)

_OPEN_FIRES = Prepared(
    select(incidents.c.id, incidents.c.premises, incidents.c.state).where(
        incidents.c.phase != Phase.CLOSED.value,
        incidents.c.kind == bindparam("kind_"),
        # Whom somebody sends in a training has not left.
        incidents.c.part.not_like(f"{TRAINING_PART}%"),
    )
)


class _Sent(Struct):
    forces: Forces = ()


_forces = msgspec.json.Decoder(_Sent).decode


@dataclass(frozen=True, slots=True)
class EngagedForce:
    """A *force* that is out at the fire *incident* of *premises*."""

    force: SentForce
    incident: str
    premises: str


Engaged = Mapping[tuple[ForceKind, str], EngagedForce]
"""The forces that are out, each by its kind and id; the latest of two fires counts."""


def engaged_forces(db: DriverConnection) -> Engaged:
    """Return the forces that are out at any open fire; a state that cannot be read has none."""
    found: dict[tuple[ForceKind, str], EngagedForce] = {}
    for row in db.execute(_OPEN_FIRES, {"kind_": IncidentKind.FIRE.value}):
        try:
            forces = _forces(row.state).forces
        except msgspec.MsgspecError as error:
            log.error("forces of an incident cannot be read", incident=row.id, reason=str(error))
            continue
        for force in forces:
            before = found.get(force.key)
            if before is None or before.force.sent_at <= force.sent_at:
                found[force.key] = EngagedForce(force, row.id, row.premises)
    return found
