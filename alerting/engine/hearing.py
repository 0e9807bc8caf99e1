"""What a signal leads to, by the registry and by what was ordered: a fire, a fault, a test."""

from collections.abc import Iterator
from dataclasses import replace

from alerting.domain.confirmation.subject import OutOfService, subject, unavailable_partners
from alerting.domain.model.events import (
    Close,
    FireSignalStored,
    PartnersLost,
    StoredSignal,
    TestSignalStored,
    TroubleSignalStored,
)
from alerting.domain.model.fire import FireIncident, point_key
from alerting.domain.model.incident import INCIDENT_KIND_OF, IncidentKind, Outcome
from alerting.domain.model.override import OF_POINTS, Override
from alerting.domain.model.trouble import condition_of
from alerting.domain.notification.policy import POLICY_OF, fire_policy_of, trouble_policy_of
from alerting.domain.watch.standing_alarm import is_standing_alarm
from alerting.engine.unattended import follow_unattended
from alerting.engine.unit_of_work import UnitOfWork
from alerting.settings import Confirmation
from contract.messages import Kind, Scope
from contract.times import SECOND
from registry.domain.index import Index, Unregistered

TROUBLES = frozenset(kind for kind, case in INCIDENT_KIND_OF.items() if case is not IncidentKind.FIRE)
"""What signals say that belongs to a trouble."""


class SignalRouter:
    """Gives signals their meaning by *index*."""

    def __init__(self, index: Index, confirmation: Confirmation) -> None:
        self._index = index
        self._window = round(confirmation.confirm_window_s * SECOND)
        self._grace = round(confirmation.late_grace_s * SECOND)

    def hear(
        self,
        work: UnitOfWork,
        premises: str,
        heard: StoredSignal,
        *,
        common: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        """Let a signal lead to what it leads to: alarms go one way, faults another, tests a third.

        *common* are the gateways whose loss has one cause with that of others.
        """
        if (test := self._measure(work, premises, heard, IncidentKind.TEST)) is not None:
            work.happen(test, TestSignalStored(heard))
            return
        kind = INCIDENT_KIND_OF.get(heard.signal.kind, IncidentKind.FIRE)
        if kind is IncidentKind.FIRE:
            if any(map(is_standing_alarm, work.troubles(premises))):
                work.unattended.add(premises)
            work.hear(premises, self._signal_heard(work, premises, heard))
        else:
            about = trouble_policy_of(self._index, premises, POLICY_OF[kind])
            is_common = heard.signal.scope is Scope.GATEWAY and (premises, heard.gateway) in common
            work.hear(premises, TroubleSignalStored(heard, about, is_common))

    def _measure(
        self, work: UnitOfWork, premises: str, heard: StoredSignal, kind: IncidentKind
    ) -> Override | None:
        """The test or drill that the signal belongs to; none if it is about what was told for real."""
        signal = heard.signal
        if signal.scope is not Scope.POINT:
            return None
        point = self._index.point(premises, signal.name)
        if not isinstance(point, Unregistered) and point.gateway != heard.gateway:
            return None  # another point, which nobody registered and nobody put on test
        zone = None if isinstance(point, Unregistered) else point.zone
        for override in work.overrides(premises):
            holds = override.kind is kind and override.holds_at(heard.happened_at)
            if holds and override.covers(signal.name, zone):
                return None if self._is_told(work, premises, heard) else override
        return None

    def _is_told(self, work: UnitOfWork, premises: str, heard: StoredSignal) -> bool:
        """Whether the point is in a real fire already, or the condition stands in a trouble."""
        signal = heard.signal
        if signal.kind in TROUBLES:
            key = condition_of(heard.gateway, signal, heard.happened_at).key
            return any(key == each.key for case in work.troubles(premises) for each in case.standing)
        key = point_key(heard.gateway, signal.name)
        return any(key in fire.points for fire in work.fires(premises) if fire.exercise is None)

    def _signal_heard(self, work: UnitOfWork, premises: str, heard: StoredSignal) -> FireSignalStored:
        name = heard.signal.name
        about = subject(
            self._index, premises, gateway=heard.gateway, signal=heard.signal, window=self._window
        )
        out_of_service = work.out_of_service(premises)
        if out_of_service is not None and heard.signal.kind is Kind.FIRE and about.detector is not None:
            about = replace(
                about,
                unavailable_partners=unavailable_partners(
                    self._index, premises, name=name, rule=about.rule, out_of_service=out_of_service
                ),
            )
        drill = self._measure(work, premises, heard, IncidentKind.DRILL)
        return FireSignalStored(
            heard,
            about,
            fire_policy_of(self._index, premises),
            self._grace,
            drill=None if drill is None else drill.id,
        )

    def look_for_partners(self, work: UnitOfWork, premises: str) -> None:
        """Something fell silent: a suspicion may wait for what cannot speak any more.

        The points of a gateway that is lost are told as unconfirmed instead: its loss is no evidence.
        """
        if (out_of_service := work.out_of_service(premises)) is None:
            return
        for fire in work.fires(premises):
            if fire.confirmed_at is None:
                work.happen(fire, PartnersLost(dict(self._lonely(fire, out_of_service))))

    def _lonely(
        self, fire: FireIncident, out_of_service: OutOfService
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        for point in fire.points.values():
            if point.gateway not in out_of_service.gateways and point.detector is not None:
                names = unavailable_partners(
                    self._index,
                    fire.site.id,
                    name=point.name,
                    rule=point.rule,
                    out_of_service=out_of_service,
                )
                if names:
                    yield point.key, names

    def follow_ended(self, work: UnitOfWork) -> None:
        """A measure is over: what it held back goes on, and what still stands is what it says.

        An incident is over: a point that still stands belongs to somebody all the same.
        """
        for override in work.ended:
            work.release(f"{override.kind.value}:{override.id}")
            if override.kind in OF_POINTS:
                premises = override.site.id
                work.load({premises})
                for fire in work.fires(premises):
                    if fire.exercise == override.id:
                        work.happen(fire, Close(override.by, Outcome.DRILL))
                for heard in self._left_standing(work, override):
                    self.hear(work, premises, heard)
                work.unattended.add(premises)
        follow_unattended(work, self._index)

    def _left_standing(self, work: UnitOfWork, override: Override) -> list[StoredSignal]:
        """What began during *override* and stands as it ends: the center counts from now on."""
        zones = self._index.zones_of_points(override.site.id)
        kinds = {Kind.FIRE} if override.kind is IncidentKind.DRILL else {Kind.FIRE, *TROUBLES}
        raised = work.store.standing_raises(
            override.site.id, work.now, kinds=kinds, since=override.begins
        )
        return [
            each
            for each in raised
            if override.covers(each.signal.name, zones.get(each.signal.name))
            and not self._is_told(work, override.site.id, each)
        ]
