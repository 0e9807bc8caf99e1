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
    """The point *name* of *gateway* at *premises*; *window* is that of a point that nobody registered.

    What another gateway reports by a registered name is another point, which nobody registered.
    """
    point = index.point(premises, name)
    if isinstance(point, Unregistered) or point.gateway != gateway:
        return Subject(None, "", "", None, immediate=False, window=window)
    zone = index.zone(premises, point.zone)
    detector = Detector(point.kind.value)
    if isinstance(zone, Zone):
        immediate, wait = zone.rule is Rule.IMMEDIATE, round(zone.window_s * SECOND)
        return Subject(zone.id, zone.name, point.place, detector, immediate=immediate, window=wait)
    return Subject(None, "", point.place, detector, immediate=False, window=window)


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
