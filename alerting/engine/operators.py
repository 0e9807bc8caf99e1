"""Follows what people do: they acknowledge, advance and close incidents, and order overrides."""

from collections.abc import Callable
from datetime import datetime

from alerting.domain.decisions import overrides
from alerting.domain.decisions.override_limits import LOOK_BACK, limits_exceeded
from alerting.domain.decisions.overrides import AT_ONCE, OrderTerms, OverrideOrder
from alerting.domain.model.acts import ActProof, proven
from alerting.domain.model.effects import Refusal, RefuseAction
from alerting.domain.model.events import (
    Acknowledge,
    Approve,
    Close,
    DeskAction,
    OperatorAction,
    PersonAnswered,
)
from alerting.domain.model.incident import Incident, IncidentKind, Outcome
from alerting.domain.model.override import OF_POINTS, Override
from alerting.domain.notification.protection import call_points, told_of_overrides
from alerting.engine.transactions import Transactions
from alerting.engine.unit_of_work import UnitOfWork
from contract.ids import IncidentId
from registry.model.local_time import local_day


class NoSuchIncident(Exception):
    """There is no incident of this id; look for it in GET /api/v1/incidents?state=all."""

    kind = "incident"
    listed_at = "/api/v1/incidents?state=all"

    @property
    def text(self) -> str:
        """Return what is wrong, and what to do."""
        return f"there is no {self.kind} {self}; list them with GET {self.listed_at}"


class NoSuchOverride(NoSuchIncident):
    """There is no override of this id; look for it in GET /api/v1/overrides."""

    kind = "override"
    listed_at = "/api/v1/overrides"


class ActionRefused(Exception):
    """Somebody else has the incident, or ended it; speak with *owner*."""

    def __init__(self, refusal: RefuseAction) -> None:
        super().__init__(refusal.refusal.value)
        self.refusal = refusal.refusal
        self.owner = refusal.owner
        self.since = refusal.since


class OrderRefused(Exception):
    """The order takes too much away in a row; *errors* has each limit, and what to do."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


class Operators:
    """Follows the actions of people in *transactions*."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def acknowledge(self, incident_id: IncidentId, *, by: str, now: datetime) -> Incident:
        """Give the incident to *by*; raises NoSuchIncident, or ActionRefused if another one has it."""
        return await self.act(incident_id, Acknowledge(by), now=now)

    async def close(
        self, incident_id: IncidentId, *, by: str, outcome: Outcome, now: datetime
    ) -> Incident:
        """Close the incident with *outcome*; raises NoSuchIncident, or ActionRefused."""
        return await self.act(incident_id, Close(by, outcome), now=now)

    async def act(
        self,
        incident_id: IncidentId,
        action: OperatorAction | DeskAction | PersonAnswered,
        *,
        now: datetime,
        proof: ActProof | None = None,
    ) -> Incident:
        """Apply *action* to the incident, on *proof*; raises NoSuchIncident, or ActionRefused."""

        def change(unit: UnitOfWork) -> tuple[Incident | None, RefuseAction | None]:
            return unit.apply_event_to(incident_id, action, proof=proof), unit.refusal

        return await self._run_action(incident_id, change, now)

    async def order_override(
        self,
        kind: IncidentKind,
        *,
        premises: str,
        order: OverrideOrder,
        now: datetime,
        terms: OrderTerms = AT_ONCE,
        proof: ActProof | None = None,
    ) -> Override:
        """Begin a test, drill, silence or maintenance, as *order* says, or let it wait for its approval.

        Raises OrderRefused where it is too much in a row.
        """

        def change(unit: UnitOfWork) -> tuple[Override, list[str]]:
            index = unit.registry.index
            site = unit.registry.rules.site(premises, IncidentKind.FAULT, unit.now)
            told = told_of_overrides(index, premises, day=local_day(now))
            override, effects = overrides.begin_override(
                site, kind, order, terms=terms, told=told, now=unit.now
            )
            others = unit.store.overrides_since(premises, unit.now - LOOK_BACK)
            known = call_points(index, premises)
            refused = list(limits_exceeded(override, others, call_points=known, now=unit.now))
            if not refused:
                override = unit.begin_override(override, proven(effects, proof))
                unit.registry.router.follow_override_begun(unit, override)
            return override, refused

        override, refused = await self._transactions.run(change, now)
        if refused:
            raise OrderRefused(refused)
        return override

    async def approve(
        self, incident_id: IncidentId, approval: Approve, *, now: datetime, proof: ActProof | None = None
    ) -> Incident:
        """Approve what another person asked for; raises NoSuchIncident, or ActionRefused."""

        def change(unit: UnitOfWork) -> tuple[Incident | None, RefuseAction | None]:
            before = unit.store.incident(incident_id)
            if isinstance(before, Override) and (burning := _in_fire(unit, before)):
                return before, RefuseAction(Refusal.POINTS_IN_FIRE, ", ".join(burning))
            after = unit.apply_event_to(incident_id, approval, proof=proof)
            if isinstance(after, Override) and unit.refusal is None:
                unit.registry.router.follow_override_begun(unit, after)
            return after, unit.refusal

        return await self._run_action(incident_id, change, now)

    async def _run_action(
        self,
        incident_id: IncidentId,
        change: Callable[[UnitOfWork], tuple[Incident | None, RefuseAction | None]],
        now: datetime,
    ) -> Incident:
        incident, refusal = await self._transactions.run(change, now)
        if incident is None:
            raise NoSuchIncident(incident_id)
        if refusal is not None:
            raise ActionRefused(refusal)
        return incident


def _in_fire(unit: UnitOfWork, override: Override) -> list[str]:
    """Return the points in a real fire that the test or drill *override* would take away."""
    if override.kind not in OF_POINTS:
        return []
    premises, rules = override.site.id, unit.registry.rules
    fires = (each for each in unit.fires(premises) if each.exercise is None and not each.is_unverified)
    standing = {(point.gateway, point.name) for fire in fires for point in fire.standing}
    return sorted(name for gw, name in standing if rules.is_covered(premises, (gw, name), override))
