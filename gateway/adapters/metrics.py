"""What a gateway counts, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
    """All counters of one gateway, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.sentences = Counter(
            "tocsin_gateway_sentences", "Sound sentences heard, by line", ["line"], registry=registry
        )
        self.damage = Counter(
            "tocsin_gateway_damage",
            "Damaged sentences, by line and flaw",
            ["line", "flaw"],
            registry=registry,
        )
        self.reopened = Counter(
            "tocsin_gateway_line_reopened",
            "Times that a port was opened anew because its line was silent, by line",
            ["line"],
            registry=registry,
        )
        self.source_messages = Counter(
            "tocsin_gateway_source_messages",
            "Messages of an MQTT source, by their fate and its reason",
            ["source", "fate", "reason"],
            registry=registry,
        )
        self.unknown_fields = Counter(
            "tocsin_gateway_unknown_fields",
            "Fields of detectors' messages that the dialect does not know, by name",
            ["source", "field"],
            registry=registry,
        )
        self.missed = Gauge(
            "tocsin_gateway_missed_sentences",
            "Gaps in the numbers of detectors: sentences that were sent and not heard",
            registry=registry,
        )
        self.ignored = Gauge(
            "tocsin_gateway_ignored_samples",
            "Samples of points beyond the allowed number of unknown ones",
            registry=registry,
        )
        self.readings_lost = Gauge(
            "tocsin_gateway_readings_lost",
            "Readings that neither disk nor memory could take",
            registry=registry,
        )
        self.signals = Counter(
            "tocsin_gateway_signals",
            "Signals reported, by kind and edge",
            ["kind", "edge"],
            registry=registry,
        )
        self.not_set_aside = Counter(
            "tocsin_gateway_not_set_aside",
            "Refused messages that could not even be set aside",
            registry=registry,
        )
        self.path_up = Gauge(
            "tocsin_gateway_path_up",
            "1 while the path is connected and answers",
            ["path"],
            registry=registry,
        )
        self.path_taken = Gauge(
            "tocsin_gateway_path_taken",
            "1 for the path that telemetry takes",
            ["path"],
            registry=registry,
        )
        self.output_failed = Counter(
            "tocsin_gateway_output_failed", "Runs of output.command that failed", registry=registry
        )
        self.sent = Counter(
            "tocsin_gateway_sent", "Messages handed to the broker, by lane", ["lane"], registry=registry
        )
        self.resent = Counter(
            "tocsin_gateway_resent", "Entries sent again, by lane", ["lane"], registry=registry
        )
        self.released = Counter(
            "tocsin_gateway_released",
            "Entries that a receipt covered, by lane",
            ["lane"],
            registry=registry,
        )
        self.thinned = Counter(
            "tocsin_gateway_thinned_readings",
            "Readings given up for want of disk space, by whether their batch was thinned or dropped",
            ["how"],
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
            "Numbers that a receipt named wrongly and that were kept, by lane and reason",
            ["lane", "reason"],
            registry=registry,
        )
        self.depth = Gauge(
            "tocsin_gateway_outbox_entries",
            "Entries without a receipt, by lane",
            ["lane"],
            registry=registry,
        )
        self.store_s = Histogram(
            "tocsin_gateway_store_seconds",
            "Time from a change to its commit",
            registry=registry,
            buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0),
        )
