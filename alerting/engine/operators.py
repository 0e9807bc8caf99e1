"""Follows what people do: they acknowledge, advance and close incidents, and order overrides."""

from datetime import datetime

from alerting.domain.decisions import overrides
from alerting.domain.decisions.overrides import OverrideOrder
from alerting.domain.model.acts import ActProof, proven
from alerting.domain.model.effects import RefuseAction
from alerting.domain.model.events import Acknowledge, Close, OperatorAction
from alerting.domain.model.incident import Incident, IncidentKind, Outcome
from alerting.domain.model.override import Override
from alerting.engine.transactions import Transactions
from alerting.engine.unit_of_work import UnitOfWork
from contract.ids import IncidentId


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
        action: OperatorAction,
        *,
        now: datetime,
        proof: ActProof | None = None,
    ) -> Incident:
        """Apply *action* to the incident, on *proof*; raises NoSuchIncident, or ActionRefused."""

        def change(unit: UnitOfWork) -> tuple[Incident | None, RefuseAction | None]:
            return unit.apply_event_to(incident_id, action, proof=proof), unit.refusal

        incident, refusal = await self._transactions.run(change, now)
        if incident is None:
            raise NoSuchIncident(incident_id)
        if refusal is not None:
            raise ActionRefused(refusal)
        return incident

    async def order_override(
        self,
        kind: IncidentKind,
        *,
        premises: str,
        order: OverrideOrder,
        now: datetime,
        proof: ActProof | None = None,
    ) -> Override:
        """Begin a test, drill, silence or maintenance, as *order* says."""

        def change(unit: UnitOfWork) -> Override:
            router = unit.registry.router
            site = router.rules.site(premises, IncidentKind.FAULT)
            override, effects = overrides.begin_override(site, kind, order, now=unit.now)
            unit.begin_override(override, proven(effects, proof))
            router.follow_override_begun(unit, override)
            return override

        return await self._transactions.run(change, now)
