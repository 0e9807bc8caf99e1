"""Progress of a run, and the callbacks that report it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RunProgress:
    """The progress of a run: *t* in its own seconds, values sent and dropped so far.

    *damaged* counts sentences that a storm damaged, *sent_by* the values of each point (a live view),
    and *late_s* is the largest delay of the run behind its clock.
    """

    t: float
    sent: int
    dropped: int
    damaged: int = 0
    late_s: float = 0.0
    sent_by: Mapping[str, int] = field(default_factory=dict)


OnProgress = Callable[[RunProgress], None]
"""Called from time to time with the progress of a run."""

OnReady = Callable[[Mapping[str, str]], None]
"""Called with the URL of each line and source, by name."""

PROGRESS_EVERY_S = 0.5
"""Interval in seconds between two reports of progress."""
