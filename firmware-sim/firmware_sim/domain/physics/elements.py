"""Heat elements, smoke chambers and gas cells, which make a detector's sensor lag behind the air."""

import math
from collections import deque

STILL_M_S = 0.1
"""Speed in m/s of air below a ceiling without a jet; Cleary, below, measured 0.02 to 0.5 m/s."""


class HeatElement:
    """A temperature sensor with a response time index: ``dTe/dt = sqrt(u) / RTI (Tg - Te)``.

    Heskestad and Smith (1976); NFPA 72, annex B. *rti* in (m s)^(1/2): spot heat detectors 10 to 50, a
    bare thermocouple about 1, a standard sprinkler 100 and more.
    """

    def __init__(self, rti: float, celsius: float) -> None:
        self._rti = rti
        self.celsius = celsius

    def step(self, gas_celsius: float, *, velocity: float, dt: float) -> float:
        """The element's temperature in degC after *dt* seconds in gas that flows at *velocity* m/s."""
        share = -math.expm1(-dt * math.sqrt(max(STILL_M_S, velocity)) / self._rti)
        self.celsius += share * (gas_celsius - self.celsius)
        return self.celsius


class SmokeChamber:
    """The entry of a spot smoke detector: a dwell time, then mixing, both shorter in faster air.

    Cleary, Chernovsky, Grosshandler and Anderson, Fire Safety Science 6 (1999) 779: dwell
    ``alpha u^beta``, mixing with the time constant ``alpha u^beta``; photoelectric detector 1.
    """

    _DWELL = (1.8, -1.0)
    _MIXING = (1.0, -0.8)

    def __init__(self) -> None:
        self._entering: deque[tuple[float, float]] = deque([(0.0, 0.0)])
        self._t = 0.0
        self.inside = 0.0

    def step(self, outside: float, *, velocity: float, dt: float) -> float:
        """The density inside after *dt* seconds with *outside* before the entry (same unit)."""
        u = max(STILL_M_S, velocity)
        self._t += dt
        self._entering.append((self._t, outside))
        through = self._t - self._DWELL[0] * u ** self._DWELL[1]
        while len(self._entering) > 1 and self._entering[1][0] <= through:
            self._entering.popleft()
        entered = self._entering[0][1]
        share = -math.expm1(-dt / (self._MIXING[0] * u ** self._MIXING[1]))
        self.inside += share * (entered - self.inside)
        return self.inside


class GasCell:
    """An electrochemical carbon monoxide cell: a first-order lag.

    The time constant is that of a cell with a 90 % response in 45 s (makers give 30 to 60 s).
    """

    _TAU_S = 45.0 / math.log(10.0)

    def __init__(self) -> None:
        self.ppm = 0.0

    def step(self, outside_ppm: float, *, dt: float) -> float:
        """Return the value of the cell after *dt* seconds in air with *outside_ppm*."""
        self.ppm += -math.expm1(-dt / self._TAU_S) * (outside_ppm - self.ppm)
        return self.ppm
