"""Counts the work of a call: its steps, whatever the time that a busy machine takes for them."""

import sys
from collections.abc import Callable


def steps_of(call: Callable[[], object]) -> int:
    """Return how many functions *call* calls, those written in C included."""
    steps = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal steps
        steps += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(before)
    return steps
