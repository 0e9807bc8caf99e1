"""A center with premises in two communes, each of whose names and texts are marked, and its accounts."""

import asyncio
import hashlib
import io
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from prometheus_client import CollectorRegistry

import registry.store
from accounts.domain.actor import Actor, ActorKind, Evidence, Grant
from accounts.domain.roles import Role
from accounts.identification import Credentials
from alerting.domain.decisions.overrides import OverrideOrder
from alerting.domain.model.events import MarkSeen
from alerting.domain.model.incident import IncidentKind
from alerting.engine.arrivals import ArrivedSignals
from alerting.engine.engine import Engine, open_engine
from alerting.http.accounts import accounts_of
from alerting.http.drafts import DraftRules
from alerting.http.feed import Feed
from alerting.http.server import Served, web_app
from alerting.jobs.duties.plans import DutyPlans
from alerting.jobs.duties.registry_follower import RegistryFollower
from alerting.metrics import Metrics
from alerting.mqtt.points_watch import PointsWatch
from alerting.mqtt.supervision import Supervision
from alerting.settings import AccountsSettings, Confirmation
from alerting.store.retry import DatabaseRetry
from audit.center_key import CenterKey
from contract.http.health import AlertingHealth, RegistryHealth
from contract.http.permissions import Permission
from contract.ids import GatewayKey, IncidentId
from contract.messages import Kind
from contract.times import to_micros
from registry.attachments.bounds import DEFAULT_BOUNDS
from registry.attachments.cleaning import CleaningOrder, clean
from registry.attachments.folder import FileFolder, FileRecord
from registry.attachments.kinds import FileKind
from registry.attachments.service import open_files
from registry.drafts.domain.comparison import encoded_row, row_of
from registry.drafts.domain.draft import Draft, DraftRow
from registry.drafts.store import DraftConnection, add_draft, put_rows
from registry.model.places import Premises
from registry.model.registry import Registry
from runtime.clock import Clock, utc_now
from runtime.settings import GuardedWeb
from runtime.web import serve
from tests.stories.alerting.house import signal
from tests.support.new_centers import give_tables
from tests.support.receipts import proof_of
from tests.support.registry_work import ThreadRunner

RED, BLUE = "redmark", "bluemark"
"""The communes: premises, zones, gateways, points, people and texts of each have its name in them."""

LOST = "lostmark"
"""Premises that nobody registered, of which a gateway is heard."""

LOCAL_TOKEN = "l" * 32

CENTER_KEY = CenterKey(Ed25519PrivateKey.from_private_bytes(b"k" * 32))
"""The key by which the center signs what it hands over."""


DRILL = {
    "id": "drill",
    "name": "Thực tập chữa cháy",
    "kind": "drill",
    "every": {"years": 1},
    "valid_from": "2025-07-01",
    "source": "Luật 55/2024/QH15",
}
CONNECTION = {**DRILL, "id": "connection", "kind": "connection", "every": None, "once_by": "2027-07-01"}
"""Duties of all premises."""


def registered(*communes: str) -> Registry:
    """Return a registry with one premises in each of *communes*."""
    tables: dict[str, list[dict[str, Any]]] = {
        "areas": [{"id": "province", "name": "Tỉnh"}],
        "premises": [],
        "zones": [],
        "gateways": [],
        "points": [],
        "floors": [],
        "contacts": [],
        "policies": [],
        "duty_rules": [DRILL, CONNECTION],
        "procedures": [{"id": "goi-chu", "part": "verify", "text": "Gọi người đứng đầu cơ sở"}],
    }
    for each in communes:
        tables["areas"].append({"id": f"area-{each}", "name": f"Phường {each}", "parent": "province"})
        _add_premises(tables, each)
    return Registry.model_validate(tables)


def own_contacts(content: Registry) -> Registry:
    """Return *content* with contacts whom premises alone name: whom a policy names, all share."""
    premises = tuple(each.model_copy(update={"supervisory_policy": None}) for each in content.premises)
    return content.model_copy(update={"premises": premises, "policies": ()})


def plan_of(commune: str) -> bytes:
    """Return the floor plan of the premises in *commune*, as it is kept."""
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30"><text>{commune}</text></svg>'
    return clean(drawn.encode(), CleaningOrder()).content


def plan_hash(commune: str) -> str:
    """Return the hash of the floor plan of the premises in *commune*."""
    return hashlib.sha256(plan_of(commune)).hexdigest()


def _keep_plan(folder: FileFolder, commune: str) -> None:
    content, name = plan_of(commune), plan_hash(commune)
    record = FileRecord(
        hash=name,
        uploaded_hash=name,
        kind=FileKind.SVG,
        bytes=len(content),
        width=40.0,
        height=30.0,
        at=0,
        by=commune,
    )
    with folder.new_file() as (path, file):
        file.write(content)
        file.flush()
        folder.keep(path, record)


def _add_premises(tables: dict[str, list[dict[str, Any]]], name: str) -> None:
    place = {"id": f"cho-{name}", "name": f"Chợ {name}", "address": f"1 {name}", "area": f"area-{name}"}
    policy = {"id": f"policy-{name}", "stages": [{"after_s": 0, "notify": [f"head-{name}"]}]}
    tables["policies"].append(policy)
    people = {"people": [f"head-{name}"], "supervisory_policy": policy["id"]}
    tables["premises"].append({**place, **people})
    tables["zones"].append(
        {"id": f"zone-{name}", "premises": f"cho-{name}", "name": f"Dãy {name}", "rule": "immediate"}
    )
    tables["gateways"].append({"id": f"gw-{name}", "premises": f"cho-{name}", "name": f"Tủ {name}"})
    point = {"premises": f"cho-{name}", "zone": f"zone-{name}", "gateway": f"gw-{name}"}
    button = {**point, "id": f"button-{name}", "kind": "manual", "place": f"cổng {name}"}
    tables["points"].append(button)
    tables["points"] += [
        {**point, "id": f"smoke-{number}-{name}", "kind": "smoke", "place": f"gian {name}"}
        for number in range(3)
    ]
    tables["floors"].append(
        {"id": "ground", "premises": f"cho-{name}", "level": 0, "plan": plan_hash(name)}
    )
    tables["contacts"].append(
        {"id": f"head-{name}", "name": f"Ông {name}", "webhook": f"http://127.0.0.1:1/{name}"}
    )


@dataclass
class Accounts:
    """An identifier that is a small program: the actors whom tokens prove, until they are revoked."""

    actors: dict[str, Actor] = field(default_factory=dict)

    async def identify(self, given: Credentials) -> Actor | None:
        """Return the actor whom *given* proves."""
        return self.actors.get(given.bearer or given.session or "")

    def add(
        self,
        token: str,
        *grants: Grant,
        kind: ActorKind = ActorKind.PERSON,
        scopes: frozenset[Permission] | None = None,
    ) -> str:
        """Give *token* to an account with *grants*; return it."""
        self.actors[token] = Actor(
            account=f"account-{token}",
            name=f"Chị {token}",
            kind=kind,
            evidence=Evidence.PASSWORD if kind is ActorKind.PERSON else Evidence.TOKEN,
            grants=grants,
            scopes=scopes,
            place=f"Bàn trực {token}",
        )
        return token


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer: its status, its text and, where it is JSON, what that says."""

    status: int
    text: str
    said: Any


@dataclass
class Province:
    """A served center with a fire, a fault and a drill in each commune; *ids* are the fires."""

    engine: Engine
    url: str
    http: aiohttp.ClientSession
    accounts: Accounts
    database: str
    ids: dict[str, IncidentId] = field(default_factory=dict)
    overrides: dict[str, IncidentId] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)
    seq: int = 0
    center_key: str = CENTER_KEY.public.hex()
    clock: Clock = utc_now

    async def ask(
        self,
        token: str | None,
        path: str,
        *,
        method: str = "GET",
        body: object = None,
        headers: dict[str, str] | None = None,
        file: bytes | io.BytesIO | None = None,
    ) -> Answered:
        """Return the answer to whoever has *token*; a *file* is sent as it is."""
        sent = {} if token is None else {"Authorization": f"Bearer {token}"}
        sent |= {"X-Tocsin-Request": "1"} | (headers or {})
        if file is not None:
            sent = {"Content-Type": "application/octet-stream"} | sent
        given = {"json": body} if file is None else {"data": file}
        async with self.http.request(method, self.url + path, headers=sent, **given) as answer:
            text = (await answer.read()).decode(errors="replace")
            is_json = answer.content_type == "application/json" and bool(text)
            return Answered(answer.status, text, await answer.json() if is_json else None)

    async def burn(self, commune: str, *, kind: Kind = Kind.FIRE, point: int = 0) -> None:
        """Have a point of *commune* say something."""
        self.seq += 1
        now = self.clock()
        sent = signal(self.seq, f"smoke-{point}-{commune}", now, kind=kind)
        arrived = ArrivedSignals(
            f"cho-{commune}",
            f"gw-{commune}",
            "e1",
            1,
            (sent,),
            received_at=to_micros(now),
            offset=None,
            proofs=(proof_of(sent),),
        )
        await self.engine.intake.accept_arrivals([arrived], now)

    async def order(self, commune: str, *, note: str = "") -> None:
        """Order maintenance in *commune*."""
        now = self.clock()
        times = to_micros(now), to_micros(now + timedelta(minutes=30))
        order = OverrideOrder(f"Anh {commune}", *times, note=note or f"ghi chú {commune}")
        override = await self.engine.operators.order_override(
            IncidentKind.MAINTENANCE, premises=f"cho-{commune}", order=order, now=now
        )
        self.overrides[commune] = override.id

    async def begin(self, commune: str) -> None:
        """Have a fire, a fault and maintenance in *commune*, which somebody has seen."""
        await self.burn(commune)
        await self.burn(commune, kind=Kind.FAULT, point=1)
        fires = await self.engine.transactions.read(
            lambda store: store.list_incidents(which="open", limit=100)
        )
        self.ids[commune] = next(each.id for each in fires if each.site.id == f"cho-{commune}")
        await self.engine.operators.act(self.ids[commune], MarkSeen(f"Anh {commune}"), now=self.clock())
        await self.order(commune)
        await self.prepare(commune)

    async def prepare(self, commune: str) -> None:
        """Have a draft about the premises of *commune*, whose author is the account of that name."""
        draft_id, account = f"d-{commune}", f"account-{commune.removesuffix('mark')}"
        draft = Draft(
            id=draft_id,
            account=account,
            name=f"Chị {commune}",
            based_on=1,
            made_at=to_micros(utc_now()),
            changed_at=to_micros(utc_now()),
            note=f"ghi chú {commune}",
            editors=(account,),
        )
        version = await self.engine.database.read(registry.store.latest)
        before = row_of(version.registry, "premises", f"cho-{commune}")
        place = {"id": f"cho-{commune}", "name": f"Chợ {commune}", "area": "province"}
        row = Premises.model_validate(place) if before is None else before
        after = encoded_row(row.model_copy(update={"name": f"Chợ mới {commune}"}))
        changed = DraftRow(
            "premises", f"cho-{commune}", None if before is None else encoded_row(before), after
        )

        def add(connection: DraftConnection) -> None:
            add_draft(connection, draft)
            put_rows(connection, draft_id, [changed])

        await self.engine.database.write(add)
        self.drafts[commune] = draft_id

    async def register(self, content: Registry) -> None:
        """Import *content*, and use it."""
        async with registry.store.open_store(self.database) as store:
            await store.store_registry(content, who="test", now=self.clock())
        await self.engine.transactions.refresh_registry()


def of_area(role: Role, commune: str) -> Grant:
    """Return *role* held in the area of *commune*."""
    return Grant(role=role, area=f"area-{commune}")


def _health() -> AlertingHealth:
    return AlertingHealth(
        ok=True,
        broker=True,
        brokers_away=[],
        waiting=0,
        database="ok",
        clock="ok",
        registry=RegistryHealth(version=1, trouble=None),
        unreachable=[f"no_channel:head-{RED}", f"no_channel:head-{BLUE}"],
        unreachable_count=2,
    )


@asynccontextmanager
async def province(
    database: str,
    *,
    communes: Sequence[str] = (RED, BLUE, LOST),
    content: Registry | None = None,
    token: str = LOCAL_TOKEN,
    clock: Clock = utc_now,
) -> AsyncIterator[Province]:
    """Serve a center in which something happened in each of *communes*, at the time of *clock*."""
    known = registered(*(each for each in communes if each != LOST)) if content is None else content
    give_tables(database)
    async with registry.store.open_store(database) as store:
        await store.store_registry(known, who="test", now=clock())
    metrics, accounts = Metrics(CollectorRegistry()), Accounts()
    async with (
        open_engine(database, Confirmation(), metrics) as engine,
        _served(engine, metrics, accounts, token=token, clock=clock) as (url, http),
    ):
        one = Province(engine, url, http, accounts, database, clock=clock)
        await RegistryFollower(engine.database, DutyPlans(engine.registry), clock).follow()
        for each in communes:
            await one.begin(each)
        yield one


@asynccontextmanager
async def _served(
    engine: Engine, metrics: Metrics, accounts: Accounts, *, token: str, clock: Clock
) -> AsyncIterator[tuple[str, aiohttp.ClientSession]]:
    retry = DatabaseRetry(metrics)
    supervision = Supervision(
        engine,
        reporting_s=90,
        clock=clock,
        metrics=metrics,
        database_retry=retry,
        hears=lambda: True,
    )
    for each in (RED, BLUE, LOST):
        supervision.note_signal(GatewayKey(f"cho-{each}", f"gw-{each}"), _micros(clock()))
    points = PointsWatch(engine, supervision, clock=clock, metrics=metrics, database_retry=retry)
    feed = Feed(engine.transactions, limit=50, metrics=metrics)
    engine.transactions.listeners.append(feed.on_commit)
    folder = FileFolder(Path(tempfile.mkdtemp(prefix="tocsin-files-")), most_bytes=1 << 30)
    for each in (RED, BLUE, LOST):
        _keep_plan(folder, each)
    served = Served(
        engine=engine,
        supervision=supervision,
        points=points,
        feed=feed,
        accounts=accounts_of(engine, AccountsSettings(), clock),
        clock=clock,
        files=open_files(folder, DEFAULT_BOUNDS),
        work=ThreadRunner(),
        drafts=DraftRules(key=CENTER_KEY),
    )
    app = web_app(
        served,
        guarded=GuardedWeb(port=0, token=token),
        metrics=metrics.registry,
        health=_health,
        identifiers=(accounts,),
    )
    running = asyncio.create_task(feed.run())
    async with aiohttp.ClientSession() as http, serve(app, "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}", http
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    shutil.rmtree(folder.path)


def _micros(moment: datetime) -> int:
    return to_micros(moment)
