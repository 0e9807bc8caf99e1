"""One fire at one premises, from the first suspicion to its closing."""

from typing import Any

from msgspec import Struct

from alerting.domain.model.force import Forces
from alerting.domain.model.incident import Incident
from alerting.domain.model.information_given import InformationGiven
from alerting.domain.model.point_in_fire import PointInFire
from alerting.domain.model.points_in_fire import PointsInFire
from alerting.domain.model.reasons import DecisionReason
from contract import incidents as wire
from contract.times import Micros

Phase = wire.FirePhase
"""The phase of a fire, as every interface names it."""


TRANSITIONS: dict[Phase, frozenset[Phase]] = {
    Phase.SUSPECTED: frozenset({Phase.CONFIRMED, Phase.ACKNOWLEDGED, Phase.CLOSED}),
    # Steps are skipped where a person says why.
    Phase.CONFIRMED: frozenset(
        {Phase.ACKNOWLEDGED, Phase.DISPATCHED, Phase.ON_SCENE, Phase.UNDER_CONTROL, Phase.CLOSED}
    ),
    # A suspicion that somebody took may still be confirmed; then it must be taken as a fire. One that
    # nobody goes on with is open again.
    Phase.ACKNOWLEDGED: frozenset(
        {
            *(Phase.SUSPECTED, Phase.CONFIRMED, Phase.DISPATCHED),
            *(Phase.ON_SCENE, Phase.UNDER_CONTROL, Phase.CLOSED),
        }
    ),
    Phase.DISPATCHED: frozenset(
        {Phase.SUSPECTED, Phase.CONFIRMED, Phase.ON_SCENE, Phase.UNDER_CONTROL, Phase.CLOSED}
    ),
    # Also where forces went to a mere suspicion. One of which no news comes is open again.
    Phase.ON_SCENE: frozenset({Phase.SUSPECTED, Phase.CONFIRMED, Phase.UNDER_CONTROL, Phase.CLOSED}),
    # It may flare up again.
    Phase.UNDER_CONTROL: frozenset({Phase.SUSPECTED, Phase.CONFIRMED, Phase.ON_SCENE, Phase.CLOSED}),
    Phase.CLOSED: frozenset(),
}
"""The phases that may follow each phase."""


UNVERIFIED_PART = "!"
"""The part of the fires of a premises that their gateways did not sign; no building's name begins so."""


class IllegalTransition(Exception):
    """A decision wanted a transition that the table forbids: a mistake in the program."""


NEWS_NAMED = 20
"""Points that a message of a spread names, at most; it counts the others."""


class SpreadNews(Struct, frozen=True):
    """The points that joined a fire since the last message of its spread, for a common *reason*.

    *count* is how many signals they are, *latest* the keys of the latest ones. They are *minor* where
    each is another detector of a zone that burns already.
    """

    count: int = 0
    latest: tuple[str, ...] = ()
    reason: str = ""
    minor: bool = True

    def having(self, point: PointInFire, *, reason: str, minor: bool) -> "SpreadNews":
        """Return the news with *point* as the latest; another point is the stronger reason."""
        others = tuple(key for key in self.latest if key != point.key)
        kept = self.reason if self.reason == DecisionReason.ANOTHER_POINT_IN_FIRE else reason
        return SpreadNews(
            self.count + (point.key not in self.latest),
            (*others, point.key)[-NEWS_NAMED:],
            kept,
            self.minor and minor,
        )


class CloseWish(Struct, frozen=True):
    """The wish of *by*, of *account*, that a second one approves *until* then: to close the fire.

    It waits *since* then; 0 in a state stored before that was kept.
    """

    by: str
    account: str
    outcome: wire.Outcome
    until: Micros
    cause: wire.IncidentCause | None = None
    since: Micros = 0


class FireIncident(Incident, frozen=True, kw_only=True):
    """The state of one fire. *exercise* names the drill that it belongs to, if any.

    *latest* is the key of the point that raised fire last; *began* is when the first of its own points
    did, 0 in a state stored before that was kept. *spreads* counts the points that joined it,
    *spread_messages* the messages about them, the last one at *spread_at*; *news* waits for the next.
    *heard_from* is who took it or reported a step last, at *heard_at*. It was open again last at
    *reopened_at*, None where it never was. *closing* waits for a second person, for the *asked*-th time.
    *answers* are what people said of it, *forces* were sent to it.
    """

    phase: Phase
    points: PointsInFire
    latest: str = ""
    began: Micros = 0
    confirmed_at: Micros | None = None
    unconfirmed: int = 0
    spreads: int = 0
    spread_messages: int = 0
    spread_at: Micros = 0
    news: SpreadNews | None = None
    suspicion_notified: bool = False
    escalations: int = 0
    progress: int = 0
    heard_from: str = ""
    heard_at: Micros = 0
    reopened_at: Micros | None = None
    closing: CloseWish | None = None
    asked: int = 0
    skipped_stages: tuple[int, ...] = ()
    exercise: str | None = None
    answers: tuple[InformationGiven, ...] = ()
    forces: Forces = ()

    def with_phase(self, phase: Phase, **changes: Any) -> "FireIncident":
        """Return the incident in *phase*, with *changes*; raises IllegalTransition where the table
        forbids it.
        """
        if phase not in TRANSITIONS[self.phase]:
            raise IllegalTransition(f"incident {self.id}: {self.phase} to {phase}")
        return self.replaced(phase=phase, **changes)

    def having(self, point: PointInFire) -> "FireIncident":
        """Return the incident with *point*, which raised fire, as its latest."""
        began = self.began
        if not point.carried:
            began = min(self.began or point.raised[0], point.raised[0])
        return self.replaced(points=self.points.having(point), latest=point.key, began=began)

    @property
    def is_unverified(self) -> bool:
        """Whether nobody knows who reported it: it lacks the signature of its gateway."""
        return self.part == UNVERIFIED_PART

    @property
    def latest_point(self) -> PointInFire | None:
        """The point that raised fire last; the last one that joined where that was not kept."""
        known = self.points.get(self.latest)
        return known if known is not None else next(iter(self.points.own_first[-1:]), None)

    @property
    def standing(self) -> tuple[PointInFire, ...]:
        """The points that are still in fire, by their latest signals."""
        return tuple(self.points.still_standing())

    @property
    def gateways(self) -> tuple[str, ...]:
        """The gateways whose points take part."""
        return tuple(sorted(self.points.gateways))

    @property
    def zones(self) -> tuple[str, ...]:
        """The registered zones in fire, in the order in which they joined."""
        return tuple(self.points.zones)
