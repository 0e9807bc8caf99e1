"""Names the fires of the same premises just before and just after one, as the interface shows them."""

import msgspec

from alerting.domain.model.fire import FireIncident
from alerting.store.neighbouring_fires import fire_after, fire_before
from alerting.store.store import CenterStore
from contract.http import incidents as wire
from contract.http.incidents import NeighbouringFire


def with_neighbours(
    store: CenterStore, fire: FireIncident, shown: wire.FireIncident
) -> wire.FireIncident:
    """Return *shown*, which is *fire*, with the fires before and after it, if any."""
    return msgspec.structs.replace(
        shown, earlier=_named(fire_before(store, fire)), later=_named(fire_after(store, fire))
    )


def _named(fire: FireIncident | None) -> NeighbouringFire | None:
    if fire is None:
        return None
    return NeighbouringFire(
        id=fire.id,
        opened_at=fire.opened_at,
        closed_at=fire.closed_at,
        closed_by=fire.closed_by,
        outcome=fire.outcome,
    )
