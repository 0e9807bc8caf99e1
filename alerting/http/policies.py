"""Whom a policy would notify at a moment, over HTTP (docs/protocol.md, 8)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import msgspec
from aiohttp import web

import contract.http.policies as http
from alerting.domain.notification.policy_timeline import (
    PolicyTimeline,
    StagePerson,
    TimelineStage,
    policy_timeline,
)
from alerting.domain.notification.recipients import Directory
from alerting.engine.engine import Engine
from alerting.http.access import rights_of
from alerting.http.premises import check_premises
from alerting.http.registry_reach import PermittedReach
from contract.http.checking import read_query
from contract.http.permissions import Permission
from contract.http.queue import ClockStep
from contract.times import SECOND, to_micros
from registry.domain.encoded_records import RecordKey
from registry.drafts.rows import RowReader
from registry.drafts.store import DraftConnection
from registry.model.policies import CIRCLES, COMMAND_CENTER, Policy
from registry.store.outlines import Outlines
from runtime.clock import Clock
from runtime.database import ReadFor
from runtime.json_answers import json_answer

NO_POLICY = "there is no such policy; list them with GET /api/v1/registry/policies"

MayKnow = Callable[[str, str], bool]
"""Returns whether whoever asks may see the row of a table, by its key."""


@dataclass(frozen=True, slots=True)
class _Asked:
    policy: str
    premises: str | None
    moment: datetime


class PoliciesApi:
    """Answers requests about policies from the registry in use, in a thread that reads."""

    def __init__(self, engine: Engine, clock: Clock, outlines: Outlines) -> None:
        self._database = engine.database
        self._registry = engine.registry
        self._clock = clock
        self._rows = RowReader(outlines)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of policies."""
        return [web.get("/api/v1/policies/{policy}/recipients", self.recipients)]

    async def recipients(self, request: web.Request) -> web.Response:
        """``GET /api/v1/policies/{policy}/recipients``."""
        query, rights = read_query(request.query, http.RecipientsQuery), rights_of(request)
        directory = self._registry.current.directory
        if query.premises is not None:
            check_premises(directory.index, query.premises, rights)
        asked = _Asked(request.match_info["policy"], query.premises, query.at or self._clock())
        reach = PermittedReach(rights, Permission.REGISTRY_READ)
        answer = partial(self._answer, directory=directory, asked=asked, reach=reach)
        return json_answer(await self._database.read(answer, purpose=ReadFor.WEB))

    def _answer(
        self, connection: DraftConnection, *, directory: Directory, asked: _Asked, reach: PermittedReach
    ) -> http.PolicyRecipients:
        visible = self._rows.version(connection, reach).rows
        policy = directory.index.policy_named(asked.policy)
        if not isinstance(policy, Policy) or not visible.has(RecordKey("policies", policy.id)):
            raise web.HTTPNotFound(text=NO_POLICY)
        found = policy_timeline(directory, policy, premises=asked.premises, moment=asked.moment)
        people = _People(directory, lambda table, key: visible.has(RecordKey(table, key)))
        return _shown(found, asked, people)


@dataclass(frozen=True, slots=True)
class _People:
    """Shows people by *directory*; of whoever may not be known, the id alone."""

    directory: Directory
    may_know: MayKnow

    def shown(self, people: Iterable[StagePerson]) -> list[http.PolicyRecipient]:
        """Return *people* with their names."""
        return [self._one(each) for each in people]

    def _one(self, person: StagePerson) -> http.PolicyRecipient:
        name, role = self._name(person.contact)
        roster = person.roster
        return http.PolicyRecipient(
            contact=person.contact,
            name=name,
            role=role,
            roster=roster,
            roster_name="" if roster is None else self._roster(roster),
            channels=list(person.channels),
        )

    def _name(self, contact: str) -> tuple[str, str]:
        known = contact == COMMAND_CENTER or self.may_know("contacts", contact)
        if contact in CIRCLES or not known:
            return contact, ""
        found = self.directory.contact(contact)
        return found.name, found.role

    def _roster(self, roster: str) -> str:
        found = self.directory.index.roster(roster)
        return getattr(found, "name", roster) if self.may_know("rosters", roster) else roster


def _shown(found: PolicyTimeline, asked: _Asked, people: _People) -> http.PolicyRecipients:
    limits = msgspec.structs.asdict(found.snapshot.clocks)
    return http.PolicyRecipients(
        policy=asked.policy,
        at=to_micros(asked.moment),
        premises=asked.premises,
        stages=[_stage(each, people) for each in found.stages],
        repeat_s=found.snapshot.repeat / SECOND,
        repeated=people.shown(found.repeated),
        clocks=[
            http.PolicyClock(step=ClockStep(step), limit_s=limit / SECOND)
            for step, limit in limits.items()
        ],
    )


def _stage(found: TimelineStage, people: _People) -> http.PolicyStageAt:
    stage = found.stage
    return http.PolicyStageAt(
        after_s=stage.after / SECOND,
        at=to_micros(found.at),
        reason=stage.reason,
        when=stage.when.value,
        follows=stage.follows,
        recipients=people.shown(found.people),
    )
