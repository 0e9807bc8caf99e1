"""Detectors that do not exist: at a time they are asked, and they answer what they would send."""

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
"""Charge in % that a radio sensor reports, and what it reports when that is nearly gone."""


class Trouble(StrEnum):
    """What may be wrong with a detector."""

    REPORTED = "reported"
    SILENT = "silent"
    STUCK = "stuck"
    RAILED = "railed"
    DEAD = "dead"
    BATTERY = "battery"
    TAMPER = "tamper"


@dataclass(frozen=True, slots=True)
class Condition:
    """A trouble from *begins_s* until *ends_s*, in seconds of the scenario."""

    trouble: Trouble
    begins_s: float
    ends_s: float


@dataclass(frozen=True, slots=True)
class Plan:
    """All that decides what one detector will ever say, but for the seed.

    *ambient* is the undisturbed value, *spread* the most that noise adds or takes away, both in the
    unit of *quantity*; *decimals* is the resolution of the instrument. It shows nothing below *low*, nor
    above *high*; a dead sensor shows *low*, a railed one *rail*.
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
    conditions: tuple[Condition, ...] = ()

    def troubles(self, t: float) -> Set[Trouble]:
        """What is wrong at *t*."""
        if not self.conditions:
            return _NO_TROUBLE
        return {each.trouble for each in self.conditions if each.begins_s <= t < each.ends_s}


_NO_TROUBLE: frozenset[Trouble] = frozenset()


@dataclass(frozen=True, slots=True)
class Availability:
    """What zigbee2mqtt says of a sensor that it can, or can no longer, reach."""

    online: bool


@dataclass(frozen=True, slots=True)
class Garbled:
    """A sentence that the line damages on its way."""

    data: bytes


Says = Sentence | ZigbeeState | Availability | Garbled


@dataclass(frozen=True, slots=True)
class Due:
    """What the detector *address* says *t* seconds after the scenario began; None for a silence."""

    t: float
    address: str
    says: Says | None


class Detector(Protocol):
    """Something that is sampled in regular steps, with times that never fall."""

    @property
    def address(self) -> str:
        """The name of its point."""

    def sample(self, t: float) -> Says | None:
        """What it says at *t*, if anything."""


class Counter:
    """Counts the sentences of one detector, whatever it measures."""

    def __init__(self) -> None:
        self._next = 0

    def take(self) -> int:
        """The number of the next sentence."""
        number, self._next = self._next, (self._next + 1) % SEQUENCE_MODULUS
        return number


class Wired:
    """A sensor or manual call point that speaks in sentences, one for each sample."""

    def __init__(self, plan: Plan, noise: random.Random, counter: Counter) -> None:
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

    def _troubled(self, measured: float, troubles: Set[Trouble]) -> Sentence | None:
        if Trouble.STUCK not in troubles:
            self._shown = measured
        if Trouble.SILENT in troubles:
            return None
        if Trouble.REPORTED in troubles:
            return self._sentence(None, Status.FAULT)
        if Trouble.DEAD in troubles:
            self._shown = self._plan.low
        if Trouble.RAILED in troubles:
            self._shown = self._plan.rail
        return self._sentence(self._shown, _status(troubles))

    def _sentence(self, value: float | None, status: Status) -> Sentence:
        return Sentence(self.address, self._counter.take(), self._plan.quantity, value, status)


def _status(troubles: Set[Trouble]) -> Status:
    """What a detector says of itself that can say only one thing."""
    if Trouble.TAMPER in troubles:
        return Status.TAMPER
    return Status.LOWBATT if Trouble.BATTERY in troubles else Status.NORMAL


class Stormy:
    """A detector on a line that storms upset: a *share* of its sentences is damaged meanwhile."""

    def __init__(
        self, detector: Wired, spans: Sequence[tuple[float, float, float]], chance: random.Random
    ) -> None:
        self.address = detector.address
        self._detector = detector
        self._spans = spans
        self._chance = chance

    def sample(self, t: float) -> Sentence | Garbled | None:
        """What arrives of its sentence at *t*."""
        sentence = self._detector.sample(t)
        share = max((share for begins, ends, share in self._spans if begins <= t < ends), default=0.0)
        if sentence is None or self._chance.random() >= share:
            return sentence
        return Garbled(self._damage(encode(sentence)))

    def _damage(self, data: bytes) -> bytes:
        """*data* with a burst of up to 16 wrong bits in a row, which the checksum always finds."""
        damaged = bytearray(data)
        place = self._chance.randrange(len(data) - 3)
        damaged[place] ^= self._chance.randrange(1, 256)
        damaged[place + 1] ^= self._chance.randrange(256)
        return bytes(damaged)


_BLIND = frozenset({Trouble.STUCK, Trouble.DEAD, Trouble.RAILED})
"""A radio sensor with one of these keeps to the level that it has."""


class Radio:
    """A smoke sensor behind zigbee2mqtt: it tells its state on every change and every *report_s*."""

    def __init__(self, plan: Plan, noise: random.Random, *, report_s: float) -> None:
        self.address = plan.address
        self._plan = plan
        self._noise = noise
        self._report_s = report_s
        self._reachable = True
        self._told: ZigbeeState | None = None
        self._told_at = 0.0
        self._alarm = False

    def sample(self, t: float) -> ZigbeeState | Availability | None:
        """Its state, if that changed or is due again; or that it was lost or found."""
        troubles = self._plan.troubles(t)
        measured = _measure(self._plan, self._noise, t)
        if not troubles & _BLIND:
            self._alarm = measured >= (ZIGBEE_CLEAR if self._alarm else ZIGBEE_ALARM)
        reachable = Trouble.REPORTED not in troubles
        if reachable != self._reachable:
            self._reachable, self._told = reachable, None
            return Availability(reachable)
        if not reachable or Trouble.SILENT in troubles:
            return None
        return self._if_new(t, self._state(troubles))

    def _state(self, troubles: Set[Trouble]) -> ZigbeeState:
        low = Trouble.BATTERY in troubles
        return ZigbeeState(
            smoke=self._alarm,
            test=False,
            tamper=Trouble.TAMPER in troubles,
            battery=ZIGBEE_FLAT if low else ZIGBEE_BATTERY,
            battery_low=low,
        )

    def _if_new(self, t: float, state: ZigbeeState) -> ZigbeeState | None:
        if state == self._told and t - self._told_at < self._report_s:
            return None
        self._told, self._told_at = state, t
        return state


def schedule(detectors: Sequence[Detector], *, every_s: float) -> Iterator[Due]:
    """Everything that *detectors* ever say, in order of time and without end, silences included.

    Each is sampled once in *every_s* seconds, one after the other, as on a polled line.
    """
    for step in count():
        for place, detector in enumerate(detectors):
            t = (step + place / len(detectors)) * every_s
            yield Due(t, detector.address, detector.sample(t))


def _measure(plan: Plan, noise: random.Random, t: float) -> float:
    """The value that *plan* has at *t*, as its instrument would show it."""
    value = plan.ambient + max(-1.0, min(1.0, noise.gauss(0.0, 0.5))) * plan.spread
    for change in plan.changes:
        value += change(t)
    return round(max(plan.low, min(plan.high, value)), plan.decimals)
