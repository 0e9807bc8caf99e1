"""Looks up what an alarm means; what the registry does not know is an answer of its own."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from registry.model import Contact, Gateway, Point, Policy, Premises, Registry, Zone


@dataclass(frozen=True, slots=True)
class Unregistered:
    """The registry does not know this *what*; whoever asked must act all the same."""

    what: str
    name: str


class Index:
    """One registry, made ready for lookups that take the same time however large it is."""

    def __init__(self, registry: Registry, *, version: int = 0) -> None:
        self.version = version
        self._premises = {each.id: each for each in registry.premises}
        self._zones = {(each.premises, each.id): each for each in registry.zones}
        self._points = {(each.premises, each.id): each for each in registry.points}
        self._gateways = {(each.premises, each.id): each for each in registry.gateways}
        self._contacts = {each.id: each for each in registry.contacts}
        self._policies = {each.id: each for each in registry.policies}
        self._in_zone: dict[tuple[str, str], list[Point]] = defaultdict(list)
        for point in registry.points:
            self._in_zone[point.premises, point.zone].append(point)

    def premises(self, name: str) -> Premises | Unregistered:
        """The premises called *name*."""
        return self._premises.get(name) or Unregistered("premises", name)

    def zone(self, premises: str, name: str) -> Zone | Unregistered:
        """The zone called *name* of *premises*."""
        return self._zones.get((premises, name)) or Unregistered("zone", name)

    def point(self, premises: str, name: str) -> Point | Unregistered:
        """The point called *name* of *premises*, whichever gateway reports it."""
        return self._points.get((premises, name)) or Unregistered("point", name)

    def gateway(self, premises: str, name: str) -> Gateway | Unregistered:
        """The gateway called *name* of *premises*."""
        return self._gateways.get((premises, name)) or Unregistered("gateway", name)

    def gateway_names(self) -> Iterable[tuple[str, str]]:
        """Premises and name of every gateway."""
        return self._gateways.keys()

    def contact(self, name: str) -> Contact | Unregistered:
        """The contact called *name*."""
        return self._contacts.get(name) or Unregistered("contact", name)

    def policy_named(self, name: str) -> Policy | Unregistered:
        """The policy called *name*."""
        return self._policies.get(name) or Unregistered("policy", name)

    def policy(self, premises: str) -> Policy | Unregistered:
        """Who is told of a fire at *premises*; unregistered too where the premises name no policy."""
        place = self._premises.get(premises)
        name = place.policy if place else None
        return self._policies.get(name or "") or Unregistered("policy", name or "")

    def partners(self, point: Point) -> tuple[Point, ...]:
        """The other points that may confirm *point*'s fire: of its zone, and of those beside it."""
        zone = self._zones.get((point.premises, point.zone))
        zones = [point.zone, *(zone.confirmed_with if zone else ())]
        near = [each for name in zones for each in self._in_zone.get((point.premises, name), ())]
        return tuple(each for each in near if each.id != point.id)
