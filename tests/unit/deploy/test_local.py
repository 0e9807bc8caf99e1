"""The files with which Tocsin is tried on one machine, as the README tells it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
LOCAL = ROOT / "deploy" / "local"


def test_the_readme_names_each_of_them() -> None:
    readme = (ROOT / "README.md").read_text()
    named = set(re.findall(r"deploy/local/([a-z.]+)", readme))
    assert named == {path.name for path in LOCAL.iterdir()}
