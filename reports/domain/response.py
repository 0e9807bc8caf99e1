"""Response times: how long each step from a signal to the end of its fire took, and by whose clock."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from heapq import heappush, heappushpop

from contract.timeline import TimelineEvent
from contract.times import Micros

SLOWEST = 10
"""Fires that are named as the slowest."""


class ResponseStep(StrEnum):
    """A step of the way from a detector to the end of a fire, in the order in which they are meant."""

    RAISED = "raised"
    RECEIVED = "received"
    CONFIRMED = "confirmed"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    DISPATCHED = "dispatched"
    ON_SCENE = "on_scene"
    UNDER_CONTROL = "under_control"
    CLOSED = "closed"


class StepClock(StrEnum):
    """The clock that a step is taken from."""

    GATEWAY = "gateway"
    CENTER = "center"


CLOCK_OF = {
    each: StepClock.GATEWAY if each is ResponseStep.RAISED else StepClock.CENTER for each in ResponseStep
}
"""The gateway stamps the change of its point; all else the center stamps as it stores it."""

RESPONSE = frozenset(
    {
        ResponseStep.RAISED,
        ResponseStep.RECEIVED,
        ResponseStep.CONFIRMED,
        ResponseStep.DELIVERED,
        ResponseStep.ACKNOWLEDGED,
        ResponseStep.DISPATCHED,
        ResponseStep.ON_SCENE,
    }
)
"""Steps up to the arrival of forces, by which fires are compared: a fire that burns long is not slow."""


@dataclass(frozen=True, slots=True)
class StepEntry:
    """An entry of a timeline: *event* at *at*. *data* is there of signals and clocks."""

    event: str
    at: Micros
    reason: str = ""
    data: Mapping[str, object] = field(default_factory=dict)


_STEP_OF = {
    TimelineEvent.CONFIRMED: ResponseStep.CONFIRMED,
    TimelineEvent.ACKNOWLEDGED: ResponseStep.ACKNOWLEDGED,
    TimelineEvent.DISPATCHED: ResponseStep.DISPATCHED,
    TimelineEvent.ON_SCENE: ResponseStep.ON_SCENE,
    TimelineEvent.UNDER_CONTROL: ResponseStep.UNDER_CONTROL,
    TimelineEvent.CLOSED: ResponseStep.CLOSED,
}

STEP_EVENTS = frozenset({*_STEP_OF, TimelineEvent.SIGNAL, TimelineEvent.CLOCK, TimelineEvent.DELIVERED})
"""The events of a timeline that steps are read from."""


class StepReader:
    """Finds when each step of one fire was reached first, from its entries in their order."""

    def __init__(self) -> None:
        self._at: dict[ResponseStep, Micros] = {}
        self._first_signal = False

    def add(self, entry: StepEntry) -> None:
        """Take note of *entry*."""
        match entry.event:
            case TimelineEvent.SIGNAL:
                self._signal(entry)
            case TimelineEvent.CLOCK:
                self._clock(entry)
            case TimelineEvent.DELIVERED:
                self._at.setdefault(ResponseStep.DELIVERED, entry.at)
            case TimelineEvent.CONFIRMED if ResponseStep.CONFIRMED not in self._at:
                # What was delivered before told of a suspicion.
                self._at.pop(ResponseStep.DELIVERED, None)
                self._at[ResponseStep.CONFIRMED] = entry.at
            case event if event in _STEP_OF:
                self._at.setdefault(_STEP_OF[TimelineEvent(event)], entry.at)

    def _signal(self, entry: StepEntry) -> None:
        """Take the times of the first signal; a clock that was not believed follows it at once."""
        self._first_signal = ResponseStep.RECEIVED not in self._at
        if not self._first_signal:
            return
        changed, received = entry.data.get("changed_at"), entry.data.get("received_at")
        if isinstance(changed, int):
            self._at[ResponseStep.RAISED] = changed
        self._at[ResponseStep.RECEIVED] = received if isinstance(received, int) else entry.at

    def _clock(self, entry: StepEntry) -> None:
        """Correct the time of the first signal, or leave it out where no clock could be believed."""
        if not self._first_signal:
            return
        taken = entry.data.get("taken_as")
        if entry.reason == "corrected_clock" and isinstance(taken, int):
            self._at[ResponseStep.RAISED] = taken
        else:
            self._at.pop(ResponseStep.RAISED, None)

    def steps(self) -> dict[ResponseStep, Micros]:
        """Return when each step was reached that was, in their order."""
        return {each: self._at[each] for each in ResponseStep if each in self._at}


def hops(steps: Mapping[ResponseStep, Micros]) -> dict[ResponseStep, Micros]:
    """Return the time that each of *steps* took since the one before it that was reached.

    A step that was reached before its turn took none. The hops of a fire add up to its whole time.
    """
    found, before = dict[ResponseStep, Micros](), None
    for step, at in steps.items():
        if before is not None:
            found[step] = max(0, at - before)
        before = at if before is None else max(at, before)
    return found


def _until_scene(steps: Mapping[ResponseStep, Micros]) -> dict[ResponseStep, Micros]:
    """Return those of *steps* that were reached before forces arrived: what was later delayed nobody."""
    response = {step: at for step, at in steps.items() if step in RESPONSE}
    arrived = response.get(ResponseStep.ON_SCENE)
    return {step: at for step, at in response.items() if arrived is None or at <= arrived}


@dataclass(frozen=True, slots=True, order=True)
class SlowResponse:
    """A fire that took *micros* until forces arrived, or as far as it came; *slowest* took longest."""

    micros: Micros
    incident: str
    premises: str = field(compare=False)
    slowest: ResponseStep = field(compare=False)
    slowest_micros: Micros = field(compare=False)


@dataclass(frozen=True, slots=True)
class HopFigures:
    """The times of one hop over a period: of *count* fires, by nearest rank."""

    count: int
    p50: Micros
    p95: Micros
    longest: Micros


class ResponseTally:
    """Adds up the response times of fires, one after the other."""

    def __init__(self) -> None:
        self._hops: dict[ResponseStep, array[int]] = {}
        self._slowest: list[SlowResponse] = []

    def add(self, incident: str, premises: str, steps: Mapping[ResponseStep, Micros]) -> None:
        """Add the fire *incident* with its *steps*."""
        found = hops(steps)
        for step, micros in found.items():
            self._hops.setdefault(step, array("q")).append(micros)
        if until_scene := hops(_until_scene(steps)):
            self._keep_slow(incident, premises, until_scene)

    def _keep_slow(
        self, incident: str, premises: str, until_scene: Mapping[ResponseStep, Micros]
    ) -> None:
        step, longest = max(until_scene.items(), key=lambda each: each[1])
        slow = SlowResponse(sum(until_scene.values()), incident, premises, step, longest)
        if len(self._slowest) < SLOWEST:
            heappush(self._slowest, slow)
        else:
            heappushpop(self._slowest, slow)

    def by_hop(self) -> dict[ResponseStep, HopFigures]:
        """Return the figures of each hop that any fire has."""
        return {each: _figures(sorted(self._hops[each])) for each in ResponseStep if each in self._hops}

    def slowest(self) -> Sequence[SlowResponse]:
        """Return the slowest fires, the slowest first."""
        return sorted(self._slowest, reverse=True)


def nearest_rank(ordered: Sequence[Micros], percent: int) -> Micros:
    """Return the least value of *ordered* that *percent* of all are not above (nearest rank)."""
    return ordered[max(1, -(-percent * len(ordered) // 100)) - 1]


def _figures(ordered: Sequence[Micros]) -> HopFigures:
    return HopFigures(len(ordered), nearest_rank(ordered, 50), nearest_rank(ordered, 95), ordered[-1])
