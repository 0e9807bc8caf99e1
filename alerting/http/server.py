"""The web application of alerting: every route that it serves (docs/protocol.md, 8)."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter

from accounts.identification import Identifier
from accounts.openid.settings import CALLBACK_PATH
from accounts.openid.sign_in import OpenIdSignIn
from accounts.service import Accounts
from alerting.channels.trials import TrialSender
from alerting.engine.delivered_addresses import DeliveredAddresses
from alerting.engine.engine import Engine
from alerting.engine.gateway_authority import GatewayAuthority
from alerting.http.access import AccessGuard, rights_if_known
from alerting.http.access_api import access_routes
from alerting.http.answer_links import LINKS, AnswerLinksApi
from alerting.http.approvals import ApprovalsApi
from alerting.http.areas import RegisteredAreas
from alerting.http.areas_api import AreasApi
from alerting.http.desk_acts import DeskActsApi
from alerting.http.desks import DesksApi
from alerting.http.draft_errors import draft_errors
from alerting.http.draft_expiry import DraftExpiry
from alerting.http.draft_jobs import DraftJobs
from alerting.http.drafts import DraftRules, DraftsApi
from alerting.http.duties import DutiesApi
from alerting.http.enrolments import EnrolmentsApi
from alerting.http.errors import alerting_errors
from alerting.http.exchange import ExchangeApi
from alerting.http.feed import Feed
from alerting.http.files import FilesApi
from alerting.http.forms import FormsApi
from alerting.http.gateways import GatewaysApi
from alerting.http.incidents import IncidentsApi
from alerting.http.information import InformationApi
from alerting.http.known_places import KnownPlaces
from alerting.http.ledger import LedgerApi
from alerting.http.looks import LookLog
from alerting.http.openid import OpenIdApi
from alerting.http.overrides import OverridesApi
from alerting.http.own_account import OwnAccountApi
from alerting.http.personal import PersonalData
from alerting.http.plans import PlansApi
from alerting.http.policies import PoliciesApi
from alerting.http.premises import PremisesApi
from alerting.http.procedures import ProceduresApi
from alerting.http.registry import RegistryApi
from alerting.http.replies import RepliesApi
from alerting.http.report_processes import ReportProcesses
from alerting.http.reports import ReportsApi
from alerting.http.scene import SceneApi
from alerting.http.second_person import SecondPerson
from alerting.http.session_checks import SessionChecks
from alerting.http.session_rules import session_errors
from alerting.http.sessions import SessionsApi
from alerting.http.sheets import SheetsApi
from alerting.http.shifts import ShiftsApi
from alerting.http.sign_in_count import SignInCount
from alerting.http.successors import SuccessorsApi
from alerting.http.synthetic_fire import SyntheticFireApi
from alerting.http.trainings import TrainingsApi
from alerting.http.trials import TrialsApi
from alerting.mqtt.points_watch import PointsWatch
from alerting.mqtt.shown_rounds import NO_ROUNDS
from alerting.mqtt.supervision import Supervision
from alerting.registry_work.runners import ProcessRunner, TaskRunner
from alerting.settings import DEFAULT_ACTS, ActsSettings
from contract.http.health import AlertingHealth, without_names
from contract.http.permissions import Permission
from contract.http.routes import Service
from contract.http.synthetic_fire import SyntheticFire
from registry.attachments.service import FileService
from registry.model.contacts import ChannelKind, Contact
from registry.store.outlines import Outlines
from runtime.api_routes import api_routes, json_errors, no_stray_parameters
from runtime.bounded_work import BoundedWork, WorkLimits
from runtime.client_address import IpNetwork
from runtime.clock import Clock
from runtime.refused_requests import RefusedRequests
from runtime.settings import GuardedWeb
from runtime.web import health_routes, refuse_other_sites
from runtime.web_clients import client_of

MAX_BODY = 16_384
"""Largest request body in bytes; a real one is under 200."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """The parts that the routes answer from."""

    engine: Engine
    supervision: Supervision
    points: PointsWatch
    feed: Feed
    accounts: Accounts
    clock: Clock
    acts: ActsSettings = DEFAULT_ACTS
    authority: GatewayAuthority | None = None
    openid: OpenIdSignIn | None = None
    sign_ins: Counter | None = None
    rounds: Callable[[], SyntheticFire] = lambda: NO_ROUNDS
    trials: TrialSender = field(default_factory=lambda: TrialSender(DeliveredAddresses()))
    command_center: Contact | None = None
    usable: frozenset[ChannelKind] = frozenset(ChannelKind)
    files: FileService | None = None
    drafts: DraftRules = field(default_factory=DraftRules)
    work: TaskRunner = field(default_factory=ProcessRunner)
    forms: BoundedWork = field(default_factory=lambda: BoundedWork(WorkLimits()))


def web_app(
    served: Served,
    *,
    guarded: GuardedWeb,
    metrics: CollectorRegistry,
    health: Callable[[], AlertingHealth],
    identifiers: Sequence[Identifier] = (),
    proxies: Collection[IpNetwork] = (),
    refused: Counter | None = None,
) -> web.Application:
    """Return the application; each of its routes needs the permission that stands in its table.

    *refused* counts requests that are refused.
    """
    refusals = RefusedRequests(refused)
    access = AccessGuard(
        guarded,
        *served.accounts.identifiers,
        *identifiers,
        has_administrator=lambda: served.accounts.has_administrator(served.clock()),
        tree=RegisteredAreas(served.engine.registry).tree,
        clock=served.clock,
        refused=refusals,
        proxies=proxies,
    )
    arrivals = frozenset({CALLBACK_PATH})
    other_sites = refuse_other_sites(
        guarded.names, arrivals=arrivals, secret_paths=(LINKS,), refusals=refusals
    )
    looks = LookLog(served.engine.transactions, served.clock)
    before = [json_errors, alerting_errors, draft_errors, session_errors, other_sites, access.guard]
    middlewares = [*before, PersonalData(looks).mask, no_stray_parameters]
    app = web.Application(middlewares=middlewares, client_max_size=MAX_BODY)
    app.add_routes(health_routes(metrics, lambda request: _health_for(request, health())))
    app.add_routes(api_routes(Service.ALERTING))
    app.add_routes([*_routes(served, proxies, looks), *_session_routes(served, access)])
    jobs = DraftJobs(served.work, served.engine.database.url)
    app.add_routes(_registry_routes(served, jobs, looks))
    database, days = served.engine.database, served.drafts.forget_days
    app.cleanup_ctx.extend((jobs.ending, DraftExpiry(database, served.clock, days=days).running))
    app.on_response_prepare.append(_keep_private)
    app.on_shutdown.append(served.feed.end)
    app.cleanup_ctx.extend((access.long_requests.watching, looks.writing))
    return app


async def _keep_private(_: web.Request, response: web.StreamResponse) -> None:
    """Let nothing that is answered be kept in a cache, be taken for a page, or name a page elsewhere."""
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")


def _routes(served: Served, proxies: Collection[IpNetwork], looks: LookLog) -> list[web.RouteDef]:
    enrolments = EnrolmentsApi(
        served.authority,
        served.clock,
        address_of=lambda request: client_of(request, proxies).address,
    )
    second = SecondPerson(served.acts, served.engine.database)
    known = KnownPlaces(served.engine.registry)
    return [
        *enrolments.routes(),
        *IncidentsApi(served.engine, served.clock, second, usable=served.usable).routes(),
        *InformationApi(served.engine, served.clock).routes(),
        *ProceduresApi(served.engine, served.clock).routes(),
        *DeskActsApi(served.engine, served.clock, known).routes(),
        *SuccessorsApi(served.engine).routes(),
        *ShiftsApi(served.engine, served.clock).routes(),
        *DesksApi(served.engine.desks, served.clock).routes(),
        *SceneApi(served.engine, served.clock, known).routes(),
        *PremisesApi(served.engine, served.clock, known).routes(),
        *OverridesApi(served.engine, served.clock, second).routes(),
        *ApprovalsApi(served.engine, served.clock).routes(),
        *LedgerApi(served.engine, served.supervision, served.clock).routes(),
        *GatewaysApi(served.engine, served.supervision, served.points, served.clock).routes(),
        *TrialsApi(
            served.engine, served.trials, served.clock, command_center=served.command_center
        ).routes(),
        *SyntheticFireApi(served.rounds).routes(),
        *TrainingsApi(served.engine, served.clock).routes(),
        *RepliesApi(served.engine).routes(),
        *AnswerLinksApi(served.engine, served.clock, proxies).routes(),
        *PlansApi(served.engine, known, served.files).routes(),
        *FormsApi(
            served.engine,
            known,
            served.clock,
            looks=looks,
            work=served.forms if served.files is None else served.files.work,
        ).routes(),
        *FilesApi(served.engine, served.files, served.clock).routes(),
        *DutiesApi(served.engine, served.supervision, served.clock, served.files).routes(),
        *AreasApi(served.engine, served.clock).routes(),
        *ReportsApi(
            ReportProcesses(served.engine.database.url), served.engine.database, served.clock
        ).routes(),
        *access_routes(),
        web.get("/api/v1/feed", served.feed.serve),
    ]


def _registry_routes(served: Served, jobs: DraftJobs, looks: LookLog) -> list[web.RouteDef]:
    drafts = DraftsApi(served.engine, served.clock, served.drafts, jobs)
    rules, outlines = served.drafts, Outlines()
    return [
        *drafts.routes(),
        *SheetsApi(served.engine, served.clock, drafts, rules=rules, looks=looks).routes(),
        *RegistryApi(served.engine, drafts, jobs, outlines=outlines).routes(),
        *PoliciesApi(served.engine, served.clock, outlines).routes(),
        *ExchangeApi(served.engine, key=rules.key, center=rules.center, outlines=outlines).routes(),
    ]


def _session_routes(served: Served, access: AccessGuard) -> list[web.RouteDef]:
    count = SignInCount(served.sign_ins)
    sessions = SessionsApi(served.accounts, served.clock, access.rights_for, count=count)
    checks = SessionChecks(access, served.accounts, served.engine.registry, served.clock)
    return [
        *checks.routes(),
        *sessions.routes(),
        *OwnAccountApi(served.accounts, served.clock, sessions).routes(),
        *OpenIdApi(served.accounts, served.openid, served.clock, count=count).routes(),
    ]


def _health_for(request: web.Request, health: AlertingHealth) -> dict[str, Any]:
    rights = rights_if_known(request)
    knows = rights is not None and rights.everywhere(Permission.GATEWAYS_READ)
    shown: dict[str, Any] = msgspec.to_builtins(health if knows else without_names(health))
    return shown
