"""Thins a recording to the rhythm of a slower sensor: a sample every N seconds, with a seeded phase."""

import math
import random
from collections.abc import Iterable, Iterator

from contract.recordings import RecordedReading


def thinned(
    readings: Iterable[RecordedReading], every_s: float, *, seed: str
) -> Iterator[RecordedReading]:
    """The first row of each point and quantity in each slot of *every_s* seconds.

    All quantities of a point share its phase, which follows from *seed* and the point's name: detectors
    report as a whole, and no two of them at the same moments. Nothing stands in for a missing row.
    """
    phases: dict[str, float] = {}
    latest: dict[tuple[str, str], int] = {}
    for each in readings:
        phase = phases.get(each.point)
        if phase is None:
            phase = phases[each.point] = random.Random(f"{seed}/{each.point}").uniform(0.0, every_s)
        slot = math.floor((each.t - phase) / every_s)
        series = each.point, each.quantity
        if latest.get(series) != slot:
            latest[series] = slot
            yield each
