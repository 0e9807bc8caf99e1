"""Which points, by what they really sent, showed a fire that no gateway may miss.

The figures are chosen against a gateway with its default settings: smoke in alarm at baseline +
0.132 dB/m behind a first-order filter of 15 s, heat at 56 degC in two samples. Between "calm" and
"unmistakable" lies a band where a gateway may alarm or not; a point that stayed in it is ambiguous.
"""

from dataclasses import dataclass, field

from msgspec import Struct

from contract.sentences import Status

MICROS = 1_000_000

LONGEST_GAP_S = 5.0
"""Samples further apart prove no duration: what was between them is unknown."""


class Sent(Struct, frozen=True, kw_only=True):
    """One value that was really put on the wire, at *at* microseconds since 1970.

    *value* is None where the detector said that it cannot measure.
    """

    at: int
    address: str
    quantity: str
    value: float | None
    status: Status = Status.NORMAL


@dataclass(frozen=True, slots=True)
class Rule:
    """When a quantity shows a fire: at least *level* for *hold_s* and in so many *samples* in a row.

    From *doubtful* upwards a gateway might alarm; below it for *clear_s* the fire is over. Levels are in
    the unit of the quantity, and above the baseline where *over_baseline*.
    """

    level: float
    doubtful: float
    hold_s: float
    samples: int
    clear_s: float
    over_baseline: bool = False


RULES = {
    # 0.4 dB/m held 10 s passes a 15 s filter as 0.4 * (1 - exp(-10/15)) = 0.19, well over 0.132; half of
    # 0.132 is doubtful. From 50 dB/m that filter needs 15 * ln(50 / 0.066) = 100 s to forget.
    "smoke": Rule(0.4, 0.066, 10.0, 2, 120.0, over_baseline=True),
    # 56 degC is the alarm, and 46 degC while rising fast at a gateway; 3 samples for its 2.
    "temperature": Rule(60.0, 40.0, 0.0, 3, 60.0),
    "manual": Rule(1.0, 1.0, 0.0, 1, 0.0),
    "alarm": Rule(1.0, 1.0, 0.0, 1, 0.0),
}

HIGHEST_BASELINE = 0.1
"""dB/m; a first sample above it is smoke already, and no baseline."""


@dataclass(frozen=True, slots=True)
class PointTruth:
    """What one point sent, and showed.

    *fires* is the least number of fire signals that a gateway owes it; the first of them was beyond
    doubt at *first_fire_at* (microseconds since 1970). If *ambiguous*, one more signal is no error.
    """

    sent: dict[str, int] = field(default_factory=dict)
    fires: int = 0
    first_fire_at: int | None = None
    ambiguous: bool = False


class Shown:
    """Follows one quantity of one point."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._baseline: float | None = None
        self._run: list[int] = []
        self._calm_since: int | None = None
        self._doubtful = False
        self._burning = False
        self.fires = 0
        self.first_fire_at: int | None = None
        self.left_doubtful = False

    @property
    def ambiguous(self) -> bool:
        """Whether it ever rose above calm, and never beyond doubt before it was calm again."""
        return self.left_doubtful or (self._doubtful and not self._burning)

    def see(self, at: int, value: float | None) -> None:
        """Take the next value, or None where the detector could not measure."""
        if value is None:
            self._run.clear()
            return
        height = value - self._base(value)
        self._see_level(at, height)
        self._see_calm(at, height)

    def _see_level(self, at: int, height: float) -> None:
        if height < self._rule.level:
            self._run.clear()
            return
        if self._run and at - self._run[-1] > LONGEST_GAP_S * MICROS:
            self._run.clear()
        self._run.append(at)
        held = len(self._run) >= self._rule.samples and at - self._run[0] >= self._rule.hold_s * MICROS
        if held and not self._burning:
            self._burning = True
            self.fires += 1
            self.first_fire_at = self.first_fire_at or at

    def _see_calm(self, at: int, height: float) -> None:
        if height >= self._rule.doubtful:
            self._calm_since, self._doubtful = None, True
            return
        self._calm_since = at if self._calm_since is None else self._calm_since
        if at - self._calm_since >= self._rule.clear_s * MICROS:
            self.left_doubtful = self.ambiguous
            self._doubtful = self._burning = False

    def _base(self, value: float) -> float:
        if not self._rule.over_baseline:
            return 0.0
        if self._baseline is None:
            self._baseline = min(value, HIGHEST_BASELINE)
        return self._baseline
