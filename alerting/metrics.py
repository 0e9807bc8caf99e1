"""Metrics of alerting."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from runtime.http_metrics import HttpMetrics


class Metrics:
    """The counters of one process, in *registry*."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.http = HttpMetrics(self.registry)
        self.signals = Counter(
            "tocsin_alerting_signals", "Signals stored, by kind", ["kind"], registry=registry
        )
        self.duplicates = Counter(
            "tocsin_alerting_duplicates", "Signals that were stored before", registry=registry
        )
        self.signatures = Counter(
            "tocsin_alerting_signatures",
            "Messages of enrolled gateways, by the verdict on their signature",
            ["verdict"],
            registry=registry,
        )
        self.ignored_heartbeats = Counter(
            "tocsin_alerting_ignored_heartbeats",
            "Signed heartbeats that are not believed, by reason",
            ["reason"],
            registry=registry,
        )
        self.retained = Counter(
            "tocsin_alerting_retained", "Retained messages on an alarm topic", registry=registry
        )
        self.clock_corrections = Counter(
            "tocsin_alerting_clock_corrections",
            "Signals whose gateway's time was replaced, by reason",
            ["reason"],
            registry=registry,
        )
        self.unregistered = Counter(
            "tocsin_alerting_unregistered", "Fire signals of points nobody registered", registry=registry
        )
        self.enrolments = Counter(
            "tocsin_alerting_enrolments",
            "Gateways that asked to enroll, by result",
            ["result"],
            registry=registry,
        )
        self.sign_ins = Counter(
            "tocsin_alerting_sign_ins", "Attempts to sign in, by result", ["result"], registry=registry
        )
        self.renewals = Counter(
            "tocsin_alerting_renewals",
            "Certificates that gateways asked for over their connection, by result",
            ["result"],
            registry=registry,
        )
        self.events = Counter(
            "tocsin_alerting_events", "Timeline entries, by event", ["event"], registry=registry
        )
        self.attempts = Counter(
            "tocsin_alerting_attempts",
            "Attempts to notify a destination, by channel and result",
            ["destination", "channel", "result"],
            registry=registry,
        )
        self.replies = Counter(
            "tocsin_alerting_replies",
            "Replies to short messages, by what became of them",
            ["fate"],
            registry=registry,
        )
        self.disk_free = Gauge(
            "tocsin_alerting_disk_free_bytes", "Free bytes on the disk of data_dir", registry=registry
        )
        self.unrecorded = Counter(
            "tocsin_alerting_unrecorded_notices",
            "Attempts to notify of a fire from memory, which the database did not take, by result",
            ["result"],
            registry=registry,
        )
        self.not_stored = Counter(
            "tocsin_alerting_not_stored", "Transactions that the database refused", registry=registry
        )
        self.desk_unattended = Counter(
            "tocsin_alerting_desk_unattended",
            "Stages that went out early, because nobody was at a duty desk",
            registry=registry,
        )
        self.damaged_incidents = Counter(
            "tocsin_alerting_damaged_incidents",
            "Incidents whose stored state is damaged",
            registry=registry,
        )
        self.quarantine_failures = Counter(
            "tocsin_alerting_quarantine_failures",
            "Refused messages that could not be written to the quarantine: too many came at once",
            registry=registry,
        )
        self.repeated = Counter(
            "tocsin_alerting_repeated_numbers",
            "Signals under a number that another signal had before",
            registry=registry,
        )
        self.clock_jumps = Counter(
            "tocsin_alerting_clock_jumps", "Times that the machine's clock jumped", registry=registry
        )
        self.untried = Gauge(
            "tocsin_alerting_untried_addresses",
            "Addresses of contacts to which nothing was ever delivered",
            registry=registry,
        )
        self.clock_ahead = Gauge(
            "tocsin_alerting_clock_ahead_seconds",
            "How far alerting's time is ahead of the machine's clock, which was set back",
            registry=registry,
        )
        self.bad_registry = Counter(
            "tocsin_alerting_bad_registry",
            "Versions of the registry that could not be read; the one before stays in use",
            registry=registry,
        )
        self.databases_lost = Counter(
            "tocsin_alerting_databases_lost", "Damaged databases that were set aside", registry=registry
        )
        self.gateways = Gauge(
            "tocsin_alerting_gateways", "Gateways, by how they are heard", ["state"], registry=registry
        )
        self.findings = Counter(
            "tocsin_alerting_findings",
            "What the center itself found of gateways, by reason and edge",
            ["reason", "edge"],
            registry=registry,
        )
        self.audit_findings = Counter(
            "tocsin_alerting_audit_findings",
            "Steps of escalations that the auditor found missed or late",
            ["reason"],
            registry=registry,
        )
        self.audited_until = Gauge(
            "tocsin_alerting_audited_until_seconds",
            "Up to which moment all steps were audited, in seconds since 1970",
            registry=registry,
        )
        self.sealed_rows = Counter(
            "tocsin_alerting_audit_rows", "Rows that joined the audit chain", registry=registry
        )
        self.audit_head = Gauge(
            "tocsin_alerting_audit_head",
            "Number of the last block of the audit chain",
            registry=registry,
        )
        self.audit_checked_rows = Gauge(
            "tocsin_alerting_audit_checked_rows",
            "Rows compared with the audit chain by the last daily check",
            registry=registry,
        )
        self.audit_wrong_rows = Gauge(
            "tocsin_alerting_audit_wrong_rows",
            "Rows and blocks that the last daily check found changed, missing or added; at most ten of "
            "each kind",
            registry=registry,
        )
        self.audit_failures = Counter(
            "tocsin_alerting_audit_failures",
            "Steps of the audit chain that failed and are tried again, by step",
            ["step"],
            registry=registry,
        )
        self.commit_seconds = Histogram(
            "tocsin_alerting_commit_seconds",
            "From the receipt of a group of signals to its commit",
            registry=registry,
            buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5),
        )
        self.lateness = Histogram(
            "tocsin_alerting_lateness_seconds",
            "From the moment of a deadline until it was run",
            registry=registry,
            # 5 s is what an escalation may be late; what a restart finds overdue is far above it.
            buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 30, 120),
        )
        self.transaction_signals = Histogram(
            "tocsin_alerting_transaction_signals",
            "Signals in one transaction",
            registry=registry,
            buckets=(1, 2, 5, 10, 20, 50, 100, 500),
        )
        self.limited_signals = Counter(
            "tocsin_alerting_limited_signals",
            "Signals beyond the budget of their gateway, by what is used up; they wait there",
            ["reason"],
            registry=registry,
        )
        self.cleaned_signals = Counter(
            "tocsin_alerting_cleaned_signals",
            "Signals whose text had characters that nobody sees; they are stored with these escaped",
            registry=registry,
        )
        self.limited_status = Counter(
            "tocsin_alerting_limited_status",
            "Presences, heartbeats and inventories that a later one replaced before they were read",
            registry=registry,
        )
        self.dropped_messages = Counter(
            "tocsin_alerting_dropped_messages",
            "Alarm messages for which there was no room, by reason; their gateways send them again",
            ["reason"],
            registry=registry,
        )
        self.unstored_messages = Gauge(
            "tocsin_alerting_unstored_messages", "Messages not stored yet", registry=registry
        )
        self.synthetic_rounds = Counter(
            "tocsin_alerting_synthetic_fires",
            "Rounds of the synthetic fire: complete, or the hop at which they were lost",
            ["result"],
            registry=registry,
        )
        self.synthetic_seconds = Histogram(
            "tocsin_alerting_synthetic_fire_seconds",
            "From the hop before to this one, of rounds of the synthetic fire",
            ["hop"],
            registry=registry,
            buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5),
        )
        self.synthetic_completed = Gauge(
            "tocsin_alerting_synthetic_fire_completed_seconds",
            "When the last round of the synthetic fire was complete, in seconds since 1970",
            registry=registry,
        )
        self.synthetic_messages = Counter(
            "tocsin_alerting_synthetic_fire_messages",
            "Messages under the name of the center, by the verdict on them",
            ["verdict"],
            registry=registry,
        )
        self.feed_readers = Gauge(
            "tocsin_alerting_feed_readers", "Readers of the feed", registry=registry
        )
