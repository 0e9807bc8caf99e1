"""Prometheus metrics of the receiver."""

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from runtime.http_metrics import HttpMetrics


class Metrics:
    """The metrics of one receiver, in their own registry."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.http = HttpMetrics(registry)
        self.frames = Counter(
            "tocsin_receiver_frames",
            "Sound frames, by transport and token",
            ["transport", "token"],
            registry=registry,
        )
        self.refused = Counter(
            "tocsin_receiver_refused",
            "Frames and damaged bytes that were set aside, by fault",
            ["fault"],
            registry=registry,
        )
        self.repeated = Counter(
            "tocsin_receiver_repeated",
            "Frames that came before, which were answered and not stored again",
            registry=registry,
        )
        self.answers = Counter(
            "tocsin_receiver_answers", "Answers to transmitters, by token", ["token"], registry=registry
        )
        self.signals = Counter(
            "tocsin_receiver_signals",
            "Signals reported, by kind and edge",
            ["kind", "edge"],
            registry=registry,
        )
        # A look-up of labels costs more than the count.
        self.count_signal = cache(self.signals.labels)
        self.readings = Counter(
            "tocsin_receiver_readings",
            "Analog values of transmitters, by whether their type is one of the standard",
            ["type"],
            registry=registry,
        )
        self.dropped_readings = Counter(
            "tocsin_receiver_dropped_readings",
            "Series of readings that were dropped because too many waited for the center",
            registry=registry,
        )
        self.connections = Gauge(
            "tocsin_receiver_connections", "Open connections of transmitters", registry=registry
        )
        self.ended_connections = Counter(
            "tocsin_receiver_ended_connections",
            "Connections that the receiver ended, by reason",
            ["reason"],
            registry=registry,
        )
        self.slowed = Counter(
            "tocsin_receiver_slowed",
            "Times that a connection was read later, because its address sends more than its budget",
            registry=registry,
        )
        self.silent_accounts = Gauge(
            "tocsin_receiver_silent_accounts",
            "AccountNumbers whose polls are missing for longer than their reporting time",
            registry=registry,
        )
        self.inbox_entries = Gauge(
            "tocsin_receiver_inbox_entries", "Signals without a receipt", registry=registry
        )
        self.commit_failures = Counter(
            "tocsin_receiver_commit_failures",
            "Frames that the disk did not take; they are not acknowledged",
            registry=registry,
        )
        self.quarantine_failures = Counter(
            "tocsin_receiver_quarantine_failures",
            "Refused frames that could not be written to the quarantine",
            registry=registry,
        )
        self.sent_messages = Counter(
            "tocsin_receiver_sent_messages",
            "Messages handed to the broker, by lane",
            ["lane"],
            registry=registry,
        )
        self.resent_entries = Counter(
            "tocsin_receiver_resent_entries", "Signals sent again, by lane", ["lane"], registry=registry
        )
        self.receipted_entries = Counter(
            "tocsin_receiver_receipted_entries",
            "Signals covered by a receipt, by lane",
            ["lane"],
            registry=registry,
        )
        self.refused_receipts = Counter(
            "tocsin_receiver_refused_receipts",
            "Numbers in receipts that were not accepted and whose signals were kept, by lane and reason",
            ["lane", "reason"],
            registry=registry,
        )
        self.answer_s = Histogram(
            "tocsin_receiver_answer_seconds",
            "Seconds from a frame with events to its acknowledgement, the commit included",
            registry=registry,
            buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0),
        )
