"""A house with detectors, a clock that is moved by hand, and the real engine on a real SQLite file."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from prometheus_client import CollectorRegistry
from sqlalchemy import Connection, text

import registry.store
from alerting.domain.decisions.overrides import OverrideOrder
from alerting.domain.model.events import Advance, Close
from alerting.domain.model.fire import FireIncident, Phase
from alerting.domain.model.incident import Incident, IncidentKind, Outcome
from alerting.domain.model.override import Override
from alerting.domain.notification.recipients import Destination
from alerting.engine.arrivals import ArrivedSignals
from alerting.engine.commit_result import CommitResult
from alerting.engine.engine import Engine, open_engine
from alerting.metrics import Metrics
from alerting.settings import Confirmation
from contract.messages import Edge, Kind, Scope, Signal
from contract.times import to_micros
from registry.model.places import Point, PointKind
from registry.model.registry import Registry
from tests.stories.alerting.described import assert_described
from tests.support.columns import refuse_unknown_columns
from tests.support.receipts import proof_of

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

SECRET = bytes(range(32))
"""The secret of the center: a restart has the same one, and ids are the same in each run."""

MARKET = Registry.model_validate(
    {
        "areas": [{"id": "bac-lieu", "name": "Bạc Liêu"}],
        "premises": [
            {
                "id": "cho",
                "name": "Chợ An Bình",
                "address": "1 Trần Phú",
                "area": "bac-lieu",
                "policy": "day",
            },
            {"id": "nha-pho", "name": "Nhà phố 12", "address": "12 Lê Lợi", "area": "bac-lieu"},
        ],
        "zones": [
            {"id": "stalls-a", "premises": "cho", "name": "Dãy A", "rule": "type_b", "window_s": 300},
            {"id": "stalls-b", "premises": "cho", "name": "Dãy B", "rule": "type_b", "window_s": 120},
            {"id": "store", "premises": "cho", "name": "Kho", "rule": "immediate"},
            {"id": "ground", "premises": "nha-pho", "name": "Tầng trệt"},
        ],
        "gateways": [
            {"id": "gw-1", "premises": "cho", "name": "Tủ 1"},
            {"id": "gw-1", "premises": "nha-pho", "name": "Tủ 1"},
        ],
        "points": [
            *(
                {
                    "id": name,
                    "premises": "cho",
                    "zone": zone,
                    "gateway": "gw-1",
                    "kind": kind,
                    "place": place,
                }
                for name, zone, kind, place in (
                    ("smoke-01", "stalls-a", "smoke", "gian A1"),
                    ("smoke-02", "stalls-a", "smoke", "gian A2"),
                    ("smoke-03", "stalls-a", "smoke", "gian A3"),
                    ("smoke-11", "stalls-b", "smoke", "gian B1"),
                    ("smoke-12", "stalls-b", "smoke", "gian B2"),
                    ("button-01", "stalls-a", "manual", "cổng chính"),
                    ("flow-01", "stalls-b", "flow", "ống đứng"),
                    ("heat-01", "store", "heat", "kho gas"),
                )
            ),
            {
                "id": "smoke-01",
                "premises": "nha-pho",
                "zone": "ground",
                "gateway": "gw-1",
                "kind": "smoke",
            },
            {
                "id": "smoke-02",
                "premises": "nha-pho",
                "zone": "ground",
                "gateway": "gw-1",
                "kind": "smoke",
            },
        ],
        "contacts": [
            {
                "id": "district",
                "name": "Đội chữa cháy",
                "webhook": "http://127.0.0.1:1/district",
                "progress": True,
            },
            {
                "id": "owner",
                "name": "Ban quản lý chợ",
                "webhook": "http://127.0.0.1:1/owner",
                "progress": True,
            },
        ],
        "policies": [
            {
                "id": "day",
                "stages": [
                    {"after_s": 0, "notify": ["command-center"]},
                    {"after_s": 60, "notify": ["district", "owner"]},
                    {"after_s": 180, "notify": ["command-center"]},
                ],
            }
        ],
    }
)


def signal(
    seq: int,
    name: str,
    at: datetime,
    *,
    kind: Kind = Kind.FIRE,
    edge: Edge = Edge.RAISED,
    quantity: str = "smoke",
) -> Signal:
    return Signal(
        seq=seq,
        kind=kind,
        edge=edge,
        scope=Scope.POINT,
        name=name,
        reason=f"{quantity}_above_alarm",
        quantity=quantity,
        value=0.3,
        changed_at=to_micros(at),
        committed_at=to_micros(at),
    )


@dataclass
class House:
    """Premises whose signals reach the engine at once; time passes only in ``wait``."""

    url: str
    engine: Engine
    metrics: Metrics
    stack: AsyncExitStack
    content: Registry = MARKET
    now: datetime = START
    premises: str = "cho"
    gateway: str = "gw-1"
    epoch: str = "e1"
    seq: int = 0

    async def fire(
        self, name: str, *, quantity: str = "smoke", at: datetime | None = None
    ) -> CommitResult:
        return await self.send_signals(self.next(name, quantity=quantity, at=at))

    async def restore(self, name: str) -> CommitResult:
        return await self.send_signals(self.next(name, edge=Edge.RESTORED))

    async def report(self, name: str, kind: Kind) -> CommitResult:
        return await self.send_signals(self.next(name, kind=kind))

    def next(self, name: str, *, at: datetime | None = None, **changes: Any) -> Signal:
        self.seq += 1
        return signal(self.seq, name, at or self.now, **changes)

    async def send_signals(
        self, *signals: Signal, floor: int = 1, offset: int | None = None
    ) -> CommitResult:
        return await self.engine.intake.accept_arrivals(
            [self.arrival(*signals, floor=floor, offset=offset)], self.now
        )

    def arrival(self, *signals: Signal, floor: int = 1, offset: int | None = None) -> ArrivedSignals:
        return ArrivedSignals(
            self.premises,
            self.gateway,
            self.epoch,
            floor,
            signals,
            received_at=to_micros(self.now),
            offset=offset,
            proofs=tuple(map(proof_of, signals)),
        )

    async def wait(self, *, seconds: float = 0, minutes: float = 0) -> None:
        """Let time pass; every deadline in between runs at its own moment."""
        until = self.now + timedelta(seconds=seconds, minutes=minutes)
        while (due := await self.engine.deadlines.next_deadline()) is not None and due <= until:
            self.now = max(due, self.now)
            await self.engine.deadlines.run_due(self.now)
        self.now = until

    async def register(self, name: str, *, zone: str) -> None:
        """Import a registry that knows the point *name* too."""
        point = Point(
            id=name, premises=self.premises, zone=zone, gateway=self.gateway, kind=PointKind.SMOKE
        )
        wider = self.content.model_copy(update={"points": (*self.content.points, point)})
        async with registry.store.open_store(self.url) as store:
            await store.store_registry(wider, who="test", now=self.now)
        await self.engine.transactions.refresh_registry()

    async def acknowledge(self, by: str) -> Incident:
        return await self.engine.operators.acknowledge((await self.incident()).id, by=by, now=self.now)

    async def go_on(self, by: str, phase: Phase) -> Incident:
        return await self.engine.operators.act(
            (await self.incident()).id, Advance(by, phase), now=self.now
        )

    async def close(self, by: str, outcome: Outcome = Outcome.FALSE_ALARM) -> Incident:
        return await self.engine.operators.close(
            (await self.incident()).id, by=by, outcome=outcome, now=self.now
        )

    async def answers(self, *destinations: str) -> None:
        """Deliver all that waits for *destinations*."""
        lines = await self.engine.transactions.read(
            lambda store: store.deliveries.waiting_destinations()
        )
        for line in lines:
            while line[0] in destinations and await self._reaches(line):
                pass

    async def _reaches(self, line: Destination) -> bool:
        waiting = await self.engine.outbox.begin_attempt(line, self.now)
        if waiting is not None:
            await self.engine.outbox.record_delivered(waiting, self.now)
        return waiting is not None

    async def order(
        self, kind: IncidentKind, *, minutes: float = 60, in_minutes: float = 0, **what: Any
    ) -> Override:
        """Somebody orders a test, a drill, a silence or maintenance."""
        begins = self.now + timedelta(minutes=in_minutes)
        ends = begins + timedelta(minutes=minutes)
        ordered = OverrideOrder("Trực ban", to_micros(begins), to_micros(ends), **what)
        return await self.engine.operators.order_override(
            kind, premises=self.premises, order=ordered, now=self.now
        )

    async def end(self, override: Override) -> None:
        await self.engine.operators.act(override.id, Close("Trực ban", Outcome.TEST), now=self.now)

    async def incidents(self, which: str = "all") -> list[Incident]:
        return await self.engine.transactions.read(
            lambda store: store.list_incidents(which=which, limit=100)
        )

    async def incident(self) -> Incident:
        return next(each for each in await self.incidents() if each.site.id == self.premises)

    async def fire_incident(self) -> FireIncident:
        """The incident, which must be a fire."""
        incident = await self.incident()
        assert isinstance(incident, FireIncident)
        return incident

    async def relays(self) -> list[str]:
        """Return the notifications of destinations, in order: "confirmed to command-center".

        Those of orders, which go out at once and again, are what ``notices`` returns.
        """
        return [_told(row) for row in await self.deliveries() if row["event"] != "override"]

    async def notices(self) -> list[str]:
        """Return who was told of orders, in order: "override to command-center"."""
        return [_told(row) for row in await self.deliveries() if row["event"] == "override"]

    async def deliveries(self) -> list[dict[str, Any]]:
        query = "SELECT * FROM deliveries WHERE state <> 'replaced' ORDER BY number"
        return await self.rows(query)

    async def timeline(self) -> list[str]:
        return [
            f"{row['event']}: {row['reason']}"
            for row in await self.rows("SELECT * FROM timeline ORDER BY id")
        ]

    async def rows(self, query: str) -> list[dict[str, Any]]:
        def ask(connection: Connection) -> list[dict[str, Any]]:
            return [dict(row._mapping) for row in connection.execute(text(query))]

        return await self.engine.database.read(ask)

    async def restart(self) -> None:
        """The process dies at this moment, and begins again."""
        await self.stack.aclose()
        self.engine = await self.stack.enter_async_context(
            open_engine(self.url, Confirmation(), self.metrics, secret=SECRET)
        )
        refuse_unknown_columns(self.engine.database._engine)
        await self.engine.upkeep.resume(self.now)


@asynccontextmanager
async def house(url: str, content: Registry = MARKET) -> AsyncIterator[House]:
    async with registry.store.open_store(url) as store:
        await store.store_registry(content, who="test", now=START)
    metrics = Metrics(CollectorRegistry())
    async with AsyncExitStack() as stack:
        opened = open_engine(url, Confirmation(), metrics, secret=SECRET)
        engine = await stack.enter_async_context(opened)
        refuse_unknown_columns(engine.database._engine)
        one = House(url, engine, metrics, stack, content)
        yield one
        await assert_described(one.engine)


def names(incident: Incident) -> Sequence[str]:
    assert isinstance(incident, FireIncident)
    return [point.name for point in incident.points.values()]


def _told(row: dict[str, Any]) -> str:
    return f"{row['event']} to {row['destination']}"
