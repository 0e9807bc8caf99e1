"""The state that decisions about signals need, and the way to change it.

The unit of work implements it on SQL; the rehearsal and the evaluation of recordings in memory.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from alerting.domain.confirmation.subject import OutOfService
from alerting.domain.model.events import Event, StoredSignal, TroubleFound
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import Incident, IncidentKind
from alerting.domain.model.override import Override
from alerting.domain.model.signal_order import SignalOrder
from alerting.domain.model.trouble import Trouble
from alerting.domain.watch.conditions import StandingCondition
from contract.ids import GatewayKey
from contract.messages import Kind
from contract.times import Micros


class DecisionContext(Protocol):
    """Open incidents and standing conditions of premises, as they are at *now*."""

    now: Micros

    def fires(self, premises: str) -> Sequence[FireIncident]:
        """The open fires of *premises*."""

    def troubles(self, premises: str) -> Sequence[Trouble]:
        """The open troubles of *premises*."""

    def overrides(self, premises: str) -> Sequence[Override]:
        """The open overrides of *premises*."""

    def open_incident(self, premises: str, kind: IncidentKind, part: str) -> Incident | None:
        """The open incident of *kind* for *part* of *premises*."""

    def last_closed_fire(self, premises: str, part: str) -> FireIncident | None:
        """The fire of *part* of *premises* that was closed last."""

    def out_of_service(self, premises: str) -> OutOfService | None:
        """The points in fault or disabled, and the lost gateways; None if there are none."""

    def restored_since(self, premises: str, point: tuple[str, str], order: SignalOrder) -> Micros | None:
        """Return when *point*, a gateway and a name, was restored after its fire signal at *order*."""

    def raised_signals(
        self, premises: str, *, kinds: Collection[Kind], since: Micros
    ) -> Sequence[StoredSignal]:
        """The signals that raised the standing conditions of points, from *since* on, oldest first."""

    def apply_event(self, premises: str, incident: Incident | None, event: Event) -> Incident | None:
        """Decide what becomes of *incident* by *event*; returns the incident as it is then."""

    def check_standing_alarms(self, premises: str) -> None:
        """Have the standing alarms of *premises* checked when everything else is decided."""


class CenterContext(DecisionContext, Protocol):
    """A context for the center's own findings, which need more."""

    def standing_fires(self, premises: str) -> Sequence[StandingCondition]:
        """The fire conditions that hold of points of *premises*."""

    def gateways_lost_since(self, since: Micros) -> Mapping[GatewayKey, Micros]:
        """The gateways that were lost from *since* on and still are, and when."""


def apply_finding(context: DecisionContext, found: TroubleFound) -> None:
    """Apply what the center found of itself to its open trouble, or open one."""
    premises = found.site.id
    trouble = context.open_incident(premises, IncidentKind.FAULT, found.part)
    context.apply_event(premises, trouble, found)
