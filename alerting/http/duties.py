"""Duties of fire prevention over HTTP (docs/duties.md): lists, what was done, the deadline board."""

from datetime import date
from functools import partial

from aiohttp import web

from accounts.domain.roles import Role
from alerting.domain.watch.gateways import GatewayState
from alerting.engine.engine import Engine
from alerting.engine.unit_of_work import UnitOfWork
from alerting.http.access import rights_of
from alerting.http.acting import ActedBy, Said, operator_of
from alerting.http.asked_places import NoSuchPremises, premises_below
from alerting.http.duty_answers import (
    board_answer,
    event_answer,
    item_answer,
    page_answer,
    place_after,
    premises_answer,
    rules_answer,
)
from alerting.jobs.duties.plans import DutyPlans
from alerting.mqtt.supervision import Supervision
from audit.domain.entry import AuditEntry, AuditKind
from contract.http.checking import BadRequest, read_body, read_query
from contract.http.common import Error
from contract.http.duties import (
    BoardQuery,
    DutiesQuery,
    DutyEventRequest,
    DutyEvents,
    DutyEventsQuery,
    PremisesDutiesQuery,
    RecordedDuty,
)
from contract.http.health import NoQuery
from contract.http.permissions import Permission
from contract.times import to_micros
from duties.board import board_rows
from duties.domain.events import DutyEvent, NewDutyEvent
from duties.domain.plan import PremisesPlan
from duties.domain.recording import (
    RecordRefusal,
    why_not_by_premises,
    why_not_corrected,
    why_not_dated,
)
from duties.listing import DutyFilter
from duties.pages import duty_page
from duties.store import DutyStore
from registry.attachments.folder import DamagedFile, NoSuchFile
from registry.attachments.service import FileService
from registry.domain.local_days import local_day_at
from runtime.clock import Clock
from runtime.database import ReadFor
from runtime.json_answers import json_answer

NO_EVIDENCE = "body 'file': no such file is kept; add it first (tocsin file add), and name its hash"

OF_PREMISES = frozenset({Role.HEAD_OF_PREMISES.value, Role.MAINTAINER.value})
"""Roles of people who work for the premises."""

NO_PREMISES = "the premises are not registered; correct the name"
NO_DUTY = (
    "the premises do not have this duty; list theirs with tocsin duties show PREMISES, "
    "or GET /api/v1/premises/{premises}/duties"
)

STATUS = {RecordRefusal.OF_AUTHORITIES: 403}
"""The status of each refusal that is no conflict."""


class DutiesApi:
    """Answers from the duties in *engine*'s database; *supervision* knows which premises are heard."""

    def __init__(
        self, engine: Engine, supervision: Supervision, clock: Clock, files: FileService | None = None
    ) -> None:
        self._read = partial(engine.database.read, purpose=ReadFor.WEB)
        self._transactions = engine.transactions
        self._plans = DutyPlans(engine.registry)
        self._supervision = supervision
        self._clock = clock
        self._files = files

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of duties."""
        return [
            web.get("/api/v1/duties", self.list_duties),
            web.get("/api/v1/duties/rules", self.list_rules),
            web.get("/api/v1/duties/board", self.board),
            web.get("/api/v1/duties/events", self.list_events),
            web.post("/api/v1/duties/events", self.record),
            web.get("/api/v1/premises/{premises}/duties", self.of_premises),
        ]

    async def list_duties(self, request: web.Request) -> web.Response:
        """``GET /api/v1/duties``."""
        asked = read_query(request.query, DutiesQuery)
        wanted = DutyFilter(
            day=asked.day or self._today(),
            premises=self._selected(request, asked.area, asked.premises),
            kind=asked.kind,
            states=() if asked.state is None else (asked.state,),
        )
        after = place_after(asked.after)
        page = await self._read(
            lambda connection: duty_page(connection, wanted, after=after, limit=asked.limit)
        )
        return json_answer(page_answer(page, wanted.day, self._plans.rules))

    async def list_rules(self, request: web.Request) -> web.Response:
        """``GET /api/v1/duties/rules``."""
        read_query(request.query, NoQuery)
        return json_answer(rules_answer(self._plans.rules, self._plans.version))

    async def board(self, request: web.Request) -> web.Response:
        """``GET /api/v1/duties/board``."""
        asked = read_query(request.query, BoardQuery)
        premises, day = self._selected(request, asked.area, None), asked.day or self._today()
        rows = await self._read(lambda connection: board_rows(connection, premises))
        live = self._heard() if day == self._today() else frozenset[str]()
        areas = {each.id: each.name for each in self._plans.index.areas()}
        return json_answer(board_answer(rows, day, live=live, areas=areas))

    async def list_events(self, request: web.Request) -> web.Response:
        """``GET /api/v1/duties/events``."""
        asked = read_query(request.query, DutyEventsQuery)
        if self._plan(request, asked.premises, Permission.DUTIES_READ) is None:
            return _error(404, NO_PREMISES)
        events = await self._read(lambda each: DutyStore(each).events(asked.premises, asked.duty))
        corrected = {each.corrects: each.id for each in events if each.corrects is not None}
        said = [event_answer(each, corrected.get(each.id)) for each in events]
        return json_answer(DutyEvents(premises=asked.premises, events=said))

    async def of_premises(self, request: web.Request) -> web.Response:
        """``GET /api/v1/premises/{premises}/duties``."""
        asked, name = read_query(request.query, PremisesDutiesQuery), request.match_info["premises"]
        plan, day = self._plan(request, name, Permission.DUTIES_READ), asked.day or self._today()
        if plan is None:
            return _error(404, NO_PREMISES)
        standings, proven = await self._read(
            lambda each: (DutyStore(each).standings(name, day), DutyStore(each).proven(name))
        )
        points = self._plans.index.points_of(name)
        return json_answer(premises_answer(plan, standings, day, proven=proven, points=points))

    async def record(self, request: web.Request) -> web.Response:
        """``POST /api/v1/duties/events``."""
        asked = read_body(await request.read(), DutyEventRequest)
        plan = self._plan(request, asked.premises, Permission.DUTIES_RECORD)
        if plan is None or not plan.has(asked.duty):
            return _error(404, NO_PREMISES if plan is None else NO_DUTY)
        said, needed = Said(asked.by, asked.note), Permission.DUTIES_RECORD
        who = operator_of(rights_of(request), said, needed=needed, premises=asked.premises)
        event = _event_of(asked, who, self._today())
        if (refused := why_not_dated(event, self._today())) is not None:
            raise BadRequest(f"body: {refused.value}")
        if not await self._has(event.file):
            raise BadRequest(NO_EVIDENCE)
        done = await self._transactions.run(partial(_record, event, plan), self._clock())
        if isinstance(done, RecordRefusal):
            return _error(STATUS.get(done, 409), done.value)
        standing = await self._read(lambda each: DutyStore(each).standing(plan.premises, event.duty))
        return json_answer(
            RecordedDuty(
                event=event_answer(done, None),
                duty=item_answer(plan, event.duty, standing, day=self._today()),
            ),
            status=201,
        )

    async def _has(self, file: str | None) -> bool:
        """Return whether *file* is kept and can be shown as evidence; nothing is named by None."""
        if file is None:
            return True
        if self._files is None:
            return False
        try:
            await self._files.record(file)
        except (NoSuchFile, DamagedFile):
            return False
        return True

    def _plan(self, request: web.Request, premises: str, needed: Permission) -> PremisesPlan | None:
        """Return the plan of *premises*, if they are there for whoever asks."""
        if not rights_of(request).may_in(needed, premises):
            return None
        return self._plans.plan(premises, self._today())

    def _selected(
        self, request: web.Request, area: str | None, premises: str | None
    ) -> frozenset[str] | None:
        """Return the premises that are asked for and may be seen; None for all that there are.

        Raises NoSuchArea and NoSuchPremises.
        """
        rights, needed = rights_of(request), Permission.DUTIES_READ
        found = rights.visible(needed).named
        if premises is not None and self._plan(request, premises, needed) is None:
            raise NoSuchPremises(premises)
        history, day = self._plans.index.area_history, self._today()
        for asked in (
            None if area is None else premises_below(rights, area, needed, day, history=history),
            None if premises is None else frozenset({premises}),
        ):
            if asked is not None:
                found = asked if found is None else found & asked
        return found

    def _heard(self) -> frozenset[str]:
        """Return the premises of which a gateway was heard within its reporting time."""
        states = self._supervision.states().items()
        return frozenset(
            key.premises for key, (watch, _) in states if watch.state is GatewayState.NORMAL
        )

    def _today(self) -> date:
        return local_day_at(to_micros(self._clock()))


def _event_of(asked: DutyEventRequest, who: ActedBy, today: date) -> NewDutyEvent:
    return NewDutyEvent(
        premises=asked.premises,
        duty=asked.duty,
        done_on=asked.done_on or today,
        outcome=asked.outcome,
        by=asked.by or who.by,
        account=who.account,
        role=who.proof.role,
        note=asked.note,
        file=asked.file,
        good_until=asked.good_until,
        corrects=asked.corrects,
    )


def _record(event: NewDutyEvent, plan: PremisesPlan, unit: UnitOfWork) -> DutyEvent | RecordRefusal:
    """Store *event*, and the act in the audit, together; or return why not."""
    store = DutyStore(unit.store.connection)
    if (refused := _why_not(event, plan, store)) is not None:
        return refused
    number = store.record(event, plan, unit.now)
    unit.add_audit_entry(_audited(event, unit.now))
    stored = None if number is None else store.event(number)
    return stored or RecordRefusal.CORRECTED_BEFORE


def _why_not(event: NewDutyEvent, plan: PremisesPlan, store: DutyStore) -> RecordRefusal | None:
    corrected = None if event.corrects is None else store.event(event.corrects)
    before = None if event.corrects is None else store.correction_of(event.corrects)
    if (refused := why_not_corrected(event, corrected, before)) is not None:
        return refused
    if event.role not in OF_PREMISES:
        return None
    return why_not_by_premises(event.outcome, plan.done_by(event.duty), corrected)


def _audited(event: NewDutyEvent, now: int) -> AuditEntry:
    detail = {
        "duty": event.duty,
        "outcome": event.outcome.value,
        "done_on": event.done_on.isoformat(),
        "by": event.by,
        "role": event.role,
        "corrects": "" if event.corrects is None else str(event.corrects),
    }
    said = {name: text for name, text in detail.items() if text}
    by = event.account or event.by
    return AuditEntry(now, AuditKind.ACT, by, f"duties of {event.premises}", said)


def _error(status: int, text: str) -> web.Response:
    return json_answer(Error(error=text), status=status)
