"""How those who run detectors follow them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: *t* in its own seconds, and values sent and dropped so far.

    *garbled* counts what a storm damaged on its way, *sent_by* what each point sent (a live view), and
    *late_s* is by how much the run was behind its clock at most.
    """

    t: float
    sent: int
    dropped: int
    garbled: int = 0
    late_s: float = 0.0
    sent_by: Mapping[str, int] = field(default_factory=dict)


OnProgress = Callable[[Progress], None]
"""Told every so often how far a run is."""

OnReady = Callable[[Mapping[str, str]], None]
"""Told the name of each line and source, and where a gateway finds it."""

PROGRESS_EVERY_S = 0.5
"""How often a run tells how far it is."""
