"""A scenario as a recording: what its detectors would say, without a line and without waiting."""

from collections.abc import Iterator
from itertools import takewhile

from contract.detectors import ZigbeeState
from contract.recordings import Reading
from contract.sentences import Sentence
from firmware_sim.domain.detectors import Due
from firmware_sim.events import Fire
from firmware_sim.scenario import Scenario
from firmware_sim.staging import everything_said


class Endless(Exception):
    """A scenario without an end was to be recorded whole; the text says what to do."""


def record(scenario: Scenario, *, until_s: float | None = None) -> Iterator[Reading]:
    """All values that the points of *scenario* would send, *t* counted from its first ignition.

    What a storm damages, and what a detector cannot measure, is left out, as on the wire. Raises
    Endless where neither *until_s* nor the scenario says when to stop.
    """
    ends = scenario.duration_s if until_s is None else until_s
    if ends is None:
        raise Endless("the scenario has no duration_s; say how long with --for")
    ignition = ignition_s(scenario)
    for due in takewhile(lambda due: due.t < ends, everything_said(scenario)):
        yield from _readings(due, due.t - ignition)


def ignition_s(scenario: Scenario) -> float:
    """When the first fire of *scenario* begins, in its seconds; 0 if there is none."""
    scripted = (event.at_s for event in scenario.events if isinstance(event, Fire))
    return min([*(fire.at_s for fire in scenario.fires), *scripted], default=0.0)


def _readings(due: Due, t: float) -> Iterator[Reading]:
    match due.says:
        case Sentence(quantity=quantity, value=float(value)):
            yield Reading(t, due.address, quantity, value)
        case ZigbeeState(smoke=bool(smoke)):
            yield Reading(t, due.address, "alarm", float(smoke))
