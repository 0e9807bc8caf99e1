"""What the tests of deploy/ may ask for."""

import subprocess
from pathlib import Path

import pytest

from tests.support.servers import program

DEPLOY = Path(__file__).parents[3] / "deploy"


@pytest.fixture(scope="session")
def made_secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which make-secrets.sh made everything."""
    program("mosquitto_passwd")
    folder = tmp_path_factory.mktemp("secrets")
    subprocess.run(["sh", DEPLOY / "make-secrets.sh", folder], capture_output=True, check=True)
    return folder
