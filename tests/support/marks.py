"""The mark `server` of tests that start real servers: `-m "not server"` runs without any installed."""

from pathlib import Path

import pytest

from tests.support import servers

TESTS = Path(__file__).parents[1]
WHOLE_FOLDERS = ("stories", "faults", "adapters/deploy")
FIXTURES = {
    *("broker", "database", "place", "made_secrets"),
    *("influxdb1_server", "influxdb2_server", "victoria_metrics_server", "postgres_server"),
}
STARTERS = (
    servers.influxdb1,
    servers.influxdb2,
    servers.library,
    servers.mosquitto,
    servers.postgresql,
    servers.program,
    servers.running,
    servers.victoria_metrics,
)


def mark_servers(items: list[pytest.Item]) -> None:
    """Mark those of *items* that need a server."""
    for item in items:
        if isinstance(item, pytest.Function) and _needs_server(item):
            item.add_marker(pytest.mark.server)


def _needs_server(item: pytest.Function) -> bool:
    module = vars(item.module)
    return (
        str(item.path.relative_to(TESTS)).startswith(WHOLE_FOLDERS)
        or not FIXTURES.isdisjoint(item.fixturenames)
        or any(module.get(starter.__name__) is starter for starter in STARTERS)
    )
