"""What a signal is about, by the registry; what nobody registered has a meaning all the same."""

from alerting.domain.clocks import SECOND
from alerting.domain.events import Detector, Subject
from alerting.domain.incident import Site, Stage
from contract.times import Micros
from registry.domain.index import Index, Unregistered
from registry.model import COMMAND_CENTER, Policy, Rule, Zone

MINIMUM = (Stage(0, (COMMAND_CENTER,)),)
"""Who is told where the registry names nobody."""


def subject(index: Index, premises: str, *, gateway: str, name: str, window: Micros) -> Subject:
    """The point *name* of *premises*; *window* is that of a point that nobody registered."""
    point = index.point(premises, name)
    if isinstance(point, Unregistered):
        # Two gateways may each have a point of this name; registered names are unique.
        return Subject(f"{gateway}/{name}", None, "", "", None, immediate=False, window=window)
    zone = index.zone(premises, point.zone)
    detector = Detector(point.kind.value)
    if isinstance(zone, Zone):
        immediate, wait = zone.rule is Rule.IMMEDIATE, round(zone.window_s * SECOND)
        return Subject(name, zone.id, zone.name, point.place, detector, immediate=immediate, window=wait)
    return Subject(name, None, "", point.place, detector, immediate=False, window=window)


def site(index: Index, premises: str) -> Site:
    """*premises*, and who is told of a fire there."""
    place = index.premises(premises)
    if isinstance(place, Unregistered):
        return Site(premises, premises, "", MINIMUM, "unregistered_premises")
    policy = index.policy(premises)
    if isinstance(policy, Unregistered) or not policy.stages:
        return Site(premises, place.name, place.address, MINIMUM, "no_policy")
    return Site(premises, place.name, place.address, _stages(policy), policy.id)


def _stages(policy: Policy) -> tuple[Stage, ...]:
    return tuple(Stage(round(each.after_s * SECOND), each.notify) for each in policy.stages)
