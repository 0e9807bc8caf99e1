"""Detectors that do not exist: at a time they are asked, and they answer what they would send."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from typing import Protocol

from contract.detectors import ZigbeeState
from contract.sentences import SEQUENCE_MODULUS, Sentence, Status
from firmware_sim.domain.curves import Change

# A radio smoke sensor judges by itself. Sensors of the trade sound between 0.05 and 0.2 dB/m.
ZIGBEE_ALARM = 0.15
ZIGBEE_CLEAR = ZIGBEE_ALARM / 2

ZIGBEE_BATTERY = 97.0
"""Charge in % that a radio sensor reports."""


class Trouble(StrEnum):
    """What may be wrong with a detector."""

    REPORTED = "reported"
    SILENT = "silent"
    STUCK = "stuck"
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
    unit of *quantity*; *decimals* is the resolution of the instrument.
    """

    address: str
    quantity: str
    ambient: float
    spread: float
    decimals: int
    changes: tuple[Change, ...] = ()
    conditions: tuple[Condition, ...] = ()

    def troubles(self, t: float) -> set[Trouble]:
        """What is wrong at *t*."""
        return {each.trouble for each in self.conditions if each.begins_s <= t < each.ends_s}


@dataclass(frozen=True, slots=True)
class Availability:
    """What zigbee2mqtt says of a sensor that it can, or can no longer, reach."""

    online: bool


Says = Sentence | ZigbeeState | Availability


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


class Wired:
    """A smoke or heat detector or manual call point that speaks in sentences."""

    def __init__(self, plan: Plan, noise: random.Random) -> None:
        self.address = plan.address
        self._plan = plan
        self._noise = noise
        self._sequence = 0
        self._shown = plan.ambient

    def sample(self, t: float) -> Sentence | None:
        """The sentence of time *t*; none while the detector is silent."""
        troubles = self._plan.troubles(t)
        measured = _measure(self._plan, self._noise, t)
        if Trouble.STUCK not in troubles:
            self._shown = measured
        if Trouble.SILENT in troubles:
            return None
        if Trouble.REPORTED in troubles:
            return self._sentence(None, Status.FAULT)
        return self._sentence(
            self._shown, Status.TAMPER if Trouble.TAMPER in troubles else Status.NORMAL
        )

    def _sentence(self, value: float | None, status: Status) -> Sentence:
        sequence, self._sequence = self._sequence, (self._sequence + 1) % SEQUENCE_MODULUS
        return Sentence(self.address, sequence, self._plan.quantity, value, status)


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
        if Trouble.STUCK not in troubles:
            self._alarm = measured >= (ZIGBEE_CLEAR if self._alarm else ZIGBEE_ALARM)
        reachable = Trouble.REPORTED not in troubles
        if reachable != self._reachable:
            self._reachable, self._told = reachable, None
            return Availability(reachable)
        if not reachable or Trouble.SILENT in troubles:
            return None
        return self._if_new(t, self._state(tampered=Trouble.TAMPER in troubles))

    def _state(self, *, tampered: bool) -> ZigbeeState:
        return ZigbeeState(
            smoke=self._alarm, test=False, tamper=tampered, battery=ZIGBEE_BATTERY, battery_low=False
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
    wander = max(-1.0, min(1.0, noise.gauss(0.0, 0.5))) * plan.spread
    return round(plan.ambient + wander + sum(change(t) for change in plan.changes), plan.decimals)
