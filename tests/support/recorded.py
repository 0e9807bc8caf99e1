"""Where the recorded data is: beside the checkout, in ../shared/data; it is no part of the project."""

import os
from pathlib import Path

DATA = Path(
    os.environ.get("TOCSIN_RECORDED_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data"
)
"""The variable says otherwise."""

ABSENT = f"the recorded data is not at {DATA}"
