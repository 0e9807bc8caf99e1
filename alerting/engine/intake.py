"""Accepts what arrives from gateways: signals, each once, and word of their coming and going."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from alerting.domain.model.effects import TimelineEntry, TimelineEvent
from alerting.domain.model.events import ClockSource, StoredSignal
from alerting.engine.arrivals import (
    AGAIN,
    ArrivedSignals,
    NewSignals,
    count_coverage,
    set_aside_bad_signals,
    store_new_signals,
)
from alerting.engine.commit_result import CommitResult
from alerting.engine.registry_snapshot import RegistrySnapshot
from alerting.engine.transactions import Transactions
from alerting.engine.unit_of_work import UnitOfWork
from alerting.metrics import Metrics
from contract.ids import GatewayKey, StreamKey
from contract.messages import Kind, Presence
from contract.times import to_micros
from registry.domain.index import Unregistered


class Intake:
    """Stores what arrives in *transactions*, and routes it."""

    def __init__(self, transactions: Transactions, metrics: Metrics) -> None:
        self._transactions = transactions
        self._metrics = metrics

    async def accept_arrivals(self, arrivals: Sequence[ArrivedSignals], now: datetime) -> CommitResult:
        """Store the signals of *arrivals* and all that follows; returns once that is durable."""

        def change(unit: UnitOfWork) -> tuple[UnitOfWork, NewSignals, int]:
            known = Counter[StreamKey]()
            new = store_new_signals(unit, arrivals, known)
            unit.load_premises({arrival.premises for arrival, _ in new})
            signals = [(arrival.premises, stored) for arrival, stored in new]
            unit.registry.router.route_signals(unit, signals)
            count_coverage(unit, set_aside_bad_signals(unit, arrivals), known)
            return unit, new, known.total()

        unit, new, duplicates = await self._transactions.run(change, now)
        self._metrics.duplicates.inc(duplicates)
        for arrival, stored in new:
            self._count(arrival, stored, unit.registry)
        return unit.result

    async def note_presences(self, presences: Mapping[GatewayKey, Presence], now: datetime) -> None:
        """Record which gateways came or went."""

        def change(unit: UnitOfWork) -> None:
            for key, each in presences.items():
                if unit.store.note_presence(key, each):
                    reason = "gateway_online" if each.online else "gateway_offline"
                    data = {"gateway": key.gateway, "version": each.version, "said_at": each.at}
                    entry = TimelineEntry(TimelineEvent.PRESENCE, reason, data)
                    unit.add_entry(key.premises, None, entry)

        await self._transactions.run(change, now)

    def request_resend(self, streams: Iterable[StreamKey]) -> None:
        """Have *streams* sent again by their gateways: an empty receipt says that somebody is here."""
        self._transactions.announce(CommitResult(receipts={stream: [] for stream in streams}))

    async def request_resend_of_all(self, since: datetime) -> None:
        """Have everything sent again by every gateway that was heard *since*."""
        heard_since = to_micros(since)
        self.request_resend(
            await self._transactions.read_for_alarm(
                lambda store: store.coverage.streams_heard_since(heard_since)
            )
        )

    def _count(self, arrival: ArrivedSignals, stored: StoredSignal, registry: RegistrySnapshot) -> None:
        signal = stored.signal
        self._metrics.signals.labels(signal.kind.value).inc()
        self._metrics.repeated.inc(AGAIN in arrival.epoch)
        if stored.clock is not ClockSource.GATEWAY:
            self._metrics.clock_corrections.labels(stored.clock.value).inc()
        if signal.kind is Kind.FIRE and not _is_registered(arrival, signal.name, registry):
            self._metrics.unregistered.inc()


def _is_registered(arrival: ArrivedSignals, name: str, registry: RegistrySnapshot) -> bool:
    point = registry.index.point(arrival.premises, name)
    return not isinstance(point, Unregistered) and point.gateway == arrival.gateway
