"""The procedure of an incident over HTTP: its steps with their state, checked or skipped."""

from collections.abc import Mapping, Sequence

from aiohttp import web

from alerting.domain.model.events import CheckStep
from alerting.domain.model.incident import CheckedStep, Incident
from alerting.engine.engine import Engine
from alerting.http.access import rights_of
from alerting.http.acting import Said, operator_of
from alerting.http.lookup import Reach, existing_incident, named_in
from alerting.http.responses import incident_response
from alerting.store.store import CenterStore
from contract.http import procedures as wire
from contract.http.checking import BadRequest, read_body
from contract.http.permissions import Permission
from contract.ids import IncidentId
from contract.times import SECOND, Micros, to_micros
from registry.domain.index import Index, Unregistered
from registry.domain.procedures import procedure_of
from registry.model.procedures import ProcedureFor, ProcedureStep
from runtime.clock import Clock
from runtime.json_answers import json_answer

_NO_STEP = "body 'step': {step!r} is not a step here; list them with GET .../procedure"
_NO_REASON = "body 'reason' is missing; this step is skipped only for a reason"


class ProceduresApi:
    """Answers requests about procedures of incidents of *engine*."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._read = engine.transactions.read_for_web
        self._registry = engine.registry
        self._operators = engine.operators
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of procedures."""
        path = "/api/v1/incidents/{id}/procedure"
        return [web.get(path, self.show), web.post(path, self.check)]

    async def show(self, request: web.Request) -> web.Response:
        """``GET /api/v1/incidents/{id}/procedure``."""
        incident_id, now = named_in(request), to_micros(self._clock())
        reach = Reach(rights_of(request), Permission.INCIDENTS_READ)
        index = self._registry.current.index
        return json_answer(
            await self._read(lambda store: _shown(store, incident_id, reach, index=index, now=now))
        )

    async def check(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/procedure``."""
        asked = read_body(await request.read(), wire.ProcedureRequest)
        incident_id = named_in(request)
        reach = Reach(rights_of(request), Permission.INCIDENTS_ACT)
        incident = await self._read(lambda store: existing_incident(store, incident_id, reach))
        step = _named(steps_of(self._registry.current.index, incident), asked.step)
        if asked.skip and step.reason_to_skip and not asked.reason.strip():
            raise BadRequest(_NO_REASON)
        who = operator_of(reach.rights, Said(asked.by), needed=reach.needed, premises=incident.site.id)
        event = CheckStep(who.by, step.id, step.text, skipped=asked.skip, reason=asked.reason)
        after = await self._operators.act(incident_id, event, now=self._clock(), proof=who.proof)
        return json_answer(incident_response(after))


def steps_of(index: Index, incident: Incident) -> list[ProcedureStep]:
    """Return the steps of *incident* by *index*; none for what a person ordered."""
    if incident.kind.value not in set(ProcedureFor):
        return []
    row = index.premises(incident.site.id)
    premises = None if isinstance(row, Unregistered) else row
    return procedure_of(index.shared.procedures, premises, ProcedureFor(incident.kind.value))


def _named(steps: Sequence[ProcedureStep], name: str) -> ProcedureStep:
    found = next((each for each in steps if each.id == name), None)
    if found is None:
        raise BadRequest(_NO_STEP.format(step=name))
    return found


def _shown(
    store: CenterStore, incident_id: IncidentId, reach: Reach, *, index: Index, now: Micros
) -> wire.IncidentProcedure:
    incident = existing_incident(store, incident_id, reach)
    checked = {each.step: each for each in incident.checked}
    steps = [_step(each, incident, checked, now) for each in steps_of(index, incident)]
    return wire.IncidentProcedure(incident=incident_id, at=now, steps=steps)


def _step(
    row: ProcedureStep, incident: Incident, checked: Mapping[str, CheckedStep], now: Micros
) -> wire.IncidentStep:
    done = checked.get(row.id)
    due = None if row.within_s is None else incident.opened_at + round(row.within_s * SECOND)
    return wire.IncidentStep(
        step=row.id,
        part=row.part,
        order=row.order,
        text=row.text,
        text_en=row.text_en,
        due_at=due,
        needs_reason=row.reason_to_skip,
        state=_state(done, due, now),
        by=None if done is None else done.by,
        at=None if done is None else done.at,
        reason="" if done is None else done.reason,
    )


def _state(done: CheckedStep | None, due: Micros | None, now: Micros) -> wire.StepState:
    if done is not None:
        return wire.StepState.SKIPPED if done.skipped else wire.StepState.CHECKED
    return wire.StepState.LATE if due is not None and now > due else wire.StepState.OPEN
