"""How those who run detectors follow them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: *t* in its own seconds, and values sent and dropped so far."""

    t: float
    sent: int
    dropped: int


OnProgress = Callable[[Progress], None]
"""Told every so often how far a run is."""

OnReady = Callable[[Mapping[str, str]], None]
"""Told the name of each line and source, and where a gateway finds it."""

PROGRESS_EVERY_S = 0.5
"""How often a run tells how far it is."""
