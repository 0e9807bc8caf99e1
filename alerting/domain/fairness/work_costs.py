"""The work that a signal of each gateway takes, as measured."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

FIRST_GUESS_S = 0.001
"""Seconds for a signal before any was measured: a fire with all that follows from it."""

WEIGHT = 0.25
"""The weight of the latest measurement."""

FULL_WEIGHT_SIGNALS = 50
"""Signals of a group from which on it says what a signal of any flow costs. A smaller one says less: the
first signal after a start takes 40 ms, and groups of two would follow while thousands wait."""

MOST_REMEMBERED = 10_000
"""Gateways whose cost is remembered."""


class WorkCosts(Generic[K]):
    """Seconds for a signal of each flow, as a moving average of the groups that it was part of."""

    def __init__(self) -> None:
        self._costs: OrderedDict[K, float] = OrderedDict()
        self._of_all = FIRST_GUESS_S

    def cost_of(self, flow: K) -> float:
        """Return the seconds that a signal of *flow* takes."""
        return self._costs.get(flow, self._of_all)

    def note_group(self, signals: Mapping[K, int], seconds: float) -> None:
        """Note that a group with so many *signals* of each flow took *seconds*."""
        total = max(1, sum(signals.values()))
        each_s = seconds / total
        self._of_all += WEIGHT * min(1.0, total / FULL_WEIGHT_SIGNALS) * (each_s - self._of_all)
        for flow in signals:
            known = self._costs.pop(flow, each_s)
            self._costs[flow] = known + WEIGHT * (each_s - known)
        while len(self._costs) > MOST_REMEMBERED:
            self._costs.popitem(last=False)
