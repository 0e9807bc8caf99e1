"""The forces that are out, as whoever asks may know of the incidents at which they are."""

from dataclasses import dataclass

from accounts.domain.rights import Rights
from alerting.http.responses import force_state
from alerting.store.engaged import Engaged
from contract.http.acts import Engagement, ForceKind
from contract.http.permissions import Permission


@dataclass(frozen=True, slots=True)
class EngagedForces:
    """The *forces* that are out, for whoever has *rights*."""

    forces: Engaged
    rights: Rights

    def of(self, kind: ForceKind, name: str) -> Engagement | None:
        """Return where the force *name* is out; None where it is not.

        That it is out is known to all who may send it, the incident only to who may see that.
        """
        found = self.forces.get((kind, name))
        if found is None:
            return None
        is_seen = self.rights.may_in(Permission.INCIDENTS_READ, found.premises)
        return Engagement(
            state=force_state(found.force),
            since=found.force.on_scene_at or found.force.sent_at,
            incident=found.incident if is_seen else None,
        )
