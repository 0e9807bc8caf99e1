"""A point that reported fire in an incident: its signals, its rule and its wait."""

from msgspec import Struct

from alerting.domain.model.rule import Rule, TypeB
from alerting.domain.model.signal_order import SignalOrder
from contract.quantities import COMMON_ALARM
from contract.times import Micros
from registry.model.places import PointKind


def point_key(gateway: str, name: str) -> str:
    """Return the key of a point of a premises, which no registry changes."""
    return f"{gateway}/{name}"


class PointInFire(Struct, frozen=True):
    """A point that reported fire in this incident.

    *raised* are the moments of its latest fire signals, by the trusted clock. *due* ends its wait for
    confirmation; None once that was decided. *notified* is true once somebody was notified of it.
    *epoch*, *seq*, *happened_at* and *committed_at* are those of its latest signal; the times are 0 in
    a state stored before they were kept. *carried* is true where it stood already before the incident,
    and has not raised fire in it.

    *rule* is that of its zone; *unavailable_partners* names the points that could confirm it by that
    rule, if all of them are out of service. *waits_from* is when it raised fire as its present wait
    began, *returns* those of *raised* that came after a restoration, *quantities* all that it reported
    fire by. *stood* is for how long it was in fire in its present wait, up to its last restoration.
    """

    gateway: str
    name: str
    zone: str | None
    zone_name: str
    place: str
    detector: str | None
    quantity: str | None
    value: float | None
    epoch: str
    seq: int
    changed_at: Micros
    raised: tuple[Micros, ...]
    due: Micros | None
    restored_at: Micros | None = None
    notified: bool = False
    happened_at: Micros = 0
    committed_at: Micros = 0
    carried: bool = False
    rule: Rule = TypeB()
    unavailable_partners: tuple[str, ...] = ()
    waits_from: Micros = 0
    returns: tuple[Micros, ...] = ()
    quantities: tuple[str, ...] = ()
    stood: Micros = 0

    @property
    def key(self) -> str:
        """The key of the point at its premises."""
        return point_key(self.gateway, self.name)

    @property
    def order(self) -> SignalOrder:
        """The place of its latest signal among those of the point."""
        return SignalOrder(self.epoch, self.seq, self.happened_at, self.committed_at)

    @property
    def is_common(self) -> bool:
        """Whether its panel reported fire alone and not of which point: it may be any of its gateway."""
        return {self.quantity, *self.quantities} == {COMMON_ALARM}

    @property
    def is_call_point(self) -> bool:
        """Whether a person raises fire by it."""
        return self.detector == PointKind.MANUAL

    @property
    def standing(self) -> bool:
        """Whether the point is still in fire, by its latest signal."""
        return self.restored_at is None
