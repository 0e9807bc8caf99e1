"""Metrics of the clients of a service's HTTP server."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class HttpMetrics:
    """The counters of one server, in *registry*."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.connections = Gauge(
            "tocsin_http_connections", "Open connections of HTTP clients", registry=registry
        )
        self.refused = Counter(
            "tocsin_http_connections_refused",
            "Connections of HTTP clients that were refused or ended, by reason",
            ["reason"],
            registry=registry,
        )
        self.refused_requests = Counter(
            "tocsin_http_requests_refused",
            "Requests of HTTP clients that were refused, by reason",
            ["reason"],
            registry=registry,
        )
