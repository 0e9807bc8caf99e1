"""Manual operation of the points of a running scenario: pressed, tripped and reset by hand."""

import math
from dataclasses import dataclass

from firmware_sim.domain.curves import Change

RISES = {"smoke": 2.0, "temperature": 60.0, "co": 300.0, "manual": 1.0}
"""Rise of each quantity while a point is tripped, in its unit: well above every alarm level."""

# A test gas or a hair dryer works within seconds, and its effect goes as fast. A step at once would look
# like a broken sensor.
RAMP_S = 10.0


@dataclass(slots=True)
class _Operation:
    begins_s: float
    ends_s: float

    def share(self, t: float, ramp_s: float) -> float:
        """Return the share of the full rise at *t*, 0 to 1."""
        if t < self.begins_s:
            return 0.0
        if ramp_s == 0.0:
            return 1.0 if t < self.ends_s else 0.0
        risen = min(1.0, (min(t, self.ends_s) - self.begins_s) / ramp_s)
        return max(0.0, risen - max(0.0, t - self.ends_s) / ramp_s)


class ManualControl:
    """The manual operations of a run, by point; times in seconds of its scenario."""

    def __init__(self) -> None:
        self._operations: dict[str, list[_Operation]] = {}

    def operate(self, address: str, begins_s: float, *, for_s: float | None = None) -> None:
        """Trip or press a point from *begins_s* on, for *for_s* or until it is reset."""
        ends_s = math.inf if for_s is None else begins_s + for_s
        self._operations.setdefault(address, []).append(_Operation(begins_s, ends_s))

    def reset(self, address: str, at_s: float) -> bool:
        """End the operations of a point at *at_s*; return False if there was none."""
        standing = [each for each in self._operations.get(address, []) if each.ends_s > at_s]
        for each in standing:
            each.ends_s = at_s
        return bool(standing)

    def change(self, address: str, quantity: str) -> Change:
        """Return the change of *quantity* at a point by the operations made so far and later."""
        operations = self._operations.setdefault(address, [])
        rise, ramp_s = RISES[quantity], 0.0 if quantity == "manual" else RAMP_S

        def at(t: float) -> float:
            return rise * max((each.share(t, ramp_s) for each in operations), default=0.0)

        return at
