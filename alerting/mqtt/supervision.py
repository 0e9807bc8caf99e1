"""Supervises gateways, and reports those that are lost or contradict the center."""

import asyncio
import heapq
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice

import structlog

from alerting.domain.model.training import is_for_training
from alerting.domain.notification.center import CENTER, unknown_sender
from alerting.domain.watch.gateways import (
    QUARANTINE_S,
    GatewayReason,
    GatewayState,
    GatewayWatch,
)
from alerting.domain.watch.speakers import HeartbeatVerdict
from alerting.engine.comparison import registered_points
from alerting.engine.engine import Engine
from alerting.engine.findings import OwnFinding
from alerting.metrics import Metrics
from alerting.store.retry import DatabaseRetry
from alerting.store.store import CenterStore
from contract.ids import GatewayKey
from contract.messages import Edge, Heartbeat, Inventory, Scope
from contract.times import Micros, from_micros, to_micros
from runtime.clock import Clock
from runtime.sender_log import SenderLog

log = structlog.get_logger(__name__)
log_of_senders = SenderLog(log)

MOST_GATEWAYS = 100_000
"""Gateways that are watched: ten times those of a large province."""

AT_ONCE = 100
"""Gateways that are looked at, or reported in one transaction, before others have a turn: an alarm waits
for it.
"""

PAUSE_S = 0.02
"""Seconds between two such reports, in which alarms go on."""

LOOK_S = 1.0
"""Seconds between two looks for overdue gateways, and at the center's own connection."""


@dataclass(slots=True)
class _Watched:
    watch: GatewayWatch
    heard_at: datetime | None = None
    look_at: float | None = None  # its place in the heap


class Supervision:
    """Watches every gateway that is registered or was ever received.

    *hears* returns whether the center's own broker is connected: time counts only while it is.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        reporting_s: float,
        clock: Clock,
        metrics: Metrics,
        database_retry: DatabaseRetry,
        hears: Callable[[], bool],
    ) -> None:
        self._read = engine.transactions.read
        self._registry = engine.registry
        self._findings = engine.findings
        self._reporting_s = reporting_s
        self._clock = clock
        self._metrics = metrics
        self._database_retry = database_retry
        self._hears = hears
        self._keys = engine.keys
        self._watched: dict[GatewayKey, _Watched] = {}
        self._due: list[tuple[float, GatewayKey]] = []
        self._judge: set[GatewayKey] = set()
        self._at: dict[str, dict[str, GatewayWatch]] = {}
        self._changed: set[str] = set()
        self._asked: set[GatewayKey] = set()
        self._ahead = 0.0  # how far the time of listening is behind the loop's
        self._version = -1
        self._unknown_sender_until = 0.0
        self._unknown_sender_told: bool | None = None  # before this program began, nobody knows
        for state in GatewayState:
            metrics.gateways.labels(state.value).set_function(partial(self._how_many, state))

    def clock_offset(self, key: GatewayKey) -> Micros | None:
        """Return the gateway's clock offset at its last heartbeat; None where that is unknown."""
        known = self._watched.get(key)
        return None if known is None else known.watch.offset

    def note_signal(self, key: GatewayKey, received_at: Micros) -> None:
        """Note a signal of the gateway, before anybody verified it."""
        if (known := self._known(key)) is not None and not known.watch.signs_all:
            known.watch.note_received(self._listened())
            known.heard_at = from_micros(received_at)
            self._schedule_judgement(key, known)

    def note_presence(self, key: GatewayKey, *, online: bool) -> None:
        """Note its presence; a retained one may be old, and only counts when it says that the gateway
        went.
        """
        if (known := self._known(key)) is not None:
            known.watch.note_presence(self._listened(), online=online)
            self._schedule(key, known, known.watch.due())
            self._schedule_judgement(key, known, always=not online)

    def note_heartbeat(
        self, key: GatewayKey, beat: Heartbeat, received_at: Micros, *, key_id: str | None = None
    ) -> HeartbeatVerdict:
        """Note its heartbeat, signed by the key *key_id* if by any; return whether it counts."""
        verdict = HeartbeatVerdict.CURRENT
        if (known := self._known(key)) is not None:
            was_heard = known.watch.beat is not None
            verdict = known.watch.note_heartbeat(self._listened(), beat, received_at, key_id=key_id)
            self._schedule(key, known, known.watch.due())
            self._schedule_judgement(key, known, always=True)
            if verdict is not HeartbeatVerdict.CURRENT:
                return verdict
            if not was_heard:
                self._changed.add(key[0])
            known.heard_at = from_micros(received_at)
            if known.watch.needs_inventory:
                self._asked.add(key)
        return verdict

    def note_inventory(self, key: GatewayKey, inventory: Inventory) -> None:
        """Note its inventory."""
        if (known := self._known(key)) is not None:
            self._changed.add(key[0])
            known.watch.note_inventory(self._listened(), inventory)
            known.heard_at = self._clock()
            self._schedule_judgement(key, known)

    def take_inventory_requests(self) -> set[GatewayKey]:
        """Return the gateways whose inventories are requested, once each."""
        asked, self._asked = self._asked, set()
        return asked

    def take_changed_premises(self) -> set[str]:
        """Return the premises with a new inventory, or a gateway met, lost or found, once each."""
        changed, self._changed = self._changed, set()
        return changed

    def premises(self) -> set[str]:
        """Return the premises of all gateways that are watched."""
        return set(self._at)

    def gateways_of(self, premises: str) -> dict[str, GatewayWatch]:
        """Return the watch over each gateway of *premises*, by name."""
        return self._at.get(premises, {})

    def note_quarantined(self, key: GatewayKey) -> None:
        """Note that a message of the gateway was quarantined."""
        if (known := self._known(key)) is not None:
            known.watch.note_quarantined(self._listened())
            self._schedule(key, known, known.watch.due())
            self._schedule_judgement(key, known, always=True)

    def note_unverified(self, key: GatewayKey) -> None:
        """Note that a message in the name of the gateway was not signed by its key."""
        if (known := self._known(key)) is not None:
            known.watch.note_unverified(self._listened())
            self._schedule(key, known, known.watch.due())
            self._schedule_judgement(key, known, always=True)

    def note_unsigned_status(self, key: GatewayKey) -> None:
        """Note a heartbeat or inventory without a signature: a few may be from before it had a key."""
        known = self._known(key)
        if known is not None and known.watch.note_unsigned_status(self._listened()):
            self.note_unverified(key)

    def note_flood(self, key: GatewayKey) -> None:
        """Note that the gateway sends more than its budget."""
        if (known := self._known(key)) is not None and known.watch.note_flood(self._listened()):
            self._schedule(key, known, known.watch.due())
            self._schedule_judgement(key, known, always=True)

    def note_unknown_sender(self) -> None:
        """Note that a message on a topic that names no gateway was quarantined."""
        self._unknown_sender_until = self._listened() + QUARANTINE_S

    def states(self) -> dict[GatewayKey, tuple[GatewayWatch, datetime | None]]:
        """Return the watch of each gateway, and when it was received last."""
        return {key: (known.watch, known.heard_at) for key, known in sorted(self._watched.items())}

    async def resume(self) -> None:
        """Read back the conditions at the end of the last process; every reporting time begins anew."""
        gateways = await self._read(CenterStore.gateway_presences)
        holding = await self._read(lambda store: store.conditions.holding(CENTER))
        held: dict[GatewayKey, set[GatewayReason]] = {key: set() for key in gateways}
        for each in holding:
            if each.scope != Scope.GATEWAY:
                continue
            with suppress(ValueError):  # a reason of another version
                key = GatewayKey(each.premises, each.gateway)
                held.setdefault(key, set()).add(GatewayReason(each.reason))
        for key, reasons in held.items():
            self._watch(key, was_heard=True, held=reasons)

    async def run(self) -> None:
        """Report conditions that begin and end, until cancelled."""
        while True:
            await self._expect_registered()
            await self._wait()
            keys, self._judge = self._judge, set()
            while some := list(islice(self._overdue(), AT_ONCE)):
                keys.update(some)
                await asyncio.sleep(0)
            for few in _parts(sorted(keys)):
                await self._report(few)
                await asyncio.sleep(PAUSE_S)
            await self._report_unknown_sender()

    def _listened(self) -> float:
        """Return the seconds for which the center could receive."""
        return asyncio.get_running_loop().time() - self._ahead

    def _known(self, key: GatewayKey) -> _Watched | None:
        known = self._watched.get(key)
        if known is None and len(self._watched) < MOST_GATEWAYS:
            known = self._watch(key, was_heard=True)
        if known is not None and self._keys.current.is_enrolled(*key):
            known.watch.require_signatures()
        return known

    def _watch(
        self, key: GatewayKey, *, was_heard: bool, held: Iterable[GatewayReason] = ()
    ) -> _Watched:
        watch = GatewayWatch(
            self._listened(), reporting_s=self._reporting_s, was_heard=was_heard, held=held
        )
        known = self._watched[key] = _Watched(watch)
        self._at.setdefault(key[0], {})[key[1]] = watch
        self._changed.add(key[0])
        self._schedule(key, known, watch.due())
        return known

    def _schedule(self, key: GatewayKey, known: _Watched, due: float) -> None:
        """Schedule the next look at *due*, unless there is an earlier one."""
        if known.look_at is None or due < known.look_at:
            known.look_at = due
            heapq.heappush(self._due, (due, key))

    async def _expect_registered(self) -> None:
        """Watch the gateways of a registry that is new; one that left it is watched if it was heard."""
        index = self._registry.current.index
        if index.version == self._version:
            return
        self._version = index.version
        for number, key in enumerate(index.gateway_keys(), start=1):
            if key not in self._watched and self._is_expected(key):
                self._watch(key, was_heard=False)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)

    def _is_expected(self, key: GatewayKey) -> bool:
        """Return whether the gateway is watched before it was heard: one to learn at never is."""
        return len(self._watched) < MOST_GATEWAYS and not is_for_training(key.premises)

    def _schedule_judgement(self, key: GatewayKey, known: _Watched, *, always: bool = False) -> None:
        """Judge the gateway soon, if there may be anything to report."""
        if always or known.watch.conditions:
            self._judge.add(key)

    async def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        deaf, began = not self._hears(), loop.time()
        await asyncio.sleep(LOOK_S)
        if deaf:
            self._ahead += loop.time() - began

    def _overdue(self) -> Iterable[GatewayKey]:
        """Return the overdue gateways; each is judged again in its time."""
        now = self._listened()
        while self._due and self._due[0][0] <= now:
            at, key = heapq.heappop(self._due)
            known = self._watched[key]
            if known.look_at != at:
                continue  # it was scheduled earlier since
            known.look_at = None
            due = known.watch.due()
            self._schedule(key, known, now + self._reporting_s if due <= now else due)
            if due <= now:
                yield key

    async def _report(self, keys: list[GatewayKey]) -> None:
        await self._compare([key for key in keys if self._watched[key].watch.needs_comparison()])
        found = list(self._judge_conditions(keys))
        if not found:
            return
        for each in found:
            finding = each.finding
            self._changed.add(each.premises)
            self._metrics.findings.labels(str(finding.reason), finding.edge.value).inc()
            log_of_senders.warning(
                "gateway supervised",
                sender=(each.premises, each.gateway, finding.reason, finding.edge),
                premises=each.premises,
                gateway=each.gateway,
                reason=str(finding.reason),
                edge=finding.edge.value,
                value=finding.value,
            )
        await self._database_retry.until_stored(
            lambda: self._findings.report_findings(found, self._clock())
        )

    def _judge_conditions(self, keys: Iterable[GatewayKey]) -> Iterator[OwnFinding]:
        """Yield what began or ended, and have each gateway looked at when that may change next."""
        now = self._listened()
        for key in keys:
            known = self._watched[key]
            for each in known.watch.judge_conditions(now):
                yield OwnFinding(*key, each)
            self._schedule(key, known, known.watch.due())

    async def _report_unknown_sender(self) -> None:
        """Report a sender on topics of gateways that is not a gateway, and its end."""
        there = self._listened() < self._unknown_sender_until
        if there is self._unknown_sender_told:
            return
        now, edge = self._clock(), Edge.RAISED if there else Edge.RESTORED
        found = [unknown_sender(to_micros(now))]
        await self._database_retry.until_stored(
            lambda: self._findings.report_conditions(found, now, edge=edge)
        )
        self._unknown_sender_told = there

    async def _compare(self, keys: list[GatewayKey]) -> None:
        """Let what gateways say of themselves be compared with what is stored of them."""
        heard = ((key, self._watched[key].watch.beat) for key in keys)
        beats = {key: beat for key, beat in heard if beat is not None}
        rules, now = self._registry.current.rules, to_micros(self._clock())
        found = await self._read(lambda store: registered_points(store, rules, beats, now=now))
        for key, each in found.items():
            self._watched[key].watch.compare(each)

    def _how_many(self, state: GatewayState) -> int:
        return sum(known.watch.state is state for known in self._watched.values())


def _parts(keys: list[GatewayKey]) -> Iterator[list[GatewayKey]]:
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))
