"""Compares the registry with the inventories of gateways, and reports differences."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial

import structlog

from alerting.domain.fairness.report_pacing import ReportPacing
from alerting.domain.fairness.token_bucket import Rate
from alerting.domain.notification.center import CENTER
from alerting.domain.watch.gateways import LOST, GatewayWatch
from alerting.domain.watch.points import Deviation, deviations, findings, parse_deviation
from alerting.engine.engine import Engine
from alerting.engine.findings import OwnFinding
from alerting.metrics import Metrics
from alerting.mqtt.supervision import Supervision
from alerting.store.retry import DatabaseRetry
from contract.ids import GatewayKey
from contract.messages import Scope
from registry.domain.index import Index
from runtime.clock import Clock
from runtime.sender_log import SenderLog

log = structlog.get_logger(__name__)
log_of_senders = SenderLog(log)

LOOK_S = 1.0
"""Seconds between two looks for changes."""

AT_ONCE = 25
"""Findings in one transaction: few, because an alarm waits for it."""

BETWEEN_PARTS_S = 0.02
"""Seconds between two such transactions of one premises, in which alarms go on."""

REPORTED = Rate(5_000, 1.0)
"""Findings of one premises that are reported at once, and a second after that. A large panel that is new
has 2,000; whose gateways change all names again and again waits, with what differs at the end.
"""

BETWEEN_PAUSES, PAUSE_S = 10, 0.001
"""Premises that are compared between two pauses in seconds: a new registry is compared with all."""


class PointsWatch:
    """Compares point by point, as soon as the registry, an inventory or a gateway's state changes."""

    def __init__(
        self,
        engine: Engine,
        supervision: Supervision,
        *,
        clock: Clock,
        metrics: Metrics,
        database_retry: DatabaseRetry,
    ) -> None:
        self._read = engine.transactions.read
        self._registry = engine.registry
        self._findings = engine.findings
        self._supervision = supervision
        self._clock = clock
        self._metrics = metrics
        self._database_retry = database_retry
        self._held: dict[str, set[Deviation]] = defaultdict(set)
        self._compared: Index | None = None
        self._pacing = ReportPacing(REPORTED)

    def deviations(self, key: GatewayKey) -> list[Deviation]:
        """Return the present deviations of the points of one gateway, wherever they are registered."""
        premises, gateway = key
        held = self._held.get(premises, ())
        return sorted(each for each in held if gateway in {each.gateway, each.witness})

    async def resume(self) -> None:
        """Read back the differences at the end of the last process."""
        holding = await self._read(lambda store: store.conditions.holding(CENTER))
        for each in holding:
            if each.scope == Scope.POINT:
                found = parse_deviation(each.gateway, each.name, each.reason)
                self._held[each.premises] |= {found} if found else set()

    async def run(self, ask: Callable[[Iterable[GatewayKey]], None]) -> None:
        """Report differences that begin and end, until cancelled; *ask* gateways for missing
        inventories.
        """
        while True:
            await asyncio.sleep(LOOK_S)
            ask(self._supervision.take_inventory_requests())
            due = self._pacing.take_due(self._changed(), asyncio.get_running_loop().time())
            for number, premises in enumerate(sorted(due), start=1):
                await self._compare(premises)
                if number % BETWEEN_PAUSES == 0:
                    await asyncio.sleep(PAUSE_S)

    def _changed(self) -> set[str]:
        """Return the premises to compare."""
        changed = self._supervision.take_changed_premises()
        before, now = self._compared, self._registry.current.index
        if before is None or now.version != before.version:
            self._compared = now
            known = self._supervision.premises() | self._held.keys()
            changed |= {each for each in known if before is None or not now.has_same_rows(each, before)}
        return changed

    async def _compare(self, premises: str) -> None:
        before, gateways = self._held.get(premises, set()), self._supervision.gateways_of(premises)
        inventories = {
            name: watch.inventory
            for name, watch in gateways.items()
            if watch.inventory is not None and _is_heard(watch)
        }
        if not before and not inventories:
            return  # nothing begins or ends, and the rows of the premises stay encoded
        after = deviations(
            self._registry.current.index.points_of(premises),
            inventories,
            held=before,
            awaited=[name for name, watch in gateways.items() if watch.may_send_inventory],
        )
        self._hold(premises, after)
        found = findings(before, after)
        if found:
            self._pacing.pay(premises, len(found), asyncio.get_running_loop().time())
        await self._report([OwnFinding(premises, each.deviation.gateway, each) for each in found])

    def _hold(self, premises: str, found: set[Deviation]) -> None:
        if found:
            self._held[premises] = found
        else:
            self._held.pop(premises, None)

    async def _report(self, found: list[OwnFinding]) -> None:
        for number, some in enumerate(_parts(found)):
            if number:
                await asyncio.sleep(BETWEEN_PARTS_S)
            self._note(some)
            await self._database_retry.until_stored(partial(self._store, some))

    def _note(self, found: list[OwnFinding]) -> None:
        for each in found:
            reason, edge = str(each.finding.reason), each.finding.edge.value
            self._metrics.findings.labels(reason.partition(":")[0], edge).inc()
        first = found[0]
        log_of_senders.warning(
            "point deviations",
            sender=first.premises,
            premises=first.premises,
            gateway=first.gateway,
            reason=str(first.finding.reason),
            count=len(found),
        )

    async def _store(self, found: list[OwnFinding]) -> None:
        await self._findings.report_findings(found, self._clock())


def _is_heard(watch: GatewayWatch) -> bool:
    return not watch.conditions & LOST.keys()


def _parts(found: list[OwnFinding]) -> Iterable[list[OwnFinding]]:
    return (found[start : start + AT_ONCE] for start in range(0, len(found), AT_ONCE))
