"""A scenario as a recording: all values of its detectors, without a line and without waiting."""

from collections.abc import Iterator
from itertools import takewhile

from contract.detectors import ZigbeeState
from contract.names import is_name
from contract.recordings import RecordedReading
from contract.sentences import Sentence
from firmware_sim.domain.detectors import ScheduledMessage
from firmware_sim.scenario.events import FireEvent
from firmware_sim.scenario.scenario import Scenario
from firmware_sim.simulation.build import scheduled_messages


class CannotRecord(Exception):
    """The scenario cannot be recorded; the text names the remedy."""


def record(scenario: Scenario, *, until_s: float | None = None) -> Iterator[RecordedReading]:
    """Yield all values that the points of *scenario* would send, *t* counted from its first ignition.

    Damaged sentences and those without a value are left out, as on the wire. Raises CannotRecord where
    neither *until_s* nor the scenario has an end.
    """
    ends = scenario.duration_s if until_s is None else until_s
    if ends is None:
        raise CannotRecord("the scenario has no duration_s; say how long with --for")
    ignition, names = ignition_s(scenario), _names(scenario)
    for due in takewhile(lambda due: due.t < ends, scheduled_messages(scenario)):
        yield from _readings(due, due.t - ignition, names[due.address])


def ignition_s(scenario: Scenario) -> float:
    """Return the second of the scenario at which its first fire begins; 0 without a fire."""
    scripted = (event.at_s for event in scenario.events if isinstance(event, FireEvent))
    return min([*(fire.at_s for fire in scenario.fires), *scripted], default=0.0)


def _names(scenario: Scenario) -> dict[str, str]:
    """Return the name of each point in a recording, by its address; raises CannotRecord."""
    names = {point.address: point.name or point.address for point in scenario.points}
    for address, name in names.items():
        if not is_name(name):
            remedy = 'add name = "..." of a-z, 0-9 and - to the point'
            raise CannotRecord(f"{address!r} cannot be a point of a recording; {remedy}")
    return names


def _readings(due: ScheduledMessage, t: float, name: str) -> Iterator[RecordedReading]:
    match due.message:
        case Sentence(quantity=quantity, value=float(value)):
            yield RecordedReading(t, name, quantity, value)
        case ZigbeeState(smoke=bool(smoke)):
            yield RecordedReading(t, name, "alarm", float(smoke))
