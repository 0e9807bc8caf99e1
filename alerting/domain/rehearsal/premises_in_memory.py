"""Fires of premises in memory: the state on which recorded signals are decided again."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from alerting.domain.confirmation.subject import OutOfService
from alerting.domain.decisions.decide import decide_fire
from alerting.domain.model.effects import Effect
from alerting.domain.model.events import (
    Event,
    FireSignalStored,
    StoredSignal,
    TestSignalStored,
    TroubleFound,
    TroubleSignalStored,
)
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import Incident, IncidentKind
from alerting.domain.model.override import Override
from alerting.domain.model.signal_order import SignalOrder
from alerting.domain.model.trouble import Trouble
from alerting.domain.rehearsal.conditions import StandingConditions
from contract.messages import Kind
from contract.times import Micros


@dataclass(frozen=True, slots=True)
class FireDecision:
    """The result of an *event* for a fire, which is *after* now."""

    before: FireIncident | None
    after: FireIncident
    event: Event
    effects: Sequence[Effect]


class PremisesInMemory:
    """A ``DecisionContext`` without a database: it keeps fires, and neither troubles nor drills.

    *on_decision* is called with each decision; *overrides* are those that were ever ordered.
    """

    def __init__(
        self, on_decision: Callable[[FireDecision], None], overrides: Iterable[Override] = ()
    ) -> None:
        self.now: Micros = 0
        self.conditions = StandingConditions()
        self._on_decision = on_decision
        self._open: dict[str, dict[str, FireIncident]] = defaultdict(dict)
        self._last_closed: dict[tuple[str, str], FireIncident] = {}
        self._overrides: dict[str, list[tuple[Override, Micros]]] = defaultdict(list)
        for each in overrides:
            self._keep_override(each)

    def note_open(self, incidents: Iterable[Incident]) -> None:
        """Begin with the fires, tests and drills among *incidents*, which are open already."""
        for each in incidents:
            if isinstance(each, FireIncident):
                self._keep_fire(each.site.id, each)
            elif isinstance(each, Override):
                self._keep_override(each)

    def fires(self, premises: str) -> list[FireIncident]:
        """The open fires of *premises*."""
        return list(self._open.get(premises, {}).values())

    def all_fires(self) -> list[FireIncident]:
        """The open fires of all premises."""
        return [fire for parts in self._open.values() for fire in parts.values()]

    def troubles(self, _premises: str) -> Sequence[Trouble]:
        """No troubles: they decide nothing about fires."""
        return ()

    def overrides(self, premises: str) -> list[Override]:
        """The tests and drills of *premises* that were open at this moment."""
        known = self._overrides.get(premises, ())
        return [each for each, end in known if each.opened_at <= self.now < end]

    def open_incident(self, premises: str, kind: IncidentKind, part: str) -> FireIncident | None:
        """The open fire of *part* of *premises*."""
        return self._open.get(premises, {}).get(part) if kind is IncidentKind.FIRE else None

    def last_closed_fire(self, premises: str, part: str) -> FireIncident | None:
        """The fire of *part* of *premises* that was closed last."""
        return self._last_closed.get((premises, part))

    def out_of_service(self, premises: str) -> OutOfService | None:
        """The points and gateways of *premises* that are out of service by their conditions."""
        return self.conditions.out_of_service(premises)

    def restored_since(self, premises: str, point: tuple[str, str], order: SignalOrder) -> Micros | None:
        """Return when *point*, a gateway and a name, was restored after its fire signal at *order*."""
        return self.conditions.restored_since(premises, point, order)

    def raised_signals(
        self, premises: str, *, kinds: Collection[Kind], since: Micros
    ) -> list[StoredSignal]:
        """The signals that raised the standing conditions of points, from *since* on, oldest first."""
        return self.conditions.raised_signals(premises, kinds=kinds, since=since)

    def apply_event(self, premises: str, incident: Incident | None, event: Event) -> Incident | None:
        """Decide what becomes of a fire by *event*; other incidents and drills are left out."""
        if isinstance(event, TroubleSignalStored | TroubleFound | TestSignalStored):
            return incident
        if isinstance(event, FireSignalStored) and event.drill is not None:
            return incident
        before = incident if isinstance(incident, FireIncident) else None
        after, effects = decide_fire(before, event, self.now)
        if after is not None:
            self._keep_fire(premises, after)
            self._on_decision(FireDecision(before, after, event, effects))
        return after

    def _keep_override(self, override: Override) -> None:
        ordered = override.replaced(closed_at=None)
        self._overrides[override.site.id].append((ordered, end_of_override(override)))

    def _keep_fire(self, premises: str, fire: FireIncident) -> None:
        if fire.is_open:
            self._open[premises][fire.part] = fire
        else:
            self._open[premises].pop(fire.part, None)
            self._last_closed[premises, fire.part] = fire

    def check_standing_alarms(self, premises: str) -> None:
        """Nothing: standing alarms are troubles."""


def end_of_override(override: Override) -> Micros:
    """Return when *override* ended, or will."""
    return override.ends if override.closed_at is None else override.closed_at
