"""What every test may ask for."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.depth import register_profiles
from tests.support.marks import mark_tests
from tests.support.new_centers import new_postgresql, new_sqlite
from tests.support.servers import (
    Server,
    influxdb1,
    influxdb2,
    mosquitto,
    own_database,
    postgresql,
    victoria_metrics,
)

# Verbs show their words in the language of the terminal: here in that of the tests, wherever they run.
os.environ["LC_ALL"] = "C.UTF-8"

register_profiles()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    mark_tests(items)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Server]:
    """A real mosquitto of the test's own."""
    with mosquitto(tmp_path / "mosquitto") as server:
        yield server


@pytest.fixture(scope="session")
def influxdb1_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real InfluxDB 1.x, shared: each test takes a database of its own."""
    with influxdb1(tmp_path_factory.mktemp("influxdb1")) as server:
        yield server


@pytest.fixture(scope="session")
def influxdb2_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real InfluxDB 2, shared: each test takes a premises of its own."""
    with influxdb2(tmp_path_factory.mktemp("influxdb2")) as server:
        yield server


@pytest.fixture(scope="session")
def victoria_metrics_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real VictoriaMetrics, shared: each test takes a premises of its own."""
    with victoria_metrics(tmp_path_factory.mktemp("victoria-metrics")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real PostgreSQL, shared: each test takes a database of its own."""
    with postgresql(tmp_path_factory.mktemp("postgresql")) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table: the test runs on each kind of it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'center.db'}"
        return
    server: Server = request.getfixturevalue("postgres_server")
    with own_database(server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a new center's database: the test runs on each kind of it."""
    if request.param == "sqlite":
        yield new_sqlite(tmp_path / "center.db")
        return
    server: Server = request.getfixturevalue("postgres_server")
    with new_postgresql(server) as url:
        yield url
