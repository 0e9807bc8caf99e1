"""An alarm that outlives its incident: a trouble of its own, so that it belongs to somebody.

A point that stands in fire while no open incident has it is notified at once as `standing_alarm`, apart
from all other faults of the premises, suppressed by nothing, and notified again until it is restored or
taken.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import msgspec

from alerting.domain.model.condition import Condition
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import STILL_NOT_ACKNOWLEDGED, IncidentKind, PremisesSnapshot, Stage
from alerting.domain.model.point_in_fire import point_key
from alerting.domain.model.trouble import Trouble
from contract.messages import Edge, Kind, Scope
from contract.times import SECOND, Micros
from registry.model.policies import COMMAND_CENTER

REASON = "standing_alarm"

PART = "standing"
"""The part of the premises' troubles that such alarms make up; other faults wait for each other."""

REPEAT = 900 * SECOND
"""The longest time between two messages, in microseconds, whatever the policy for faults says."""


@dataclass(frozen=True, slots=True)
class UnattendedPoint:
    """A point that reports fire *since* that moment."""

    gateway: str
    name: str
    since: Micros

    @property
    def key(self) -> str:
        """The key of the point at its premises."""
        return point_key(self.gateway, self.name)


AGAIN = 60 * SECOND
"""Microseconds to the second message: by then the closing and its messages are over, as is a reset."""


def standing_alarm_policy(site: PremisesSnapshot) -> PremisesSnapshot:
    """Return *site*, with its policy for faults, as a standing alarm notifies it.

    The command center is notified at once and each time: it closed the incident, and has to watch the
    point.
    """
    first = _with_center(msgspec.structs.replace(site.stages[0], after=0))
    again_soon = Stage(AGAIN, first.notify, STILL_NOT_ACKNOWLEDGED)
    later = sorted((again_soon, *site.stages[1:]), key=lambda each: each.after)
    stages = (first, *later)
    again = tuple(dict.fromkeys((COMMAND_CENTER, *site.repeat_to)))
    return msgspec.structs.replace(
        site, stages=stages, repeat_recipients=again, repeat=min(site.repeat, REPEAT)
    )


def _with_center(stage: Stage) -> Stage:
    notify = tuple(dict.fromkeys((COMMAND_CENTER, *stage.notify)))
    return msgspec.structs.replace(stage, notify=notify, channels=())


def is_standing_alarm(incident: object) -> bool:
    """Return whether *incident* is about points that stand in fire."""
    return (
        isinstance(incident, Trouble) and incident.kind is IncidentKind.FAULT and incident.part == PART
    )


def attended_points(incidents: Iterable[object]) -> set[str]:
    """Return the keys of all points in fire that one of the open *incidents* has."""
    keys: set[str] = set()
    for incident in incidents:
        if isinstance(incident, FireIncident) and not incident.is_unverified:
            keys.update(incident.points)
        elif isinstance(incident, Trouble) and is_standing_alarm(incident):
            keys |= {point_key(each.gateway, each.name) for each in incident.standing}
    return keys


def standing_alarm_changes(
    stands: Iterable[UnattendedPoint],
    *,
    attended: Collection[str],
    on_test: Collection[str],
    notified: Iterable[Condition],
    now: Micros,
) -> list[tuple[Condition, Edge]]:
    """Return the standing alarms that begin or end.

    *attended* are the points of open incidents. Points *on_test* begin none and end none: their tester
    is notified of them, and an alarm from before the test stands. *notified* are the alarms so far.
    """
    alone = {each.key: each for each in stands if each.key not in attended}
    known = {point_key(each.gateway, each.name): each for each in notified}
    new = [each for key, each in alone.items() if key not in known and key not in on_test]
    over = [each for key, each in known.items() if key not in alone]
    began = [(_condition(each), Edge.RAISED) for each in new]
    return [*began, *((msgspec.structs.replace(each, since=now), Edge.RESTORED) for each in over)]


def _condition(point: UnattendedPoint) -> Condition:
    scope, kind = Scope.POINT.value, Kind.FAULT.value
    return Condition(point.gateway, scope, point.name, kind, REASON, since=point.since)
