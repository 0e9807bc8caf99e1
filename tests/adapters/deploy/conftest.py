"""What the tests of deploy/ may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.deploy.broker import CenterBroker, center_broker


@pytest.fixture
def center(tmp_path: Path) -> Iterator[CenterBroker]:
    """The center's broker, without TLS, of the test's own."""
    with center_broker(tmp_path / "broker") as broker:
        yield broker
