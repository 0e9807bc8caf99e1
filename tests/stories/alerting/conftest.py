"""The house of the stories, on each kind of database."""

from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.stories.alerting import house as houses
from tests.support.servers import Server, postgresql

_numbers = count()


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with postgresql(tmp_path_factory.mktemp("postgresql")) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'center.db'}"
    server: Server = request.getfixturevalue("postgres_server")
    return empty_database(server)


def empty_database(server: Server) -> str:
    base = f"postgresql+psycopg://postgres@127.0.0.1:{server.port}"
    name = f"story_{next(_numbers)}"
    engine = create_engine(f"{base}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{base}/{name}"


@pytest.fixture
async def house(database: str) -> AsyncIterator[houses.House]:
    async with houses.house(database) as one:
        yield one
