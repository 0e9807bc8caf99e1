"""Takes arriving batches, in turns of gateways, into the backlog; what is refused is quarantined."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import partial

import msgspec
import structlog

from contract.ids import GatewayKey, StreamKey
from contract.messages import BadMessage, Header
from contract.readings import BadSeries, ReadingsMessage, decode_readings, reasons_of
from contract.times import to_micros
from contract.topics import Topic
from ingest.adapters.arrivals import ArrivalQueue, ArrivedBatch
from ingest.adapters.backlog import Backlog
from ingest.adapters.batch_settlement import BatchSettlement, place_of
from ingest.adapters.free_space import FreeSpace
from ingest.adapters.metrics import Metrics
from ingest.domain.batches import Batch, BatchId
from ingest.domain.plausibility import RefusalReason, SortedReadings, TimeRange, split_readings
from ingest.domain.quotas import QuotaLedger, QuotaVerdict
from ingest.settings import Plausible
from runtime.clock import Clock
from runtime.mqtt_message import MqttMessage

log = structlog.get_logger(__name__)

AT_ONCE = 64
"""Messages of one gateway that wait for the quarantine; what comes beyond has no receipt. A gateway of
Tocsin's own has at most eight on the way."""

LONGEST_S = 0.002
"""Seconds for which batches are decoded in a row; then the socket, the store and the web go on."""

WARN_EVERY_S = 600.0
"""Seconds between two warnings about the same gateway."""

READING_BYTES = 25
"""Bytes of a refused reading in the quarantine, about."""

Work = Coroutine[None, None, None]


class ReadingsIntake:
    """Accepts messages, and works them off for as long as ``decode_forever`` runs."""

    def __init__(
        self,
        backlog: Backlog,
        settlement: BatchSettlement,
        *,
        quotas: QuotaLedger,
        reserve: FreeSpace,
        plausible: Plausible,
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        self._backlog = backlog
        self._settlement = settlement
        self._quotas = quotas
        self._reserve = reserve
        self._ahead = timedelta(seconds=plausible.ahead_s)
        self._earliest = to_micros(plausible.earliest)
        self._metrics = metrics
        self._clock = clock
        self._arrivals = ArrivalQueue()
        self._quarantining: Counter[GatewayKey] = Counter()
        self._warned_at: dict[GatewayKey, float] = {}
        metrics.flooding.set_function(lambda: len(self.flooding()))

    def flooding(self) -> list[str]:
        """Return the gateways that are over their quota, each with the reason."""
        flooding = self._quotas.flooding(_now())
        return [f"{key.premises}/{key.gateway}: {verdict}" for key, verdict in flooding.items()]

    def accept_message(self, topic: Topic, message: MqttMessage) -> None:
        """Let *message* wait for its turn, unless its gateway or the disk has to wait."""
        arrival = ArrivedBatch(topic, message)
        if self._reserve.shortage is not None:
            self._settlement.drop(None, "disk_reserve")
        elif self._quotas.is_shut(arrival.gateway, _now()):
            self._settlement.drop(None, "readings_flood")
        else:
            for _ in self._arrivals.add(arrival):
                self._settlement.drop(None, "arrivals_full")

    async def decode_forever(self) -> None:
        """Decode what arrived, until cancelled; what has to be quarantined holds up nobody else."""
        async with asyncio.TaskGroup() as tasks:
            until = _now() + LONGEST_S
            while True:
                arrival = await self._arrivals.take()
                work = self._take_in(arrival)
                if work is not None:
                    tasks.create_task(self._finish(arrival.gateway, work))
                if _now() > until:
                    await asyncio.sleep(0)
                    until = _now() + LONGEST_S

    async def _finish(self, gateway: GatewayKey, work: Work) -> None:
        self._quarantining[gateway] += 1
        try:
            await work
        finally:
            self._quarantining[gateway] -= 1
            if not self._quarantining[gateway]:
                del self._quarantining[gateway]

    def _take_in(self, arrival: ArrivedBatch) -> Work | None:
        """Take in one message; return the work that has to wait for the disk, if there is some."""
        try:
            message = decode_readings(arrival.message.payload)
        except BadMessage as error:
            refuse, size = (
                partial(self._quarantine_message, arrival, error),
                len(arrival.message.payload),
            )
            return self._or_drop(arrival, refuse, size=size)
        batch_id = _batch_id(arrival.topic, message)
        if self._settlement.repeat_receipt(batch_id):
            self._metrics.duplicates.labels("stored").inc()
        elif self._backlog.holds(batch_id):
            self._metrics.duplicates.labels("waiting").inc()
        else:
            return self._take_in_new(arrival, batch_id, message)
        return None

    def _take_in_new(
        self, arrival: ArrivedBatch, batch_id: BatchId, message: ReadingsMessage
    ) -> Work | None:
        now = self._clock()
        window = TimeRange(self._earliest, to_micros(now + self._ahead))
        parts = split_readings(message.series, window)
        size = len(arrival.message.payload)
        if message.bad or parts.refused:
            refuse, bad = self._refuse_parts, message.bad
            return self._or_drop(
                arrival,
                lambda: refuse(arrival, batch_id, bad, parts=parts, size=size),
                size=_size_of(bad, parts),
            )
        batch = Batch(batch_id, parts.plausible)
        if not batch.readings:
            return self._settlement.settle([batch_id], quarantined=True)
        self._add(batch, size)
        return None

    def _or_drop(self, arrival: ArrivedBatch, work: Callable[[], Work], *, size: int) -> Work | None:
        """Return *work* for the quarantine of *size* bytes, unless its gateway has too much of it."""
        if self._quarantining[arrival.gateway] >= AT_ONCE:
            self._quotas.note_refused_flood(arrival.gateway, _now())
            self._leave_at_gateway(arrival.gateway, QuotaVerdict.REFUSED)
            return None
        verdict = self._quotas.judge_refused(arrival.gateway, size, _now())
        if verdict is not QuotaVerdict.WITHIN:
            self._leave_at_gateway(arrival.gateway, verdict)
            return None
        return work()

    def _add(self, batch: Batch, size: int) -> None:
        gateway, now = batch.id.stream.gateway_key, _now()
        at = to_micros(self._clock())
        cost = self._quotas.cost_of(gateway, batch, size=size, now=now, at=at)
        verdict = self._quotas.judge(cost, now)
        if verdict is not QuotaVerdict.WITHIN:
            self._leave_at_gateway(gateway, verdict)
        elif self._backlog.add(batch):
            self._quotas.charge(cost)
        else:
            self._settlement.drop(batch.id, "backlog_full")

    def _leave_at_gateway(self, gateway: GatewayKey, verdict: QuotaVerdict) -> None:
        self._settlement.drop(None, "readings_flood")
        now = _now()
        if now - self._warned_at.get(gateway, float("-inf")) >= WARN_EVERY_S:
            self._warned_at = {key: at for key, at in self._warned_at.items() if now - at < WARN_EVERY_S}
            self._warned_at[gateway] = now
            log.warning(
                "readings flood; the rest waits at the gateway, see what it measures so often",
                premises=gateway.premises,
                gateway=gateway.gateway,
                reason=verdict,
            )

    async def _quarantine_message(self, arrival: ArrivedBatch, error: BadMessage) -> None:
        batch_id = _batch_id(arrival.topic, error.header) if error.header else None
        message = arrival.message
        if not await self._settlement.quarantine(
            message.topic, message.payload, reason=error.refusal, detail=str(error)
        ):
            self._settlement.drop(batch_id, "not_quarantined")
        elif batch_id is not None:
            await self._settlement.settle([batch_id], quarantined=True)

    async def _refuse_parts(
        self,
        arrival: ArrivedBatch,
        batch_id: BatchId,
        bad: tuple[BadSeries, ...],
        *,
        parts: SortedReadings,
        size: int,
    ) -> None:
        """Quarantine the bad parts of a batch; only then its good ones go on, or it is receipted."""
        source = arrival.message.topic
        if not (
            await self._quarantine_bad(batch_id, bad, source)
            and await self._quarantine_implausible(batch_id, parts, source)
        ):
            self._settlement.drop(batch_id, "not_quarantined")
            return
        batch = Batch(batch_id, parts.plausible)
        if not batch.readings:
            await self._settlement.settle([batch_id], quarantined=True)
        elif not self._backlog.holds(batch_id):
            self._add(batch, size)

    async def _quarantine_bad(self, batch_id: BatchId, bad: tuple[BadSeries, ...], source: str) -> bool:
        """Quarantine what cannot be read of a batch, as it came; False if the disk failed."""
        if not bad:
            return True
        reason = RefusalReason.BAD_SERIES
        payload = b"[" + b",".join([each.raw for each in bad]) + b"]"
        detail = f"{place_of(batch_id)}: {reasons_of(bad)}"
        if not await self._settlement.quarantine(source, payload, reason=reason, detail=detail):
            return False
        self._metrics.refused.labels(reason).inc(sum(each.readings for each in bad))
        return True

    async def _quarantine_implausible(
        self, batch_id: BatchId, parts: SortedReadings, source: str
    ) -> bool:
        """Quarantine the refused readings; False if the disk failed."""
        for reason, series in parts.refused.items():
            payload, detail = msgspec.json.encode(series), place_of(batch_id)
            if not await self._settlement.quarantine(source, payload, reason=reason, detail=detail):
                return False
            self._metrics.refused.labels(reason).inc(sum(len(each.t) for each in series))
        return True


def _size_of(bad: tuple[BadSeries, ...], parts: SortedReadings) -> int:
    """Return about how many bytes the refused parts of a batch take in the quarantine."""
    readings = sum(len(each.t) for series in parts.refused.values() for each in series)
    return sum(len(each.raw) for each in bad) + READING_BYTES * readings


def _now() -> float:
    return asyncio.get_running_loop().time()


def _batch_id(topic: Topic, header: ReadingsMessage | Header) -> BatchId:
    stream = StreamKey(topic.premises, topic.gateway, header.epoch)
    return BatchId(stream, header.floor, header.seq, header.digest)
