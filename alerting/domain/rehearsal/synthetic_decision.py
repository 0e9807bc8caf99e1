"""Decides on a fire that is not there, in memory alone: whether an alarm would still be decided.

The decision is alerting's own, by the registry in use. Its effects lead to nothing: no queue, no
incident and no address is within reach.
"""

from collections.abc import Sequence

from alerting.domain.decisions.signal_router import SignalRouter
from alerting.domain.model.effects import Effect, Notify, TimelineEntry, TimelineEvent
from alerting.domain.model.events import ClockSource, StoredSignal
from alerting.domain.notification.center import CENTER
from alerting.domain.rehearsal.premises_in_memory import FireDecision, PremisesInMemory
from contract.messages import Edge, Kind, Scope, Signal
from contract.recovered_fires import MALFORMED
from contract.times import Micros


def would_notify(router: SignalRouter, now: Micros) -> bool:
    """Return whether *router* would confirm a fire *now*, and notify somebody of it.

    The fire is one of a point that nobody registered, of which no more is known: it is confirmed at
    once by the rules, and told to whoever is told where the registry names nobody.
    """
    effects: list[Effect] = []

    def note(decided: FireDecision) -> None:
        effects.extend(decided.effects)

    premises = PremisesInMemory(note)
    premises.now = now
    router.route_signals(premises, [(CENTER, _fire(now))])
    return _is_confirmed(effects) and any(isinstance(each, Notify) for each in effects)


def _is_confirmed(effects: Sequence[Effect]) -> bool:
    return any(
        isinstance(each, TimelineEntry) and each.event is TimelineEvent.CONFIRMED for each in effects
    )


def _fire(now: Micros) -> StoredSignal:
    signal = Signal(
        seq=1,
        kind=Kind.FIRE,
        edge=Edge.RAISED,
        scope=Scope.POINT,
        name="synthetic-fire",
        reason=MALFORMED,
        changed_at=now,
        committed_at=now,
    )
    return StoredSignal(CENTER, CENTER, signal, now, now, ClockSource.GATEWAY)
