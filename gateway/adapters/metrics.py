"""Prometheus metrics of a gateway."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from runtime.http_metrics import HttpMetrics


class Metrics:
    """The metrics of one gateway, in their own registry."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.http = HttpMetrics(self.registry)
        self.sentences = Counter(
            "tocsin_gateway_sentences",
            "Valid sentences received, by line or source",
            ["line"],
            registry=registry,
        )
        self.damaged_sentences = Counter(
            "tocsin_gateway_damaged_sentences",
            "DamagedFrame sentences, by line and cause",
            ["line", "cause"],
            registry=registry,
        )
        self.port_reopens = Counter(
            "tocsin_gateway_port_reopens",
            "Ports reopened because their line was silent, by line",
            ["line"],
            registry=registry,
        )
        self.source_messages = Counter(
            "tocsin_gateway_source_messages",
            "Messages of an MQTT source, by outcome and reason",
            ["source", "outcome", "reason"],
            registry=registry,
        )
        self.unknown_fields = Counter(
            "tocsin_gateway_unknown_fields",
            "Message fields that the dialect does not know, by name",
            ["source", "field"],
            registry=registry,
        )
        self.missed_sentences = Gauge(
            "tocsin_gateway_missed_sentences",
            "Sentences sent and not received, by the gaps in their sequence numbers",
            registry=registry,
        )
        self.ignored_samples = Gauge(
            "tocsin_gateway_ignored_samples",
            "Samples of unknown points beyond most_unknown_points",
            registry=registry,
        )
        self.lost_readings = Gauge(
            "tocsin_gateway_lost_readings",
            "Readings lost because neither disk nor memory had room",
            registry=registry,
        )
        self.signals = Counter(
            "tocsin_gateway_signals",
            "Signals reported, by kind and edge",
            ["kind", "edge"],
            registry=registry,
        )
        self.quarantine_failures = Counter(
            "tocsin_gateway_quarantine_failures",
            "Refused messages that could not be written to the quarantine",
            registry=registry,
        )
        self.path_up = Gauge(
            "tocsin_gateway_path_up",
            "1 while the path is connected and answers",
            ["path"],
            registry=registry,
        )
        self.taken_over = Gauge(
            "tocsin_gateway_connections_taken_over",
            "Connections that another client with the same id ended, since the start",
            registry=registry,
        )
        self.path_selected = Gauge(
            "tocsin_gateway_path_selected",
            "1 for the path that telemetry uses",
            ["path"],
            registry=registry,
        )
        self.output_failures = Counter(
            "tocsin_gateway_output_failures", "Runs of output.command that failed", registry=registry
        )
        self.sent_messages = Counter(
            "tocsin_gateway_sent_messages",
            "Messages handed to the broker, by lane",
            ["lane"],
            registry=registry,
        )
        self.resent_entries = Counter(
            "tocsin_gateway_resent_entries",
            "Outbox entries sent again, by lane",
            ["lane"],
            registry=registry,
        )
        self.receipted_entries = Counter(
            "tocsin_gateway_receipted_entries",
            "Outbox entries covered by a receipt, by lane",
            ["lane"],
            registry=registry,
        )
        self.thinned_readings = Counter(
            "tocsin_gateway_thinned_readings",
            "Readings lost for lack of disk space, by action (thinned, dropped)",
            ["action"],
            registry=registry,
        )
        self.foreign_receipts = Counter(
            "tocsin_gateway_foreign_receipts",
            "Receipts of another epoch, by lane",
            ["lane"],
            registry=registry,
        )
        self.refused_receipts = Counter(
            "tocsin_gateway_refused_receipts",
            "Numbers in receipts that were not accepted and whose entries were kept, by lane and reason",
            ["lane", "reason"],
            registry=registry,
        )
        self.outbox_entries = Gauge(
            "tocsin_gateway_outbox_entries",
            "Outbox entries without a receipt, by lane",
            ["lane"],
            registry=registry,
        )
        self.commit_s = Histogram(
            "tocsin_gateway_commit_seconds",
            "Seconds from a change to its commit",
            registry=registry,
            buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0),
        )
