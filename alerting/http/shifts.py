"""Hand-overs of shifts over HTTP: the center lists what is open, and both persons sign it."""

from collections.abc import Collection, Sequence
from typing import Literal

import msgspec
from aiohttp import web

from accounts.domain.actor import ActorKind
from accounts.domain.rights import Rights
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import Incident, IncidentKind
from alerting.domain.model.training import is_training
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
_UNREAD = "{count} open matters came that you have not read; read those in `new`, then sign with `read`"
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
        given = _signature(who, asked.note, to_micros(now))
        areas = rights.areas(Permission.DESKS_ATTEND)

        def change(unit: UnitOfWork) -> wire.ShiftHandOver | Unread:
            matters, total = _open(unit.store, rights)
            if asked.read is not None and (unread := _unread(matters, asked.read)):
                return Unread(unread)
            made = unit.store.shifts.add(given, matters, total=total, areas=areas)
            unit.add_audit_entry(_audited(made.id, who, "given", unit.now))
            return made

        answer = await self._transactions.run(change, now)
        return answer.said() if isinstance(answer, Unread) else json_answer(answer, status=201)

    async def receive(self, request: web.Request) -> web.Response:
        """``POST /api/v1/shifts/hand-over/signature``."""
        asked, rights = read_body(await request.read(), wire.ShiftSignatureRequest), rights_of(request)
        who = operator_of(rights, Said(asked.by), needed=Permission.DESKS_ATTEND)
        now = self._clock()
        received = _signature(who, asked.note, to_micros(now))

        def change(unit: UnitOfWork) -> wire.ShiftHandOver | Unread | str:
            found = unit.store.shifts.one(asked.hand_over)
            if found is None or not is_visible(found, rights) or found.hand_over.received is not None:
                return _REFUSED
            if _is_same(found.hand_over.given, who, rights):
                return _SAME
            matters, _ = _open(unit.store, rights)
            listed = [each.incident for each in found.hand_over.matters]
            if unread := _unread(matters, listed if asked.read is None else asked.read):
                return Unread(unread)
            unit.store.shifts.sign(asked.hand_over, received, came=_unread(matters, listed))
            unit.add_audit_entry(_audited(asked.hand_over, who, "received", unit.now))
            signed = unit.store.shifts.one(asked.hand_over)
            return _REFUSED if signed is None else signed.hand_over

        answer = await self._transactions.run(change, now)
        if isinstance(answer, Unread):
            return answer.said()
        if isinstance(answer, str):
            return json_answer({"error": answer}, status=409)
        return json_answer(answer)


class Unread(msgspec.Struct, frozen=True):
    """Open matters that whoever signs has not read."""

    matters: list[wire.OpenMatter]

    def said(self) -> web.Response:
        """Return the refusal, which names each of them."""
        new = [each.incident for each in self.matters]
        return json_answer({"error": _UNREAD.format(count=len(new)), "new": new}, status=409)


def _unread(matters: Sequence[wire.OpenMatter], read: Collection[str]) -> list[wire.OpenMatter]:
    """Return those of *matters* that are not among the *read* ones."""
    known = frozenset(read)
    return [each for each in matters if each.incident not in known]


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
    """Return the open matters of the premises of whoever asks, and how many there are.

    Trainings are none: they end with who learns.
    """
    within = rights.visible(Permission.INCIDENTS_READ).named
    page = store.page_of_incidents(
        which="open", limit=MOST_MATTERS, kinds=list(IncidentKind), within=within
    )
    real = [each for each in page.incidents if not _is_learned_by(each)]
    return [_matter(each) for each in real], page.total - len(page.incidents) + len(real)


def _is_learned_by(incident: Incident | DamagedIncident) -> bool:
    return isinstance(incident, Incident) and is_training(incident)


def _awaits(incident: Incident | DamagedIncident) -> Literal["approval", "acceptance"] | None:
    """Return the act of another person for which *incident* waits."""
    if isinstance(incident, DamagedIncident):
        return None
    if isinstance(incident, FireIncident) and incident.closing is not None:
        return "approval"
    return None if incident.offer is None else "acceptance"


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
        awaits=_awaits(incident),
    )


def _signature(who: ActedBy, note: str, at: Micros) -> wire.ShiftSignature:
    return wire.ShiftSignature(account=who.account, by=who.by, at=at, note=note)


def _audited(number: int, who: ActedBy, event: str, at: Micros) -> AuditEntry:
    by = who.account or who.by
    return AuditEntry(at, AuditKind.ACT, by, f"shift hand-over {number}", {"event": event})
