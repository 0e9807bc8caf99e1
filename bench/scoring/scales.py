"""Burns as detectors would tell them whose scale ends early, and whose element is slow or is not."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contract.recordings import RecordedReading

JET_M_S = 1.5
"""Speed of the jet below the ceiling at an element, in m/s."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A detector whose scale ends at *top_c* degC; its element has *rti* in (m s)^(1/2), 0 if bare."""

    rti: float
    top_c: float

    @property
    def element(self) -> str:
        """Its element, in words."""
        return f"RTI {self.rti:.0f}" if self.rti else "bare"


SCALES = (Scale(0.0, 150.0), Scale(0.0, 200.0), Scale(10.0, 150.0), Scale(25.0, 150.0))
"""EN 54-5 class A1 lies at 10 to 50 (m s)^(1/2); a thermistor's scale ends at about 150 degC."""


def seen(rows: Iterable[RecordedReading], scale: Scale) -> Iterator[RecordedReading]:
    """Return *rows* as *scale* shows them: dTe/dt = sqrt(u)/RTI (Tg - Te), Heskestad and Smith."""
    last: dict[str, tuple[float, float]] = {}
    for row in rows:
        t, shown = last.get(row.point, (row.t, row.value))
        share = -math.expm1((t - row.t) * math.sqrt(JET_M_S) / scale.rti) if scale.rti else 1.0
        shown += share * (row.value - shown)
        last[row.point] = (row.t, shown)
        yield RecordedReading(row.t, row.point, row.quantity, min(scale.top_c, round(shown, 1)))
