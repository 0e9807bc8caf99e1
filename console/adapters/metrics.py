"""The metrics of console, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge

from runtime.http_metrics import HttpMetrics


class Metrics:
    """The metrics of one console, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.http = HttpMetrics(self.registry)
        self.screens = self._gauge("screens", "Open streams of screens")
        self.upstream = self._gauge("upstream", "1 while console has the feed of alerting")
        self.rows = self._gauge("open_incidents", "Open incidents, as screens show them")
        self.entries = self._counter("entries", "Entries of the feed that arrived")
        self.resets = self._counter(
            "screens_reset", "Screens that read too slowly and were sent all rows anew"
        )
        self.let_go = self._counter("screens_let_go", "Screens that took nothing for too long")
        self.late_ticks = self._counter("late_ticks", "Ticks that were sent over a second late")
        self.passed = self._counter(
            "requests_passed", "Requests passed on to the center, by its answer", "status"
        )
        self.shared = self._counter("requests_shared", "Requests answered by one that was under way")
        self.center = self._counter(
            "center_requests", "Requests of console's own to the center, by outcome", "outcome"
        )

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"tocsin_console_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(f"tocsin_console_{name}", text, registry=self.registry)
