"""Routes stored signals: alarms to fires, faults to troubles, those of points on test to the test."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from alerting.domain.decisions.decision_context import DecisionContext
from alerting.domain.decisions.partner_search import (
    loses_gateway,
    partners_of_subject,
    search_partners,
    takes_out_of_service,
)
from alerting.domain.decisions.premises_rules import PremisesRules
from alerting.domain.model.condition import condition_of
from alerting.domain.model.events import (
    Close,
    FireSignalStored,
    GatewayLost,
    SignalSubject,
    StoredSignal,
    TestSignalStored,
    TroubleSignalStored,
)
from alerting.domain.model.incident import INCIDENT_KIND_OF, IncidentKind, Outcome
from alerting.domain.model.override import OF_POINTS, Override
from alerting.domain.model.point_in_fire import PointInFire, point_key
from alerting.domain.model.trouble import part_of
from alerting.domain.watch.standing_alarm import is_standing_alarm
from contract.ids import GatewayKey
from contract.messages import Edge, Kind, Scope
from contract.times import Micros

TROUBLES = frozenset(
    kind for kind, incident in INCIDENT_KIND_OF.items() if incident is not IncidentKind.FIRE
)
"""The kinds of signal that belong to a trouble."""

PremisesSignal = tuple[str, StoredSignal]
"""Premises, and a signal that is stored there for the first time."""


@dataclass(frozen=True, slots=True)
class SignalRouter:
    """Routes signals by *rules*; *late_grace* is what a fire that arrives late waits at least."""

    rules: PremisesRules
    late_grace: Micros

    def route_signals(
        self,
        context: DecisionContext,
        signals: Collection[PremisesSignal],
        *,
        common: Collection[GatewayKey] = (),
    ) -> None:
        """Route the *signals* of one transaction, whose conditions *context* holds already.

        *common* are the gateways whose loss has one cause with that of others.
        """
        for premises, stored in signals:
            signal = self._with_restoration(context, premises, stored)
            is_common = GatewayKey(premises, stored.gateway) in common
            self.route_signal(context, premises, signal, is_common=is_common)
            if loses_gateway(stored):
                self._lose_gateway(context, premises, stored)
        for premises in dict.fromkeys(name for name, each in signals if takes_out_of_service(each)):
            search_partners(context, self.rules, premises)

    def route_signal(
        self, context: DecisionContext, premises: str, stored: StoredSignal, *, is_common: bool = False
    ) -> None:
        """Route one signal: to a test, a fire or a trouble."""
        if stored.is_unverified:
            self._route_unverified(context, premises, stored)
        elif (test := self._override_of(context, premises, stored, IncidentKind.TEST)) is not None:
            context.apply_event(premises, test, TestSignalStored(stored))
        elif stored.signal.kind in TROUBLES:
            self._route_trouble(context, premises, stored, is_common=is_common)
        else:
            self._route_fire(context, premises, stored)

    def follow_override_begun(self, context: DecisionContext, override: Override) -> None:
        """Follow an order: points on test confirm nothing, so a suspicion may wait for them alone."""
        if override.kind is IncidentKind.TEST:
            search_partners(context, self.rules, override.site.id)

    def follow_override_ended(self, context: DecisionContext, override: Override) -> None:
        """Follow the end of a test or drill: route what its points still say, as of now."""
        if override.kind not in OF_POINTS or override.never_held:
            return
        premises = override.site.id
        for fire in context.fires(premises):
            if fire.exercise == override.id:
                context.apply_event(premises, fire, Close(override.by, Outcome.DRILL))
        for stored in list(self._left_by_override(context, override)):
            self.route_signal(context, premises, stored)
        context.check_standing_alarms(premises)

    def _route_trouble(
        self, context: DecisionContext, premises: str, stored: StoredSignal, *, is_common: bool
    ) -> None:
        kind, part = INCIDENT_KIND_OF[stored.signal.kind], part_of(stored.signal)
        common = is_common and stored.signal.scope is Scope.GATEWAY
        event = TroubleSignalStored(stored, self.rules.site(premises, kind, context.now), common)
        context.apply_event(premises, context.open_incident(premises, kind, part), event)

    def _route_unverified(self, context: DecisionContext, premises: str, stored: StoredSignal) -> None:
        """Route a fire that its gateway did not sign: no test, drill or other fire hears of it."""
        subject = self.rules.subject(premises, stored.gateway, stored.signal)
        site = self.rules.site(premises, IncidentKind.FIRE, context.now)
        event = FireSignalStored(stored, subject, site, self.late_grace)
        context.apply_event(
            premises, context.open_incident(premises, IncidentKind.FIRE, event.part), event
        )

    def _route_fire(self, context: DecisionContext, premises: str, stored: StoredSignal) -> None:
        if any(map(is_standing_alarm, context.troubles(premises))):
            context.check_standing_alarms(premises)
        event = self._fire_event(context, premises, stored)
        fire = context.open_incident(premises, IncidentKind.FIRE, event.part)
        if fire is None and event.raises_fire:
            event = replace(event, standing=tuple(_left_standing(context, premises, event.part)))
        context.apply_event(premises, fire, event)

    def _fire_event(
        self, context: DecisionContext, premises: str, stored: StoredSignal
    ) -> FireSignalStored:
        drill = self._override_of(context, premises, stored, IncidentKind.DRILL)
        return FireSignalStored(
            stored,
            self._subject(context, premises, stored),
            self.rules.site(premises, IncidentKind.FIRE, context.now),
            self.late_grace,
            drill=None if drill is None else drill.id,
        )

    def _subject(self, context: DecisionContext, premises: str, stored: StoredSignal) -> SignalSubject:
        signal = stored.signal
        subject = self.rules.subject(premises, stored.gateway, signal)
        if signal.kind is not Kind.FIRE:
            return subject
        partners = partners_of_subject(context, self.rules, premises, name=signal.name, subject=subject)
        return replace(subject, unavailable_partners=partners) if partners else subject

    def _with_restoration(
        self, context: DecisionContext, premises: str, stored: StoredSignal
    ) -> StoredSignal:
        """The signal with the time of its point's restoration, where that arrived before the fire."""
        signal = stored.signal
        if signal.kind is not Kind.FIRE or signal.edge is not Edge.RAISED or stored.is_unverified:
            return stored
        restored = context.restored_since(premises, (stored.gateway, signal.name), stored.order)
        return stored if restored is None else replace(stored, restored_at=restored)

    def _lose_gateway(self, context: DecisionContext, premises: str, stored: StoredSignal) -> None:
        lost = GatewayLost(stored.gateway, stored.signal.reason)
        for fire in context.fires(premises):
            context.apply_event(premises, fire, lost)
        search_partners(context, self.rules, premises)

    def _override_of(
        self, context: DecisionContext, premises: str, stored: StoredSignal, kind: IncidentKind
    ) -> Override | None:
        """The test or drill that the signal belongs to; none if it is about a real incident."""
        if stored.signal.scope is not Scope.POINT:
            return None
        point = stored.gateway, stored.signal.name
        for override in context.overrides(premises):
            holds = override.kind is kind and override.holds_at(stored.happened_at)
            if holds and self.rules.is_covered(premises, point, override):
                return None if _is_in_incident(context, premises, stored) else override
        return None

    def _left_by_override(self, context: DecisionContext, override: Override) -> Iterator[StoredSignal]:
        """The signals that began during *override* and stand as it ends, counted from now on."""
        premises, is_drill = override.site.id, override.kind is IncidentKind.DRILL
        kinds = {Kind.FIRE} if is_drill else {Kind.FIRE, *TROUBLES}
        for stored in context.raised_signals(premises, kinds=kinds, since=override.begins):
            point = stored.gateway, stored.signal.name
            if (
                self.rules.is_covered(premises, point, override)
                and not _is_in_incident(context, premises, stored)
                and not _has_ended(context, premises, stored)
            ):
                yield replace(stored, received_at=context.now, happened_at=context.now)


def _is_in_incident(context: DecisionContext, premises: str, stored: StoredSignal) -> bool:
    """Return whether the point is in a real fire already, or the condition stands in a trouble."""
    signal = stored.signal
    if signal.kind in TROUBLES:
        key = condition_of(stored.gateway, signal, stored.happened_at).key
        known = (one.conditions.get(key) for one in context.troubles(premises))
        return any(each is not None and each.standing for each in known)
    key = point_key(stored.gateway, signal.name)
    real = (each for each in context.fires(premises) if each.exercise is None and not each.is_unverified)
    return any(key in fire.points for fire in real)


def _has_ended(context: DecisionContext, premises: str, stored: StoredSignal) -> bool:
    """Return whether the point was restored since it raised fire, for whatever reason."""
    signal = stored.signal
    if signal.kind is not Kind.FIRE:
        return False
    return context.restored_since(premises, (stored.gateway, signal.name), stored.order) is not None


def _left_standing(context: DecisionContext, premises: str, part: str) -> Iterator[PointInFire]:
    """The points that the last closed fire of *part* left in fire, and that still are."""
    last = context.last_closed_fire(premises, part)
    for point in last.points.still_standing() if last is not None else ():
        place = point.gateway, point.name
        if context.restored_since(premises, place, point.order) is None:
            yield point
