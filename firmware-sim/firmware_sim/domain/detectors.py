"""Simulated detectors: sampled at a time, each returns the message that it would send."""

import random
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from typing import Protocol

from contract.detectors import ZigbeeState
from contract.sentences import SEQUENCE_MODULUS, Sentence, Status, encode
from firmware_sim.domain.curves import Change

# A radio smoke sensor judges by itself. Sensors of the trade sound between 0.05 and 0.2 dB/m.
ZIGBEE_ALARM = 0.15
ZIGBEE_CLEAR = ZIGBEE_ALARM / 2

ZIGBEE_BATTERY = 97.0
ZIGBEE_FLAT = 5.0
"""Charge in % that a radio sensor reports, and the charge that it reports when its battery is nearly
flat.
"""


class FaultMode(StrEnum):
    """A way in which a detector is in fault."""

    REPORTED = "reported"
    SILENT = "silent"
    STUCK = "stuck"
    RAILED = "railed"
    DEAD = "dead"
    BATTERY = "battery"
    TAMPER = "tamper"


@dataclass(frozen=True, slots=True)
class FaultPeriod:
    """A fault mode from *begins_s* until *ends_s*, in seconds of the scenario."""

    trouble: FaultMode
    begins_s: float
    ends_s: float


@dataclass(frozen=True, slots=True)
class SensorPlan:
    """Everything but the seed that determines the messages of one sensor.

    *ambient* is the undisturbed value, *spread* the most that noise adds or takes away, both in the
    unit of *quantity*; *decimals* is the resolution of the instrument. Values are limited to *low* and
    *high*; a dead sensor shows *low*, a railed one *rail*.
    """

    address: str
    quantity: str
    ambient: float
    spread: float
    decimals: int
    low: float
    high: float
    rail: float
    changes: tuple[Change, ...] = ()
    conditions: tuple[FaultPeriod, ...] = ()

    def troubles(self, t: float) -> Set[FaultMode]:
        """Return the fault modes at *t*."""
        if not self.conditions:
            return _NO_TROUBLE
        return {each.trouble for each in self.conditions if each.begins_s <= t < each.ends_s}


_NO_TROUBLE: frozenset[FaultMode] = frozenset()


@dataclass(frozen=True, slots=True)
class Availability:
    """The availability of a radio sensor as its bridge reports it."""

    online: bool


@dataclass(frozen=True, slots=True)
class Damaged:
    """A sentence that the line damages on its way."""

    data: bytes


DetectorMessage = Sentence | ZigbeeState | Availability | Damaged


@dataclass(frozen=True, slots=True)
class ScheduledMessage:
    """The message of the detector *address* at *t* seconds after the scenario's start; None for a
    silence.
    """

    t: float
    address: str
    message: DetectorMessage | None


class SimulatedDetector(Protocol):
    """A detector that is sampled in regular steps, with rising times."""

    @property
    def address(self) -> str:
        """The name of its point."""

    def sample(self, t: float) -> DetectorMessage | None:
        """Return its message at *t*, if it sends one."""


class SequenceCounter:
    """Sequence numbers of one detector, over all its quantities."""

    def __init__(self) -> None:
        self._next = 0

    def next_number(self) -> int:
        """Return the number of the next sentence."""
        number, self._next = self._next, (self._next + 1) % SEQUENCE_MODULUS
        return number


class SerialDetector:
    """A sensor or manual call point that sends one sentence for each sample."""

    def __init__(self, plan: SensorPlan, noise: random.Random, counter: SequenceCounter) -> None:
        self.address = plan.address
        self._plan = plan
        self._noise = noise
        self._counter = counter
        self._shown = plan.ambient

    def sample(self, t: float) -> Sentence | None:
        """The sentence of time *t*; none while the detector is silent."""
        troubles = self._plan.troubles(t)
        measured = _measure(self._plan, self._noise, t)
        if not troubles:
            self._shown = measured
            return self._sentence(measured, Status.NORMAL)
        return self._troubled(measured, troubles)

    def _troubled(self, measured: float, troubles: Set[FaultMode]) -> Sentence | None:
        if FaultMode.STUCK not in troubles:
            self._shown = measured
        if FaultMode.SILENT in troubles:
            return None
        if FaultMode.REPORTED in troubles:
            return self._sentence(None, Status.FAULT)
        if FaultMode.DEAD in troubles:
            self._shown = self._plan.low
        if FaultMode.RAILED in troubles:
            self._shown = self._plan.rail
        return self._sentence(self._shown, _status(troubles))

    def _sentence(self, value: float | None, status: Status) -> Sentence:
        return Sentence(self.address, self._counter.next_number(), self._plan.quantity, value, status)


def _status(troubles: Set[FaultMode]) -> Status:
    """Return the single status that a sentence can carry."""
    if FaultMode.TAMPER in troubles:
        return Status.TAMPER
    return Status.LOWBATT if FaultMode.BATTERY in troubles else Status.NORMAL


class DamagedDetector:
    """A detector on a line with storms, which damage a *share* of its sentences."""

    def __init__(
        self,
        detector: SerialDetector,
        spans: Sequence[tuple[float, float, float]],
        chance: random.Random,
    ) -> None:
        self.address = detector.address
        self._detector = detector
        self._spans = spans
        self._chance = chance

    def sample(self, t: float) -> Sentence | Damaged | None:
        """Return its sentence at *t*, or the damaged bytes that arrive."""
        sentence = self._detector.sample(t)
        share = max((share for begins, ends, share in self._spans if begins <= t < ends), default=0.0)
        if sentence is None or self._chance.random() >= share:
            return sentence
        return Damaged(self._damage(encode(sentence)))

    def _damage(self, data: bytes) -> bytes:
        """Return *data* with a burst of up to 16 wrong bits, which the checksum always detects."""
        damaged = bytearray(data)
        place = self._chance.randrange(len(data) - 3)
        damaged[place] ^= self._chance.randrange(1, 256)
        damaged[place + 1] ^= self._chance.randrange(256)
        return bytes(damaged)


_BLIND = frozenset({FaultMode.STUCK, FaultMode.DEAD, FaultMode.RAILED})
"""A radio sensor with one of these modes keeps its last level."""


class RadioDetector:
    """A smoke sensor behind a radio bridge: it sends its state on every change and every *report_s*."""

    def __init__(self, plan: SensorPlan, noise: random.Random, *, report_s: float) -> None:
        self.address = plan.address
        self._plan = plan
        self._noise = noise
        self._report_s = report_s
        self._reachable = True
        self._told: ZigbeeState | None = None
        self._told_at = 0.0
        self._alarm = False

    def sample(self, t: float) -> ZigbeeState | Availability | None:
        """Return its state if that changed or is due again, or its availability if that changed."""
        troubles = self._plan.troubles(t)
        measured = _measure(self._plan, self._noise, t)
        if not troubles & _BLIND:
            self._alarm = measured >= (ZIGBEE_CLEAR if self._alarm else ZIGBEE_ALARM)
        reachable = FaultMode.REPORTED not in troubles
        if reachable != self._reachable:
            self._reachable, self._told = reachable, None
            return Availability(reachable)
        if not reachable or FaultMode.SILENT in troubles:
            return None
        return self._if_new(t, self._state(troubles))

    def _state(self, troubles: Set[FaultMode]) -> ZigbeeState:
        low = FaultMode.BATTERY in troubles
        return ZigbeeState(
            smoke=self._alarm,
            test=False,
            tamper=FaultMode.TAMPER in troubles,
            battery=ZIGBEE_FLAT if low else ZIGBEE_BATTERY,
            battery_low=low,
        )

    def _if_new(self, t: float, state: ZigbeeState) -> ZigbeeState | None:
        if state == self._told and t - self._told_at < self._report_s:
            return None
        self._told, self._told_at = state, t
        return state


def schedule(detectors: Sequence[SimulatedDetector], *, every_s: float) -> Iterator[ScheduledMessage]:
    """Yield the messages of *detectors* in order of time, without end, silences included.

    Each is sampled once in *every_s* seconds, one after the other, as on a polled line.
    """
    for step in count():
        for place, detector in enumerate(detectors):
            t = (step + place / len(detectors)) * every_s
            yield ScheduledMessage(t, detector.address, detector.sample(t))


def _measure(plan: SensorPlan, noise: random.Random, t: float) -> float:
    """Return the value of *plan* at *t*, as its instrument shows it."""
    value = plan.ambient + max(-1.0, min(1.0, noise.gauss(0.0, 0.5))) * plan.spread
    for change in plan.changes:
        value += change(t)
    return round(max(plan.low, min(plan.high, value)), plan.decimals)
