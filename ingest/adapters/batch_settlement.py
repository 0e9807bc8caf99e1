"""Ends the course of a batch: receipted once stored or quarantined, else dropped and sent again."""

from collections.abc import Iterable

import structlog

from ingest.adapters.metrics import Metrics
from ingest.adapters.quarantine_writer import QuarantineWriter
from ingest.adapters.receipt_sender import ReceiptSender
from ingest.adapters.stream_accounts import StreamAccounts
from ingest.domain.batches import BatchId
from runtime.quarantine import RefusedPayload
from runtime.sender_log import SenderLog

log = structlog.get_logger(__name__)
log_of_senders = SenderLog(log)


class BatchSettlement:
    """Counts, quarantines and receipts batches."""

    def __init__(
        self,
        accounts: StreamAccounts,
        receipts: ReceiptSender,
        *,
        quarantine: QuarantineWriter,
        metrics: Metrics,
    ) -> None:
        self._accounts = accounts
        self._receipts = receipts
        self._quarantine = quarantine
        self._dropped = metrics.dropped

    def repeat_receipt(self, batch_id: BatchId) -> bool:
        """Have a batch receipted again that is known to be settled; False if it is not."""
        if not self._accounts.is_done(batch_id):
            return False
        self._accounts.count_duplicate(batch_id.stream)
        self._receipts.add_due([batch_id])
        return True

    async def settle(
        self,
        batch_ids: list[BatchId],
        *,
        quarantined: bool = False,
        verified: Iterable[BatchId] = (),
    ) -> None:
        """Receipt batches that are durably stored or *quarantined*; *verified* ones were counted."""
        if batch_ids:
            await self._accounts.settle(batch_ids, quarantined=quarantined, verified=frozenset(verified))
            self._receipts.add_due(batch_ids)

    def drop(self, batch_id: BatchId | None, reason: str) -> None:
        """Drop a batch without a receipt: its gateway keeps it and sends it again."""
        self._dropped.labels(reason).inc()
        log.debug("batch dropped without a receipt", batch=batch_id, reason=reason)

    async def quarantine(self, source: str, payload: bytes, *, reason: str, detail: str) -> bool:
        """Quarantine *payload*; False if the disk failed: nothing of its batch is receipted then."""
        try:
            await self._quarantine.store(RefusedPayload(source, payload, reason=reason, detail=detail))
        except OSError as error:
            log_of_senders.error(
                "quarantine write failed; make room on the disk",
                sender="",
                source=source,
                reason=str(error),
            )
            return False
        log_of_senders.info(
            "payload quarantined", sender=source, source=source, reason=reason, detail=detail
        )
        return True


def place_of(batch_id: BatchId) -> str:
    """Return the epoch and number of a batch, for a person."""
    return f"epoch {batch_id.stream.epoch}, batch {batch_id.seq}"
