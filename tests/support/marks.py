"""Marks of tests by what they start.

`server` is that of tests that start real servers: `-m "not server"` runs without any installed. Stories
have more time than other tests before they are ended as hanging.
"""

from pathlib import Path

import pytest

from tests.support import servers

TESTS = Path(__file__).parents[1]
WHOLE_FOLDERS = ("stories", "faults", "adapters/deploy")
STORY_S = 600
"""Seconds: a story of many steps takes one minute by itself, and several where the cores are busy."""
FIXTURES = {
    *("broker", "database", "empty_database", "place", "made_secrets"),
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


def mark_tests(items: list[pytest.Item]) -> None:
    """Mark those of *items* that need a server, and give stories their time."""
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        if _needs_server(item):
            item.add_marker(pytest.mark.server)
        if _is_in(item, ("stories", "faults")) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(STORY_S))


def _is_in(item: pytest.Function, folders: tuple[str, ...]) -> bool:
    return str(item.path.relative_to(TESTS)).startswith(folders)


def _needs_server(item: pytest.Function) -> bool:
    module = vars(item.module)
    return (
        _is_in(item, WHOLE_FOLDERS)
        or not FIXTURES.isdisjoint(item.fixturenames)
        or any(module.get(starter.__name__) is starter for starter in STARTERS)
    )
