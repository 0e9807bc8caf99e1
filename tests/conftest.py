"""What every test may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers import Server, mosquitto


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Server]:
    """A real mosquitto of the test's own."""
    with mosquitto(tmp_path / "mosquitto") as server:
        yield server
