"""What the tests of the gateway's adapters may ask for."""

from pathlib import Path

import pytest

from tests.adapters.gateway.rig import PtyLine


@pytest.fixture
def line(tmp_path: Path) -> PtyLine:
    """A serial line."""
    return PtyLine(tmp_path)
