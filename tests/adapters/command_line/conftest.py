"""A running center, for verbs that ask one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.alerting import center as centers
from tests.support.servers import Server


@pytest.fixture
async def center(tmp_path: Path, broker: Server) -> AsyncIterator[centers.Center]:
    async with centers.center(tmp_path, broker_port=broker.port) as one:
        yield one
