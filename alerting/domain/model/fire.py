"""One fire at one premises, from the first suspicion to its closing."""

import hashlib
from typing import Any

from msgspec import Struct

from alerting.domain.model.incident import Incident
from alerting.domain.model.rule import Rule, TypeB
from alerting.domain.model.signal_order import SignalOrder
from contract import incidents as wire
from contract.ids import IncidentId
from contract.times import Micros

Phase = wire.FirePhase
"""The phase of a fire, as every interface names it."""


TRANSITIONS: dict[Phase, frozenset[Phase]] = {
    Phase.SUSPECTED: frozenset({Phase.CONFIRMED, Phase.ACKNOWLEDGED, Phase.CLOSED}),
    Phase.CONFIRMED: frozenset({Phase.ACKNOWLEDGED, Phase.DISPATCHED, Phase.CLOSED}),
    # A suspicion that somebody took may still be confirmed; then it must be taken as a fire. One that
    # nobody goes on with is open again.
    Phase.ACKNOWLEDGED: frozenset({Phase.SUSPECTED, Phase.CONFIRMED, Phase.DISPATCHED, Phase.CLOSED}),
    Phase.DISPATCHED: frozenset({Phase.SUSPECTED, Phase.CONFIRMED, Phase.ON_SCENE, Phase.CLOSED}),
    # Also where forces went to a mere suspicion.
    Phase.ON_SCENE: frozenset({Phase.CONFIRMED, Phase.UNDER_CONTROL, Phase.CLOSED}),
    # It may flare up again.
    Phase.UNDER_CONTROL: frozenset({Phase.CONFIRMED, Phase.ON_SCENE, Phase.CLOSED}),
    Phase.CLOSED: frozenset(),
}
"""The phases that may follow each phase."""


class IllegalTransition(Exception):
    """A decision wanted a transition that the table forbids: a mistake in the program."""


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
    def standing(self) -> bool:
        """Whether the point is still in fire, by its latest signal."""
        return self.restored_at is None


class FireIncident(Incident, frozen=True, kw_only=True):
    """The state of one fire. *exercise* names the drill that it belongs to, if any."""

    phase: Phase
    points: dict[str, PointInFire]
    confirmed_at: Micros | None = None
    unconfirmed: int = 0
    spreads: int = 0
    suspicion_notified: bool = False
    escalations: int = 0
    progress: int = 0
    skipped_stages: tuple[int, ...] = ()
    exercise: str | None = None

    def with_phase(self, phase: Phase, **changes: Any) -> "FireIncident":
        """Return the incident in *phase*, with *changes*; raises IllegalTransition where the table
        forbids it.
        """
        if phase not in TRANSITIONS[self.phase]:
            raise IllegalTransition(f"incident {self.id}: {self.phase} to {phase}")
        return self.replaced(phase=phase, **changes)

    def rekeyed(self) -> "FireIncident":
        """Return the incident with its points by their keys.

        This reads incidents that were stored when a registered point was known by its bare name.
        """
        if all("/" in key for key in self.points):
            return self
        return self.replaced(points={point.key: point for point in self.points.values()})

    @property
    def standing(self) -> tuple[PointInFire, ...]:
        """The points that are still in fire, by their latest signals."""
        return tuple(point for point in self.points.values() if point.standing)

    @property
    def gateways(self) -> tuple[str, ...]:
        """The gateways whose points take part."""
        return tuple(sorted({point.gateway for point in self.points.values()}))

    @property
    def zones(self) -> tuple[str, ...]:
        """The registered zones in fire, in the order in which they joined."""
        return tuple(dict.fromkeys(point.zone for point in self.points.values() if point.zone))


_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, in lower case


def incident_id(at: Micros, *cause: object) -> IncidentId:
    """Return an id that sorts by time and is always the same for the same *cause*."""
    spread = int.from_bytes(hashlib.sha256(repr(cause).encode()).digest()[:4], "big")
    return IncidentId(_digits(at // 1000, 10) + _digits(spread, 6))


def _digits(number: int, width: int) -> str:
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(width)))
