"""The files with which Tocsin is tried on one machine, as the README tells it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LOCAL = ROOT / "deploy" / "local"


@pytest.mark.parametrize(
    "command",
    [
        ["gateway", "--config", "gateway.toml", "--check"],
        ["ingest", "--config", "ingest.toml", "--check"],
        ["alerting", "--config", "alerting.toml", "--check"],
        ["registry", "import", "registry.toml", "--check"],
        ["sim", "run", "scenario.toml", "--check"],
    ],
    ids=lambda command: command[0],
)
def test_each_is_taken_as_it_is(command: list[str]) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "tocsin", *command],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=LOCAL,
    )
    assert answer.returncode == 0, answer.stderr


def test_the_readme_names_each_of_them() -> None:
    readme = (ROOT / "README.md").read_text()
    named = set(re.findall(r"deploy/local/([a-z.]+)", readme))
    assert named == {path.name for path in LOCAL.iterdir()}
