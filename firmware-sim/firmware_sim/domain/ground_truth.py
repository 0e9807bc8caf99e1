"""Ground truth: the fires that each point showed by the values it really sent, which no gateway may
miss.

The figures match a gateway with its default settings: smoke in alarm at 0.132 dB/m over
clean air behind a low pass of 15 s, heat at 56 degC in two samples of three. Between "calm" and
"unmistakable" is a band where a gateway may alarm or not; a point that stayed in it is ambiguous.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

from msgspec import Struct

from contract.sentences import Sentence, Status

MICROS = 1_000_000

LONGEST_GAP_S = 5.0
"""Samples further apart prove no duration: the values between them are unknown."""


class SentValue(Struct, frozen=True, kw_only=True):
    """One value that was really put on the wire, at *at* microseconds since 1970.

    *value* is None where the detector reported that it cannot measure.
    """

    at: int
    address: str
    quantity: str
    value: float | None
    status: Status = Status.NORMAL


class GroundTruthLog(Protocol):
    """A record of what was put on the wire; *at* is in microseconds since 1970."""

    def record_sentence(self, at: int, sentence: Sentence) -> None:
        """Record that *sentence* was sent."""

    def record_value(self, at: int, address: str, quantity: str, value: float | None) -> None:
        """Record that one value was sent."""

    def count_dropped(self) -> None:
        """Count a message that nobody received."""


@dataclass(frozen=True, slots=True)
class FireCriterion:
    """The criterion of a fire: at least *level* for *hold_s* and in so many *samples* in a row.

    From *doubtful* upwards a gateway might alarm; below it for *clear_s* the fire is over. Levels are in
    the unit of the quantity. A step of more than *jump* between two samples is doubted by a gateway.
    """

    level: float
    doubtful: float
    hold_s: float
    samples: int
    clear_s: float
    jump: float | None = None


FIRE_CRITERIA = {
    # 0.4 dB/m for 15 s, less 5 s for a median of three slow samples, passes a low pass of 15 s as
    # 0.4 * (1 - exp(-10/15)) = 0.19. Half of 0.132 is the pre-alarm. The low pass forgets 50 dB/m in
    # 15 * ln(50 / 0.066) = 100 s, and then a gateway waits for 30 s of calm.
    "smoke": FireCriterion(0.4, 0.066, 15.0, 4, 150.0),
    # 56 degC is the alarm, and 46 degC while rising fast. A step of 30 K is doubted for three more.
    "temperature": FireCriterion(60.0, 40.0, 0.0, 6, 200.0, jump=20.0),
    "manual": FireCriterion(1.0, 1.0, 0.0, 1, 0.0),
    "alarm": FireCriterion(1.0, 1.0, 0.0, 1, 0.0),
}


@dataclass(frozen=True, slots=True)
class PointTruth:
    """The values that one point sent, by quantity, and the fires that they showed.

    *fires* is the least number of fire signals that a gateway must send; a fire that dips for a while
    and flares up again may be signalled twice. The first was beyond doubt at *first_fire_at*
    (microseconds since 1970). Without fires, and if not *ambiguous*, every fire signal of the point is
    false.
    """

    sent: dict[str, int] = field(default_factory=dict)
    fires: int = 0
    first_fire_at: int | None = None
    ambiguous: bool = False


class FireTracker:
    """Tracks the fires that one quantity of one point shows."""

    def __init__(self, rule: FireCriterion) -> None:
        self._rule = rule
        self._jumps = _JumpFilter(rule.jump)
        self._run: deque[int] = deque(maxlen=1_000)
        self._calm_since: int | None = None
        self._doubtful = False
        self._in_fire = False
        self._left_doubtful = False
        self.fires = 0
        self.first_fire_at: int | None = None

    @property
    def ambiguous(self) -> bool:
        """Whether a value ever rose above calm, but not beyond doubt before it was calm again."""
        return self._left_doubtful or (self._doubtful and not self._in_fire)

    def observe(self, at: int, value: float | None) -> None:
        """Process the next value, or None where the detector could not measure."""
        if value is None or self._jumps.rejects(value):
            self._run.clear()
        if value is not None:
            self._track_level(at, value)
            self._track_calm(at, value)

    def _track_level(self, at: int, value: float) -> None:
        if value < self._rule.level or (self._run and at - self._run[-1] > LONGEST_GAP_S * MICROS):
            self._run.clear()
        if value < self._rule.level:
            return
        self._run.append(at)
        held = len(self._run) >= self._rule.samples and at - self._run[0] >= self._rule.hold_s * MICROS
        if held and not self._in_fire:
            self._in_fire = True
            self.fires += 1
            self.first_fire_at = self.first_fire_at or at

    def _track_calm(self, at: int, value: float) -> None:
        if value >= self._rule.doubtful:
            self._calm_since, self._doubtful = None, True
            return
        self._calm_since = at if self._calm_since is None else self._calm_since
        if at - self._calm_since >= self._rule.clear_s * MICROS:
            self._left_doubtful = self.ambiguous
            self._doubtful = self._in_fire = False


class _JumpFilter:
    """Detects a sensor that jumps so often that a gateway reports it in fault."""

    # Three jumps within ten samples are one too many; thirty samples without one are proof to a gateway.
    _WITHIN = 10
    _PROOF = 31

    def __init__(self, jump: float | None) -> None:
        self._jump = jump
        self._last: float | None = None
        self._steady = 0
        self._recent: deque[bool] = deque(maxlen=self._WITHIN)
        self._broken = False

    def rejects(self, value: float) -> bool:
        """Return True if *value* proves nothing after the values before it."""
        if self._jump is None:
            return False
        jumped = self._last is not None and abs(value - self._last) > self._jump
        self._last = value
        self._recent.append(jumped)
        self._steady = 0 if jumped else self._steady + 1
        self._broken = sum(self._recent) >= 3 or (self._broken and self._steady < self._PROOF)
        return jumped or self._broken
