"""Hand-overs of shifts over HTTP: the center lists what is open, and both persons sign it."""

from aiohttp import web

from accounts.domain.actor import ActorKind
from accounts.domain.rights import Rights
from alerting.domain.model.incident import Incident, IncidentKind
from alerting.engine.engine import Engine
from alerting.engine.unit_of_work import UnitOfWork
from alerting.http.access import rights_of
from alerting.http.acting import ActedBy, Said, operator_of
from alerting.store.listing import DamagedIncident
from alerting.store.shifts import StoredHandOver
from alerting.store.store import CenterStore
from audit.domain.entry import AuditEntry, AuditKind
from contract.http import shifts as wire
from contract.http.checking import read_body, read_query
from contract.http.permissions import Permission
from contract.times import Micros, to_micros
from runtime.clock import Clock
from runtime.json_answers import json_answer

MOST_MATTERS = 500
"""Open matters that a hand-over names; it counts the others."""

_REFUSED = "nothing of this number waits for you; list hand-overs with GET /api/v1/shifts/hand-over"
_SAME = "you gave this shift yourself; let the person who takes it sign"


class ShiftsApi:
    """Answers requests about hand-overs of shifts of *engine*."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._transactions = engine.transactions
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of shifts."""
        path = "/api/v1/shifts/hand-over"
        return [
            web.get(path, self.latest),
            web.post(path, self.give),
            web.post(f"{path}/signature", self.receive),
        ]

    async def latest(self, request: web.Request) -> web.Response:
        """``GET /api/v1/shifts/hand-over``."""
        asked, rights = read_query(request.query, wire.ShiftHandOversQuery), rights_of(request)
        found = await self._transactions.read_for_web(lambda store: store.shifts.latest(100))
        seen = [each.hand_over for each in found if is_visible(each, rights)]
        return json_answer(wire.ShiftHandOvers(hand_overs=seen[: asked.limit]))

    async def give(self, request: web.Request) -> web.Response:
        """``POST /api/v1/shifts/hand-over``."""
        asked, rights = read_body(await request.read(), wire.ShiftHandOverRequest), rights_of(request)
        who = operator_of(rights, Said(asked.by), needed=Permission.DESKS_ATTEND)
        now = self._clock()
        matters, total = await self._transactions.read_for_web(lambda store: _open(store, rights))
        given = _signature(who, asked.note, to_micros(now))
        areas = rights.areas(Permission.DESKS_ATTEND)

        def change(unit: UnitOfWork) -> wire.ShiftHandOver:
            made = unit.store.shifts.add(given, matters, total=total, areas=areas)
            unit.add_audit_entry(_audited(made.id, who, "given", unit.now))
            return made

        return json_answer(await self._transactions.run(change, now), status=201)

    async def receive(self, request: web.Request) -> web.Response:
        """``POST /api/v1/shifts/hand-over/signature``."""
        asked, rights = read_body(await request.read(), wire.ShiftSignatureRequest), rights_of(request)
        who = operator_of(rights, Said(asked.by), needed=Permission.DESKS_ATTEND)
        now = self._clock()
        received = _signature(who, asked.note, to_micros(now))

        def change(unit: UnitOfWork) -> wire.ShiftHandOver | str:
            found = unit.store.shifts.one(asked.hand_over)
            if found is None or not is_visible(found, rights) or found.hand_over.received is not None:
                return _REFUSED
            if _is_same(found.hand_over.given, who, rights):
                return _SAME
            unit.store.shifts.sign(asked.hand_over, received)
            unit.add_audit_entry(_audited(asked.hand_over, who, "received", unit.now))
            signed = unit.store.shifts.one(asked.hand_over)
            return _REFUSED if signed is None else signed.hand_over

        answer = await self._transactions.run(change, now)
        if isinstance(answer, str):
            return json_answer({"error": answer}, status=409)
        return json_answer(answer)


def _is_same(given: wire.ShiftSignature, who: ActedBy, rights: Rights) -> bool:
    """Return whether one person gave and takes it; a token of this machine names people."""
    if rights.actor.kind is ActorKind.LOCAL:
        return given.by == who.by
    return given.account == who.account


def is_visible(stored: StoredHandOver, rights: Rights) -> bool:
    """Return whether whoever asks watches all that the shift watched."""
    reach = rights.areas(Permission.DESKS_ATTEND)
    if reach is None:
        return True
    return stored.areas is not None and bool(stored.areas) and reach.issuperset(stored.areas)


def _open(store: CenterStore, rights: Rights) -> tuple[list[wire.OpenMatter], int]:
    """Return the open matters of the premises of whoever asks, and how many there are."""
    within = rights.visible(Permission.INCIDENTS_READ).named
    page = store.page_of_incidents(
        which="open", limit=MOST_MATTERS, kinds=list(IncidentKind), within=within
    )
    return [_matter(each) for each in page.incidents], page.total


def _matter(incident: Incident | DamagedIncident) -> wire.OpenMatter:
    if isinstance(incident, DamagedIncident):
        premises, name, owner = incident.premises, incident.premises, None
    else:
        premises, name, owner = incident.site.id, incident.site.name, incident.owner
    return wire.OpenMatter(
        incident=incident.id,
        kind=IncidentKind(incident.kind),
        premises=premises,
        name=name,
        phase=str(incident.phase),
        owner=owner,
        opened_at=incident.opened_at,
    )


def _signature(who: ActedBy, note: str, at: Micros) -> wire.ShiftSignature:
    return wire.ShiftSignature(account=who.account, by=who.by, at=at, note=note)


def _audited(number: int, who: ActedBy, event: str, at: Micros) -> AuditEntry:
    by = who.account or who.by
    return AuditEntry(at, AuditKind.ACT, by, f"shift hand-over {number}", {"event": event})
