"""A running center and a gateway."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.alerting import center as centers
from tests.support.servers import Server


@pytest.fixture
async def center(tmp_path: Path, broker: Server) -> AsyncIterator[centers.Center]:
    async with centers.center(tmp_path, broker_port=broker.port) as one:
        yield one


@pytest.fixture
async def gateway(broker: Server) -> AsyncIterator[centers.Gateway]:
    async with centers.gateway(broker.port) as one:
        yield one
