"""Where the recorded data is, which is no part of the project: beside it, in ../shared/data."""

import os
from pathlib import Path

DATA = Path(
    os.environ.get("TOCSIN_RECORDED_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data"
)
"""The variable says otherwise."""

ABSENT = f"the recorded data is not at {DATA}"
