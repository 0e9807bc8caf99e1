"""The meaning of signals by the registry: subject, policy, overrides and partners of each point."""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from alerting.domain.confirmation import subject as subjects
from alerting.domain.confirmation.subject import OutOfService
from alerting.domain.model.events import SignalSubject
from alerting.domain.model.incident import IncidentKind, PremisesSnapshot
from alerting.domain.model.override import Override
from alerting.domain.model.rule import Rule
from alerting.domain.notification.policy import POLICY_OF, fire_policy_of, trouble_policy_of
from contract.messages import Signal
from contract.times import Micros
from registry.domain.index import Index, Unregistered
from registry.domain.local_days import local_day_at

_SNAPSHOTS_KEPT = 512
"""Premises whose policies are kept ready; beyond it they are put together anew."""


class PremisesRules(Protocol):
    """The meaning of signals of premises, as it is known beforehand."""

    def subject(self, premises: str, gateway: str, signal: Signal) -> SignalSubject:
        """The point that *signal* is about."""

    def site(self, premises: str, kind: IncidentKind, now: Micros) -> PremisesSnapshot:
        """The premises on the day of *now*, and who is notified of an incident of *kind* there."""

    def is_covered(self, premises: str, point: tuple[str, str], override: Override) -> bool:
        """Return whether *override* covers *point*, a gateway and a name."""

    def unavailable_partners(
        self, premises: str, name: str, *, rule: Rule, out_of_service: OutOfService
    ) -> tuple[str, ...]:
        """The points that could confirm *name* by *rule*, if all of them are out of service."""


@dataclass(frozen=True, slots=True)
class RegistryRules:
    """Premises by the registry *index*; *window* is that of a point that nobody registered."""

    index: Index
    window: Micros
    _sites: dict[tuple[str, IncidentKind, date], PremisesSnapshot] = field(
        default_factory=dict, repr=False
    )

    def subject(self, premises: str, gateway: str, signal: Signal) -> SignalSubject:
        """The point of *gateway* that *signal* is about."""
        return subjects.subject(self.index, premises, gateway=gateway, signal=signal, window=self.window)

    def site(self, premises: str, kind: IncidentKind, now: Micros) -> PremisesSnapshot:
        """The premises on the day of *now*, and who is notified of an incident of *kind* there."""
        key = premises, kind, local_day_at(now)
        known = self._sites.get(key)
        if known is None:
            if len(self._sites) >= _SNAPSHOTS_KEPT:
                self._sites.clear()
            known = self._sites[key] = self._site(*key)
        return known

    def _site(self, premises: str, kind: IncidentKind, day: date) -> PremisesSnapshot:
        if kind is IncidentKind.FIRE:
            return fire_policy_of(self.index, premises, day=day)
        return trouble_policy_of(self.index, premises, POLICY_OF[kind], day=day)

    def is_covered(self, premises: str, point: tuple[str, str], override: Override) -> bool:
        """Return whether *override* covers *point*: its name from another gateway is another point."""
        gateway, name = point
        registered = self.index.point(premises, name)
        if isinstance(registered, Unregistered):
            return override.covers(name, None)
        return registered.gateway == gateway and override.covers(name, registered.zone, registered.kind)

    def unavailable_partners(
        self, premises: str, name: str, *, rule: Rule, out_of_service: OutOfService
    ) -> tuple[str, ...]:
        """The points that could confirm *name* by *rule*, if all of them are out of service."""
        return subjects.unavailable_partners(
            self.index, premises, name=name, rule=rule, out_of_service=out_of_service
        )
