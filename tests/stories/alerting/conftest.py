"""The house of the stories."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stories.alerting import house as houses


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[houses.House]:
    async with houses.house(tmp_path) as one:
        yield one
