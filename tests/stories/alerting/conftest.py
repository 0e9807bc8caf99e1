"""The house of the stories, on each kind of database."""

from collections.abc import AsyncIterator

import pytest

from tests.stories.alerting import house as houses


@pytest.fixture
async def house(database: str) -> AsyncIterator[houses.House]:
    async with houses.house(database) as one:
        yield one
