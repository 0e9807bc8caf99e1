"""The metrics of ingest, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from runtime.http_metrics import HttpMetrics


class Metrics:
    """The metrics of one ingest, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.http = HttpMetrics(self.registry)
        self.messages = self._counter("messages", "Messages that arrived, by topic leaf", "leaf")
        self.retained = self._counter("retained", "Messages that the broker had kept from earlier times")
        self.duplicates = self._counter(
            "duplicates", "Batches that were known already, by state", "state"
        )
        self.dropped = self._counter(
            "batches_dropped",
            "Batches dropped unreceipted; gateways send them again, by reason",
            "reason",
        )
        self.stored = self._counter("readings_stored", "Readings durably stored")
        self.refused = self._counter("readings_refused", "Readings quarantined, by reason", "reason")
        self.writes = self._counter("store_writes", "Writes to the store, by outcome", "outcome")
        self.write_seconds = Histogram(
            "tocsin_ingest_store_write_seconds", "Duration of a write", registry=self.registry
        )
        self.read_back = self._counter(
            "batches_read_back",
            "Batches looked for in the store: counted there, with their request's marks, or missing",
            "outcome",
        )
        self.inbound_dropped = self._gauge(
            "inbound_dropped",
            "Messages for which there was no room on arrival; gateways send them again",
        )
        self.backlog = self._gauge("backlog_readings", "Readings in memory that are not yet stored")
        self.flooding = self._gauge(
            "readings_flood", "Gateways over their quota; the rest of their readings waits there"
        )
        self.disk_free = self._gauge("disk_free_bytes", "Free bytes on the disk of data_dir")
        self.store_away = self._gauge("store_away", "1 while the store does not take what it should")
        self.receipts = self._counter("receipts", "Receipts, by outcome", "outcome")
        self.signals = self._counter(
            "signal_messages", "Copies of alarm messages, by outcome", "outcome"
        )
        self.requests = self._counter("requests", "Requests for readings, by status", "status")

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"tocsin_ingest_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(f"tocsin_ingest_{name}", text, registry=self.registry)
